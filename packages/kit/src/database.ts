import { createHmac } from 'node:crypto';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import postgres, { type Sql } from 'postgres';
import { actedTransaction, actingOn } from './audit/acting.ts';
import { traceStatements } from './telemetry/trace-statements.ts';
import { tracerOf } from './telemetry/tracing.ts';

/** Drizzle on a pool. */
export type Db = PostgresJsDatabase<Record<string, never>>;
/** Drizzle in a transaction. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** One subgraph's connections. */
export interface Database {
  /** Raw `postgres` for hot statements. Note: Drizzle makes timestamps arrive as text here, and dates must be sent as ISO text. */
  readonly sql: Sql;
  readonly orm: Db;
  /** A client with one connection of its own, for locks that live as long as a session. Whoever asks for it ends it. */
  single(): Sql;
  /** Say that a transaction committed that `inTransaction` did not run: the relay looks for events at once. */
  committed(): void;
  /** Registers who wants to know of commits. */
  onCommit(listener: () => void): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** In whose name statements are traced, when that is another. */
  readonly service?: string;
  /** Connections at most. */
  readonly max?: number;
  /** Shifts `app_now()` for these connections, such as `1 hour`. For tests. */
  readonly nowOffset?: string;
  /** Called for every statement that is sent. For tests that count statements. */
  readonly onQuery?: (query: string) => void;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;
const MAX_RECONNECT_WAIT_S = 1;

/** Opens a pool; connections are made when they are first needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const { onQuery } = options;
  const connect = (max: number, idleTimeoutS: number) =>
    postgres(options.url, {
      max,
      connect_timeout: 10,
      // The driver's own waits up to 20 seconds: PostgreSQL is back long before.
      backoff: (retries: number) => Math.min(0.05 * 2 ** Math.min(retries, 10), MAX_RECONNECT_WAIT_S),
      ...(idleTimeoutS > 0 ? { idle_timeout: idleTimeoutS } : { max_lifetime: null }),
      onnotice: () => undefined,
      ...(onQuery ? { debug: (_connection: number, query: string) => onQuery(query) } : {}),
      connection: {
        application_name: options.name,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
        idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
        // Our statements take milliseconds; where PostgreSQL guesses otherwise, compiling one takes a hundred of them.
        jit: 'off',
        ...(options.nowOffset ? { 'app.now_offset': options.nowOffset } : {}),
      },
    });
  const tracer = tracerOf(options.service ?? options.name);
  const pool = connect(options.max ?? 10, 60);
  const sql = tracer ? traceStatements(pool, tracer) : pool;
  const listeners: (() => void)[] = [];
  return {
    sql,
    orm: drizzle(sql),
    single: () => connect(1, 0),
    committed: () => listeners.forEach((listener) => listener()),
    onCommit: (listener) => void listeners.push(listener),
    close: () => sql.end({ timeout: 5 }),
  };
}

/** Deadlock and serialization failures: PostgreSQL asks for the transaction again. */
const TRANSIENT = new Set(['40001', '40P01']);
const TRANSACTION_TRIES = 3;

/** The PostgreSQL error in a thrown value, also when Drizzle wrapped it; null for anything else. */
export function postgresError(error: unknown): postgres.PostgresError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof postgres.PostgresError) return cause;
  }
  return null;
}

/** The name of the constraint that a statement broke; null when it failed for another reason. Commands map names to errors. */
export const brokenConstraint = (error: unknown): string | null => postgresError(error)?.constraint_name ?? null;

/**
 * Runs a transaction, and again (twice at most) when PostgreSQL broke it off for a deadlock. `work` must have no effect outside of it.
 * Within a mutation of staff the transaction takes the audit entry along.
 */
export async function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const acting = actingOn(db);
      const result = await (acting === null ? db.orm.transaction(work) : actedTransaction(acting, work));
      db.committed();
      return result;
    } catch (error) {
      if (attempt === TRANSACTION_TRIES || !TRANSIENT.has(postgresError(error)?.code ?? '')) throw error;
    }
  }
}

/** Advisory lock classes; the second key is a hash of the schema's name. */
export const LOCK_CLASS = { migrate: 7_101, provision: 7_102, relay: 7_103, sweep: 7_104 } as const;

/** Reads the time in SQL. `app.now_offset` is set by tests alone. Stable, so that an index can be used with it. */
const APP_NOW = (schema: string) => `
  create or replace function "${schema}".app_now() returns timestamptz language sql stable parallel safe as
  $$ select statement_timestamp() + coalesce(nullif(current_setting('app.now_offset', true), ''), '0')::interval $$`;

/**
 * Applies the migrations of a schema, one process at a time (an advisory lock), and defines its `app_now()`.
 * @param folder the migrations folder, with Drizzle's journal.
 */
export async function migrate(url: string, schema: string, folder: string): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 10,
    connection: { application_name: `${schema}-migrate` },
  });
  try {
    await sql`select pg_advisory_lock(${LOCK_CLASS.migrate}, hashtext(${schema}))`;
    await sql.unsafe(`create schema if not exists "${schema}"`);
    await sql.unsafe(APP_NOW(schema));
    await drizzleMigrate(drizzle(sql), {
      migrationsFolder: folder,
      migrationsSchema: schema,
      migrationsTable: 'migrations',
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const roleOf = (schema: string) => `kontor_${schema}`;

/** Where extensions are that several subgraphs use: a schema of theirs alone is closed to the others. */
const EXTENSIONS = 'extensions';

/**
 * Installs trigrams where every subgraph can use them. Those that a subgraph installed in its own schema are moved: its indexes and
 * functions know them by number. Where the administrator installed them anywhere else, they stay.
 */
async function shareTrigrams(tx: postgres.TransactionSql, schemas: readonly string[]): Promise<void> {
  await tx.unsafe(`create schema if not exists ${EXTENSIONS}`);
  await tx.unsafe(`grant usage on schema ${EXTENSIONS} to public`);
  await tx.unsafe(`create extension if not exists pg_trgm with schema ${EXTENSIONS}`);
  const [{ home } = { home: EXTENSIONS }] = await tx<{ home: string }[]>`
    select n.nspname as home from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`;
  if (schemas.includes(home)) await tx.unsafe(`alter extension pg_trgm set schema ${EXTENSIONS}`);
}

/**
 * Makes one login role and one PostgreSQL schema per subgraph, none with a grant on another's, and returns their URLs.
 * Repeating it changes nothing. The roles' passwords follow from the administrator's, so that every process finds the same ones.
 * @param adminUrl a role that may create roles and schemas; it need not be a superuser.
 */
export async function provision(adminUrl: string, schemas: readonly string[]): Promise<Record<string, string>> {
  const admin = new URL(adminUrl);
  const secret = decodeURIComponent(admin.password);
  const sql = postgres(adminUrl, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 10,
    connection: { application_name: 'kontor-provision' },
  });
  try {
    const [{ database } = { database: 'postgres' }] = await sql<
      { database: string }[]
    >`select current_database() as database`;
    const urls: Record<string, string> = {};
    await sql.begin(async (tx) => {
      // Roles belong to the whole cluster: two databases provisioned at once would collide on them.
      await tx`select pg_advisory_xact_lock(${LOCK_CLASS.provision})`;
      for (const schema of schemas) {
        const role = roleOf(schema);
        const password = createHmac('sha256', secret).update(`role:${role}`).digest('base64url');
        const [known] = await tx`select 1 from pg_roles where rolname = ${role}`;
        // Only a superuser may name the other attributes of a role that is there, even to leave them as they are.
        await tx.unsafe(
          known
            ? `alter role ${role} login password '${password}'`
            : `create role ${role} login nosuperuser nocreatedb nocreaterole password '${password}'`,
        );
        await tx.unsafe(`grant ${role} to current_user`);
        await tx.unsafe(`grant connect, create on database "${database}" to ${role}`);
        await tx.unsafe(`create schema if not exists "${schema}" authorization ${role}`);
        await tx.unsafe(`revoke all on schema "${schema}" from public`);
        const url = new URL(adminUrl);
        url.username = role;
        url.password = password;
        urls[schema] = url.href;
      }
      await shareTrigrams(tx, schemas);
    });
    return urls;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
