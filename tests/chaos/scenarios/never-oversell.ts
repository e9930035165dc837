import type { Cluster } from '../cluster.ts';
import { CHANNEL } from '../cluster.ts';
import { killNowAndThen } from '../killer.ts';
import { pause, until } from '../pauses.ts';
import { createRandom } from '../random.ts';
import { contradictions, differences, fillShelf } from '../shelf.ts';
import { createStockClient } from '../stock-client.ts';
import type { Verdict } from '../verdict.ts';

const UNITS = 500;
const CLIENTS = 200;
const SAMPLE_MS = 50;

/**
 * 200 clients want 500 units of one variant and let most of them go again, while stock processes are killed. All the time what is
 * sold, held and free must be what was received; in the end every unit must be sold, and not one more.
 * @param options.attempts how often all clients together try, at least; @param options.kills how many processes are killed, at least.
 */
export async function neverOversell(
  cluster: Cluster,
  options: { readonly seed: number; readonly attempts: number; readonly kills: number },
): Promise<Verdict[]> {
  const random = createRandom(options.seed);
  const shelf = await fillShelf(cluster, 1, UNITS);
  const variantId = shelf.variantIds[0]!;
  const { locationId } = shelf;
  const client = createStockClient(cluster);
  const sold = new Set<string>();
  const wrong: string[] = [];
  const name = `${options.seed}-${locationId}`;
  let attempts = 0;
  let refusals = 0;

  const killer = killNowAndThen(cluster.stocks, random.fork(1_000));
  const wish = (key: string, ttlSeconds: number) => ({
    key,
    channel: CHANNEL,
    variantId,
    locationId,
    quantity: 1,
    ttlSeconds,
  });
  const shop = async (index: number) => {
    const own = random.fork(index);
    while (attempts < options.attempts || killer.kills < options.kills) {
      attempts += 1;
      const key = `${name}-${attempts}`;
      // Some walk away: their holds end by themselves.
      const walksAway = own.next() < 0.05;
      const held = await client.reserve(wish(key, walksAway ? 1 : 120));
      if (held.kind !== 'Reservation') refusals += 1;
      await pause(own.between(0, 500));
      if (held.kind !== 'Reservation' || walksAway) continue;
      if (own.next() < 0.1) {
        const { done, status } = await client.commit(key);
        if (done) sold.add(key);
        else wrong.push(`${key} was held for two minutes, but could not be committed: ${status}`);
      } else {
        const { done, status } = await client.release(key);
        if (!done) wrong.push(`${key} could not be released: ${status}`);
      }
    }
  };

  let samples = 0;
  let sampling = true;
  const sampler = (async () => {
    while (sampling) {
      wrong.push(...(await contradictions(cluster, shelf, UNITS)));
      samples += 1;
      await pause(SAMPLE_MS);
    }
  })();
  try {
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => shop(index)));
  } finally {
    await killer.stop();
    sampling = false;
    await sampler;
  }

  // What was walked away from comes back; then whatever is left can be sold.
  const unsold: string[] = [];
  await until('no hold is left', 30_000, async () => {
    const [row] = await cluster.db.sql<
      { reserved: number }[]
    >`select reserved from stock.levels where variant_id = ${variantId}`;
    return row?.reserved === 0;
  });
  const left = UNITS - sold.size;
  await Promise.all(
    Array.from({ length: left }, async (_, index) => {
      const key = `${name}-rest-${index}`;
      const held = await client.reserve(wish(key, 120));
      if (held.kind === 'Reservation' && (await client.commit(key)).done) sold.add(key);
      else unsold.push(`${key}: ${held.kind}`);
    }),
  );
  const oneMore = await client.reserve(wish(`${name}-one-more`, 120));
  if (oneMore.kind !== 'InsufficientStock') wrong.push(`one more than there are was held: ${oneMore.kind}`);
  const [row] = await cluster.db.sql<{ committed: number; orders: number }[]>`
    select l.committed, (select count(*)::int from stock.reservations r join stock.reservation_lines n using (reservation_id)
      where n.variant_id = l.variant_id and r.status = 'committed') as orders from stock.levels l where variant_id = ${variantId}`;
  if (row?.committed !== sold.size || row.orders !== sold.size)
    wrong.push(`${sold.size} were told that they bought, the database says ${JSON.stringify(row)}`);
  wrong.push(...(await contradictions(cluster, shelf, UNITS)));
  const differing = await differences(cluster);
  return [
    {
      promise: 'never oversell',
      broken: wrong,
      figure: `${Math.max(0, sold.size - UNITS)} oversold in ${attempts} attempts (${refusals} refused, ${client.repeats} repeated), ${killer.kills} kills, ${samples} samples`,
    },
    { promise: 'no false sold-out', broken: unsold, figure: `${sold.size} of ${UNITS} sold` },
    {
      promise: 'ledger = projection',
      broken: differing === 0 ? [] : [`${differing} levels differ`],
      figure: `${differing} rows differ`,
    },
  ];
}
