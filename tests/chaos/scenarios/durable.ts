import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { pause, until } from '../pauses.ts';
import { createRandom } from '../random.ts';
import { contradictions, differences, fillShelf } from '../shelf.ts';
import { createStockClient } from '../stock-client.ts';
import { startTraffic } from '../traffic.ts';
import type { Verdict } from '../verdict.ts';

const CLIENTS = 40;
const VARIANTS = 8;
const UNITS = 1_000_000;

/** PostgreSQL is killed under load, again and again: whatever was acknowledged before is there behind it. */
export async function durable(
  cluster: Cluster,
  options: { readonly seed: number; readonly kills: number },
): Promise<Verdict[]> {
  const random = createRandom(options.seed);
  const shelf = await fillShelf(cluster, VARIANTS, UNITS);
  const client = createStockClient(cluster);
  const traffic = startTraffic({ client, shelf, random, clients: CLIENTS, mostPauseMs: 20 });
  const lost: string[] = [];
  const before = cluster.stocks.map(({ deaths }) => deaths);
  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      await pause(random.between(300, 1_200));
      await cluster.postgres.killAndRecover();
      const sold = traffic.acknowledged.size;
      // The next kill comes only when the system sells again.
      await until('stock sells again', 60_000, () => traffic.acknowledged.size > sold + CLIENTS);
    }
  } finally {
    await traffic.stop();
  }
  const rows = await cluster.db.sql<{ key: string; status: string }[]>`
    select key, upper(status) as status from stock.reservations r
    where exists (select from stock.reservation_lines l where l.reservation_id = r.reservation_id and l.location_id = ${shelf.locationId}) or r.key = any(${[...traffic.acknowledged.keys()]}::text[])`;
  const statuses = new Map(rows.map(({ key, status }) => [key, status]));
  for (const [key, acknowledged] of traffic.acknowledged)
    if (statuses.get(key) !== acknowledged)
      lost.push(`${key} was acknowledged as ${acknowledged}, but is ${statuses.get(key) ?? 'not there'}`);
  lost.push(...traffic.wrong, ...(await contradictions(cluster, shelf, UNITS)));
  const differing = await differences(cluster);
  if (differing > 0) lost.push(`${differing} levels differ from the ledger`);
  const died = cluster.stocks.filter((each, index) => each.deaths > before[index]!);
  // The next scenario finds all of them.
  for (const each of died) await each.restart();
  return [
    {
      promise: 'acknowledged is durable',
      broken: lost,
      figure: `${lost.length} of ${traffic.acknowledged.size} acknowledged reservations lost in ${options.kills} kills; fsync ${fsyncMs().toFixed(2)} ms`,
    },
    {
      promise: 'no service dies with PostgreSQL',
      broken: died.map((each) => `${each.name} ended by itself`),
      figure: `${died.length} of ${cluster.stocks.length} processes ended by themselves`,
    },
  ];
}

/** How long it takes to have a page safely on the disk, in milliseconds: the median of some. */
function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-fsync-'));
  const file = openSync(join(folder, 'page'), 'w');
  try {
    const page = Buffer.alloc(8_192, 1);
    const times = Array.from({ length: 51 }, () => {
      const startedAt = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      return performance.now() - startedAt;
    });
    return times.sort((a, b) => a - b)[25]!;
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}
