import type { DomainEvent, Listening } from '@kontor/kit/src/events/event.ts';
import { createNatsBus } from '@kontor/kit/src/events/nats-bus.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { sql } from 'drizzle-orm';
import type { Cluster } from '../cluster.ts';
import { pause, until } from '../pauses.ts';
import { createRandom } from '../random.ts';
import { relayLeader } from '../relay-leader.ts';
import { fillShelf } from '../shelf.ts';
import { createStockClient } from '../stock-client.ts';
import { startTraffic } from '../traffic.ts';
import type { Verdict } from '../verdict.ts';

const TOPIC = 'stock.availability.changed';
const VARIANTS = 20;
const CLIENTS = 30;
const UNITS = 100_000;

interface Change {
  readonly variants: readonly { readonly variantId: string; readonly version: number }[];
}

/**
 * The process whose relay leads and the broker are killed in turn, in the middle of what they carry. A consumer must see every version of
 * every variant, the first time in order, and what it does for an event is done once.
 * @param options.kills the broker and the leading process in turn; @param options.failures the share of batches behind whose work the
 * consumer fails, so that the bus delivers them again.
 */
export async function eventsInOrder(
  cluster: Cluster,
  options: { readonly seed: number; readonly kills: number; readonly failures: number },
): Promise<Verdict[]> {
  const random = createRandom(options.seed);
  const failing = random.fork(2);
  const shelf = await fillShelf(cluster, VARIANTS, UNITS);
  const mine = new Set(shelf.variantIds);
  const group = `chaos-${newId()}`;
  const effects = `chaos_${newId().replaceAll('-', '')}`;
  // No key: a repeated effect would show as a second row.
  await cluster.db.sql`create table stock.${cluster.db.sql(effects)} (variant_id uuid, version bigint)`;

  const seen = new Map<string, number[]>();
  const ids = new Set<string>();
  let deliveries = 0;
  const bus = await createNatsBus({ servers: [cluster.natsUrl], name: group, logger: silentLogger });
  const apply = async (events: readonly DomainEvent[]) => {
    const changes = events.filter(({ payload }) =>
      (payload as Change).variants.some(({ variantId }) => mine.has(variantId)),
    );
    for (const { eventId, payload } of changes) {
      deliveries += 1;
      if (ids.has(eventId)) continue;
      ids.add(eventId);
      for (const { variantId, version } of (payload as Change).variants)
        seen.set(variantId, [...(seen.get(variantId) ?? []), version]);
    }
    await consumeOnce(cluster.db, 'stock', group, changes, async (tx, fresh) => {
      for (const { variantId, version } of fresh.flatMap(({ payload }) => (payload as Change).variants))
        await tx.execute(
          sql`insert into stock.${sql.identifier(effects)} (variant_id, version) values (${variantId}, ${version})`,
        );
    });
    if (failing.next() < options.failures) throw new Error('The consumer fails on purpose, behind its work.');
  };
  const listening: Listening = await bus.consume(group, [TOPIC], apply);

  const client = createStockClient(cluster);
  const traffic = startTraffic({ client, shelf, random: random.fork(1), clients: CLIENTS, mostPauseMs: 10 });
  const killed = { relay: 0, broker: 0 };
  try {
    for (let kill = 0; kill < options.kills; kill += 1) {
      await pause(random.between(300, 1_500));
      if (kill % 2 === 0) {
        await cluster.nats.kill();
        killed.broker += 1;
        await pause(random.between(0, 500));
        await cluster.nats.restart();
      } else {
        await until('a relay leads', 30_000, async () => (await relayLeader(cluster)) !== null);
        const leader = await relayLeader(cluster);
        await leader?.kill();
        killed.relay += 1;
        await leader?.restart();
      }
      await until('events flow again', 60_000, async () => (await waiting(cluster)) === 0);
    }
  } finally {
    await traffic.stop();
  }
  await until('every event is with the bus', 60_000, async () => (await waiting(cluster)) === 0);
  const current = await cluster.db.sql<{ variantId: string; own: number; told: number }[]>`
    select v.variant_id as "variantId", v.version::int as own, (v.version + c.revision)::int as told
    from stock.variant_versions v cross join stock.configuration c where v.variant_id = any(${[...shelf.variantIds]}::uuid[])`;
  const lost: string[] = [];
  // Redelivery of what the consumer failed at may take half a minute.
  await until('the consumer has every version', 90_000, () =>
    current.every(({ variantId, own }) => new Set(seen.get(variantId)).size >= own),
  ).catch((error: unknown) => lost.push(String(error)));
  await listening.stop();
  await bus.close();

  for (const { variantId, own, told } of current) {
    const versions = seen.get(variantId) ?? [];
    const expected = Array.from({ length: own }, (_, index) => told - own + 1 + index);
    const missing = expected.filter((version) => !versions.includes(version));
    if (missing.length > 0) lost.push(`${variantId}: ${missing.length} versions never came, such as ${missing[0]}`);
  }
  const disordered = [...seen].flatMap(([variantId, versions]) =>
    versions.flatMap((version, index) =>
      index > 0 && version !== versions[index - 1]! + 1
        ? [`${variantId}: ${version} came after ${versions[index - 1]}`]
        : [],
    ),
  );
  const [row] = await cluster.db.sql<{ repeated: number; done: number }[]>`
    select count(*)::int as done, (count(*) - count(distinct (variant_id, version)))::int as repeated from stock.${cluster.db.sql(effects)}`;
  const repeated = row?.repeated ?? 0;
  await cluster.db.sql`drop table stock.${cluster.db.sql(effects)}`;
  const kills = `${killed.broker} kills of the broker, ${killed.relay} of the relay`;
  return [
    { promise: 'events at least once', broken: lost, figure: `${lost.length} lost of ${ids.size}; ${kills}` },
    {
      promise: 'events in key order',
      broken: disordered,
      figure: `${disordered.length} out of order, ${deliveries - ids.size} delivered again`,
    },
    {
      promise: 'no repeated effect',
      broken: repeated === 0 ? [] : [`${repeated} effects were repeated`],
      figure: `${repeated} of ${row?.done ?? 0} effects repeated`,
    },
  ];
}

async function waiting({ db }: Cluster): Promise<number> {
  const [row] = await db.sql<
    { count: number }[]
  >`select count(*)::int as count from stock.outbox where published_at is null and occurred_at < now() - interval '300 ms'`;
  return row!.count;
}
