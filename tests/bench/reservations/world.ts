import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate, openDatabase, provision, type Database } from '@kontor/kit/src/database.ts';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import postgres from 'postgres';
import { upsertLocations } from '@kontor/stock/src/commands/upsert-locations.ts';
import { saveChannel } from '@kontor/stock/src/data/channels.ts';
import { isDemandFault, toDemand, type Demand, type DemandInput } from '@kontor/stock/src/domain/demand.ts';

/** As `npm start` starts it; durability is PostgreSQL's default: fsync and synchronous_commit are on. */
const SETTINGS = { max_connections: '200' };
const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/stock/migrations', import.meta.url));
/** Ledger entries that every variant has from before. */
const ENTRIES = 10;
const UNITS_PER_ENTRY = 100_000;
const FILLED_AT_ONCE = 50_000;
const LOCATION = {
  code: 'bench',
  name: 'Bench',
  kind: 'WAREHOUSE',
  street: null,
  city: null,
  province: null,
  postalCode: null,
  country: 'DE',
  latitude: null,
  longitude: null,
  pickupOffered: false,
  externalReference: null,
};
/** USER_HZ of Linux: what /proc counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** A PostgreSQL with stock in it, and a channel that sells it. */
export interface World {
  readonly url: string;
  readonly adminUrl: string;
  readonly db: Database;
  readonly channel: string;
  readonly locationId: string;
  /** Opens a pool of its own, as a process has it. */
  open(name: string): Database;
  /** The id of the variant of this number, from 0. */
  variantId(number: number): string;
  /** Brings a variant into stock that nobody else sells. */
  addVariant(units: number): Promise<string>;
  /** One unit, or several, of a variant for ten minutes. */
  demand(variantId: string, quantity?: number, key?: string): Demand;
  /** CPU milliseconds of all of PostgreSQL's processes, those that have ended included. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL with so many variants, each with a million units at one location and ten entries in the ledger. */
export async function startWorld(variants: number, settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-bench-reservations-'));
  // PostgreSQL does not run as root: its user must come to the folder, or the data would live elsewhere and stay there.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    port: 0,
    settings: { ...SETTINGS, ...settings },
  });
  const { stock: url } = await provision(server.url, ['stock']);
  if (!url) throw new Error('every schema gets a URL');
  await migrate(url, 'stock', MIGRATIONS);
  const opened: Database[] = [];
  const open = (name: string) => {
    const db = openDatabase({ url, name });
    opened.push(db);
    return db;
  };
  const db = open('bench');
  const channel = 'web';
  const { locationIds } = await upsertLocations(db, [LOCATION]);
  const locationId = locationIds[0]!;
  await saveChannel(db, { code: channel, revision: 1, locationIds });
  await fill(url, locationId, variants);
  const postmaster = await postmasterOf(db);
  return {
    url,
    adminUrl: server.url,
    db,
    channel,
    locationId,
    open,
    variantId,
    async addVariant(units) {
      const id = newId();
      await db.sql`select * from stock.lock_levels(array[${id}]::uuid[], true)`;
      await db.sql`select stock.lock_settled(array[${id}]::uuid[], true), stock.book(array[row(${id}, ${locationId}, 'RECEIVED', ${units}, null, 'AVAILABLE', null, 'bench', null, null)::stock.entry])`;
      return id;
    },
    demand: (id, quantity = 1, key = newId()) =>
      checked({ key, channel, ttlSeconds: 600, plans: [{ allocations: [{ variantId: id, locationId, quantity }] }] }),
    cpuMs: () => cpuMsOf(postmaster),
    async stop() {
      await Promise.all(opened.map((each) => each.close()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function checked(input: DemandInput): Demand {
  const demand = toDemand(input, isId);
  if (isDemandFault(demand)) throw new Error(demand.message);
  return demand;
}

/** Ids in order of their number, as those of variants are in order of their age. */
const variantId = (number: number): string => {
  const hex = number.toString(16).padStart(8, '0');
  return `0190${hex.slice(0, 4)}-${hex.slice(4)}-7000-8000-000000000000`;
};

async function fill(url: string, locationId: string, variants: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { synchronous_commit: 'off' } });
  try {
    const id = sql`('0190' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid`;
    await sql`select stock.prepare_ledger(now() - interval '9 months', 12)`;
    for (let from = 0; from < variants; from += FILLED_AT_ONCE) {
      const numbers = sql`generate_series(${from}::int, ${Math.min(variants, from + FILLED_AT_ONCE) - 1}::int) n`;
      await sql.begin(async (tx) => {
        await tx`select set_config('stock.booking', 'on', true)`;
        await tx`insert into stock.variant_versions (variant_id, version, changed_at) select ${id}, ${ENTRIES}, now() from ${numbers}`;
        await tx`insert into stock.levels (variant_id, location_id, available) select ${id}, ${locationId}::uuid, ${ENTRIES * UNITS_PER_ENTRY} from ${numbers}`;
        await tx`insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, to_state, reference, booked_at)
          select ${id}, v, 1, ${locationId}::uuid, 'RECEIVED', ${UNITS_PER_ENTRY}, 'AVAILABLE', 'bench', now() - make_interval(months => ${ENTRIES} - v)
          from generate_series(1, ${ENTRIES}) v, ${numbers}`;
      });
    }
    // What autovacuum does in the months that such a ledger takes to come about.
    for (const table of ['levels', 'variant_versions', 'movements']) await sql.unsafe(`vacuum analyze stock.${table}`);
  } finally {
    await sql.end();
  }
}

async function postmasterOf(db: Database): Promise<number> {
  const [row] = await db.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return Number(statOf(row!.pid)?.[1]);
}

/** The fields of proc(5) behind the command's name, which stands in brackets and may hold spaces; null when the process has ended. */
function statOf(pid: number | string): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  } catch {
    return null;
  }
}

function cpuMsOf(postmaster: number): number {
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      const stat = statOf(pid);
      if (!stat) return 0;
      if (Number(pid) === postmaster) return [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field]), 0);
      return Number(stat[1]) === postmaster ? Number(stat[11]) + Number(stat[12]) : 0;
    });
  return (ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND) * 1000;
}
