import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

/** As many reservations as 200 clients bring into one batch. */
const BATCH = 100;

/** What no command on this PostgreSQL can exceed, in reservations a second, one connection, batches of 100, each durable. */
export interface Floors {
  /** One row is counted down, once for a batch: no record of who took what. */
  readonly counter: number;
  /** As many rows as a reservation has (itself, its line, its deadline, its entry of the ledger) into bare tables with a key each. */
  readonly rows: number;
}

/** Measures the floors in the schema of stock, in tables of their own that are dropped again. */
export async function measureFloors(url: string, durationMs: number): Promise<Floors> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(`
      create table stock.floor_counter (id int primary key, n bigint not null); insert into stock.floor_counter values (1, 1000000000);
      create table stock.floor_reservations (id uuid primary key, key text not null unique, status text not null, ends_at timestamptz not null);
      create table stock.floor_lines (id uuid, variant uuid, location uuid, quantity int not null, primary key (id, variant, location));
      create table stock.floor_deadlines (ends_at timestamptz, id uuid, primary key (ends_at, id));
      create table stock.floor_ledger (variant uuid, version bigint, entry int, quantity int not null, id uuid not null, primary key (variant, version, entry))`);
    const counter = await repeat(durationMs, () => sql`update stock.floor_counter set n = n - ${BATCH} where id = 1`);
    const [variant, location] = [randomUUID(), randomUUID()];
    const rows = await repeat(durationMs, (round) => {
      const ids = Array.from({ length: BATCH }, () => randomUUID());
      return sql`
        with given as materialized (select id, n from unnest(${ids}::uuid[]) with ordinality as g(id, n)),
        a as (insert into stock.floor_reservations select id, id::text, 'held', now() + interval '10 minutes' from given),
        b as (insert into stock.floor_lines select id, ${variant}::uuid, ${location}::uuid, 1 from given),
        c as (insert into stock.floor_deadlines select now() + interval '10 minutes', id from given)
        insert into stock.floor_ledger select ${variant}::uuid, ${round}::bigint, n, 1, id from given`;
    });
    return { counter, rows };
  } finally {
    await sql`drop table if exists stock.floor_counter, stock.floor_reservations, stock.floor_lines, stock.floor_deadlines, stock.floor_ledger`;
    await sql.end();
  }
}

async function repeat(durationMs: number, batch: (round: number) => PromiseLike<unknown>): Promise<number> {
  const startedAt = performance.now();
  let rounds = 0;
  for (; performance.now() < startedAt + durationMs; rounds += 1) await batch(rounds);
  return (rounds * BATCH * 1000) / (performance.now() - startedAt);
}
