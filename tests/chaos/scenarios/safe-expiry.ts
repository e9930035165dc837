import { newId } from '@kontor/kit/src/ids.ts';
import { CHANNEL, type Cluster } from '../cluster.ts';
import { killNowAndThen } from '../killer.ts';
import { pause, until } from '../pauses.ts';
import { createRandom } from '../random.ts';
import { contradictions, differences, fillShelf } from '../shelf.ts';
import { createStockClient, type Ended } from '../stock-client.ts';
import type { Verdict } from '../verdict.ts';

const VARIANTS = 5;
const CLIENTS = 50;
const TTL_S = 1;

/**
 * Many holds of a second, confirmed at about the moment at which they end, by nobody, or twice at once, while the processes that sweep
 * are killed one after the other. Each ends once, as its last answer says; none ends before its time, and none is confirmed after it.
 */
export async function safeExpiry(
  cluster: Cluster,
  options: { readonly seed: number; readonly holds: number; readonly kills: number },
): Promise<Verdict[]> {
  const random = createRandom(options.seed);
  const shelf = await fillShelf(cluster, VARIANTS, options.holds);
  const client = createStockClient(cluster);
  const killer = killNowAndThen(cluster.stocks, random.fork(1_000));
  const answers = new Map<string, Ended[]>();
  const wrong: string[] = [];
  let holds = 0;

  const shop = async (index: number) => {
    const own = random.fork(index);
    while (holds < options.holds || killer.kills < options.kills) {
      holds += 1;
      const key = newId();
      const variantId = own.pick(shelf.variantIds);
      const wish = { key, channel: CHANNEL, variantId, locationId: shelf.locationId, quantity: 1, ttlSeconds: TTL_S };
      const { kind } = await client.reserve(wish);
      if (kind !== 'Reservation') {
        wrong.push(`${key} was not held although there is enough: ${kind}`);
        continue;
      }
      answers.set(key, []);
      if (own.next() < 0.25) continue;
      await pause(own.between(850, 1_100));
      const commits = own.next() < 0.5 ? [client.commit(key)] : [client.commit(key), client.commit(key)];
      answers.set(key, await Promise.all(commits));
    }
  };
  try {
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => shop(index)));
  } finally {
    await killer.stop();
  }
  await until('every hold has ended', 30_000, async () => {
    const [row] = await cluster.db.sql<{ open: number }[]>`
      select count(*)::int as open from stock.reservations where status = 'held' and key = any(${[...answers.keys()]}::text[])`;
    return row?.open === 0;
  });

  const rows = await cluster.db.sql<{ key: string; status: string; lateMs: number; endings: string[] }[]>`
    select r.key, upper(r.status) as status, extract(epoch from r.ended_at - r.expires_at)::float8 * 1000 as "lateMs",
      array(select m.kind::text from stock.movements m where m.variant_id = any(${[...shelf.variantIds]}::uuid[]) and m.reservation_id = r.reservation_id and m.kind <> 'RESERVED') as endings
    from stock.reservations r where r.key = any(${[...answers.keys()]}::text[])`;
  const counts = { COMMITTED: 0, EXPIRED: 0 };
  let latestMs = 0;
  for (const { key, status, lateMs, endings } of rows) {
    if (status !== 'COMMITTED' && status !== 'EXPIRED') wrong.push(`${key} ended as ${status}`);
    else counts[status] += 1;
    if (endings.length !== 1 || endings[0] !== status)
      wrong.push(`${key} is ${status}, the ledger says ${endings.join()}`);
    if (status === 'COMMITTED' ? lateMs >= 0 : lateMs < 0)
      wrong.push(`${key} was ${status} ${lateMs} ms behind its end`);
    for (const answer of answers.get(key) ?? [])
      if (answer.status !== status || answer.done !== (status === 'COMMITTED'))
        wrong.push(`${key} is ${status}, but ${JSON.stringify(answer)} was answered`);
    if (status === 'EXPIRED') latestMs = Math.max(latestMs, lateMs);
  }
  if (rows.length !== answers.size) wrong.push(`${answers.size} were held, ${rows.length} are there`);
  wrong.push(...(await contradictions(cluster, shelf, options.holds)));
  const differing = await differences(cluster);
  if (differing > 0) wrong.push(`${differing} levels differ from the ledger`);
  return [
    {
      promise: 'expiry is safe',
      broken: wrong,
      figure: `${counts.COMMITTED} confirmed, ${counts.EXPIRED} expired, the latest ${Math.round(latestMs)} ms after its time; ${killer.kills} kills`,
    },
  ];
}
