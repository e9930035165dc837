import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate, provision } from '@kontor/kit/src/database.ts';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import postgres from 'postgres';
import type { StackEnv } from './env.ts';
import { SCHEMAS, type Schema } from './services.ts';

const OLDEST_VERSION = 150_000;

/** The migrations of a schema. */
export const migrationsFolder = (schema: Schema): string =>
  fileURLToPath(new URL(`../../../drizzle/${schema}/migrations`, import.meta.url));

/** A PostgreSQL with every schema made and migrated. */
export interface PreparedDatabase {
  /** The URL of each schema's own role. */
  readonly urls: Readonly<Record<Schema, string>>;
  /** What people are told of it. */
  readonly description: string;
  /** Stops it, if it was started here. */
  stop(): Promise<void>;
}

const describeUrl = (text: string): string => {
  const url = new URL(text);
  return `${url.hostname}:${url.port || '5432'}${url.pathname}`;
};

/** @throws Error with one clear line when an outside PostgreSQL cannot be used. */
async function checkOutside(variable: string, url: string, mustMakeRoles: boolean): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await sql<{ version: number; rolcreaterole: boolean; rolsuper: boolean; name: string }[]>`
      select current_setting('server_version_num')::int as version, rolcreaterole, rolsuper, rolname as name from pg_roles where rolname = current_user`;
    if (!row) throw new Error('the role is not listed');
    if (row.version < OLDEST_VERSION)
      throw new Error(`it is PostgreSQL ${Math.floor(row.version / 10_000)}; 15 or later is needed`);
    if (mustMakeRoles && !row.rolcreaterole && !row.rolsuper)
      throw new Error(
        `the role "${row.name}" may not make roles: grant it CREATEROLE, or give every schema a URL of its own (${SCHEMAS.map((schema) => `${schema.toUpperCase()}_DATABASE_URL`).join(', ')})`,
      );
  } catch (error) {
    throw new Error(`${variable} (${describeUrl(url)}) cannot be used: ${explain(error)}.`, { cause: error });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function explain(error: unknown): string {
  const fault = error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error);
  const code = 'code' in fault ? String(fault.code) : '';
  if (code === 'ECONNREFUSED')
    return 'nothing listens there. Start PostgreSQL, correct the URL, or unset the variable to use the embedded one';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host';
  if (code === 'CONNECT_TIMEOUT') return 'it does not answer within 5 seconds';
  if (code === '28P01' || code === '28000') return 'user or password is wrong';
  if (code === '3D000') return 'there is no such database; create it first';
  return fault.message.replace(/\.$/, '');
}

/** Starts or reaches PostgreSQL, makes roles and schemas, and applies all migrations. */
export async function prepareDatabase(env: StackEnv): Promise<PreparedDatabase> {
  const own = await prepareRoles(env);
  try {
    await Promise.all(SCHEMAS.map((schema) => migrate(own.urls[schema], schema, migrationsFolder(schema))));
  } catch (error) {
    await own.stop();
    throw error;
  }
  return own;
}

async function prepareRoles(env: StackEnv): Promise<PreparedDatabase> {
  const nothing = () => Promise.resolve();
  if (env.schemaUrls.products) {
    const urls = env.schemaUrls as Record<Schema, string>;
    for (const schema of SCHEMAS) await checkOutside(`${schema.toUpperCase()}_DATABASE_URL`, urls[schema], false);
    return { urls, description: 'outside, one role per schema as configured', stop: nothing };
  }
  if (env.databaseUrl) {
    await checkOutside('DATABASE_URL', env.databaseUrl, true);
    const urls = (await provision(env.databaseUrl, SCHEMAS)) as Record<Schema, string>;
    return { urls, description: describeUrl(env.databaseUrl), stop: nothing };
  }
  const server = await startEmbeddedPostgres({
    folder: join(env.dataFolder, 'postgres'),
    port: env.postgresPort,
    settings: { max_connections: '200', shared_buffers: '256MB' },
    onRestart: () => process.stderr.write('PostgreSQL had ended and was started again.\n'),
  });
  try {
    const urls = (await provision(server.url, SCHEMAS)) as Record<Schema, string>;
    return {
      urls,
      description: `embedded, 127.0.0.1:${server.port}${server.recovered ? ', taken over while running' : ''}`,
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Whether somebody else is connected to a database, such as a running system. */
export async function isInUse(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<
      { count: number }[]
    >`select count(*)::int as count from pg_stat_activity where pid <> pg_backend_pid() and application_name like 'kontor-%'`;
    return (row?.count ?? 0) > 0;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
