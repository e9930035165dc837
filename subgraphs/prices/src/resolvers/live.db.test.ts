import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { announceEngine } from '../commands/announce/announce-engine.ts';
import { changedPrices, listDraft, priceChange, savedList } from '../testing/list-drafts.ts';
import { EVERYTHING, percent } from '../testing/given-promotions.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';

interface Update {
  readonly isSnapshot: boolean;
  readonly variants: readonly { variantId: string; price: { gross: { minorUnits: number } } | null }[];
}
type Updates = AsyncIterator<GraphResult<{ priceChanged: Update }>>;

let prices: OpenPrices;
let db: Database;
/** Two processes on one bus, and one whose bus loses everything. */
let first: Service;
let second: Service;
let deaf: Service;

const NOTHING = { stop: () => Promise.resolve() };
/** A group has one consumer in a process: on such a bus a second process only listens. */
const listeningOnly = (inner: EventBus): EventBus => ({ ...inner, consume: () => Promise.resolve(NOTHING) });
const losing = (inner: EventBus): EventBus => ({ ...listeningOnly(inner), listen: () => Promise.resolve(NOTHING) });

async function start(identity: Identity, bus: EventBus): Promise<Service> {
  const nobody = (name: string) => createMemoryClient(name, () => null);
  const peers = { products: nobody('products'), customers: nobody('customers') };
  const service = createApp({ db: prices.open(), bus, identity, logger: silentLogger, peers });
  await service.start();
  return service;
}

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  await prices.givenTaxRates([{ country: 'DE', basisPoints: 1_900 }]);
  await savedList(db, listDraft('gold-eur', { scope: 'GROUP', subject: 'gold' }));
  const bus = createMemoryBus();
  const identity = (await createTestIdentities(['prices'])).prices;
  first = await start(identity, bus);
  second = await start(identity, listeningOnly(bus));
  deaf = await start(identity, losing(bus));
});
afterAll(async () => {
  await Promise.all([first, second, deaf].map((service) => service.stop()));
  await prices.testDb.drop();
});

const WATCH = /* GraphQL */ `
  subscription ($ids: [ID!]!, $currency: CurrencyCode, $region: String) {
    priceChanged(variantIds: $ids, currency: $currency, region: $region) {
      isSnapshot
      variants {
        variantId
        price {
          gross {
            minorUnits
          }
        }
      }
    }
  }
`;
const watch = (service: Service, ids: readonly string[], call = asGuest(), place = {}): Updates =>
  service
    .graph()
    .subscribe<{ priceChanged: Update }>({ query: WATCH, variables: { ids, ...place } }, call)
    [Symbol.asyncIterator]();
/** What an event tells, as gross amounts by variant. */
async function next(events: Updates): Promise<unknown> {
  const { value, done } = await events.next();
  if (done) return 'done';
  const update = value.data?.priceChanged;
  if (!update) return value;
  const amounts = update.variants.map(({ variantId, price }) => [variantId, price && price.gross.minorUnits] as const);
  return { isSnapshot: update.isSnapshot, ...Object.fromEntries(amounts) };
}
const snapshot = (amounts: Readonly<Record<string, number | null>>) => ({ isSnapshot: true, ...amounts });
const change = (amounts: Readonly<Record<string, number | null>>) => ({ isSnapshot: false, ...amounts });
const set = (amounts: Readonly<Record<string, number | null>>, code = 'base-eur') =>
  changedPrices(
    db,
    code,
    Object.entries(amounts).map(([id, amount]) => priceChange(id, amount)),
  );
const make = async (...amounts: number[]): Promise<string[]> => {
  const ids = amounts.map(newId);
  await set(Object.fromEntries(ids.map((id, index) => [id, amounts[index]!])));
  await settled();
  return ids;
};
const settled = () =>
  eventually(async () => expect(await db.sql`select from prices.outbox where published_at is null`).toHaveLength(0));
const gold = callAs({ ...guestOf('web'), groups: ['gold'] });

describe('priceChanged', () => {
  it('begins with what each variant costs, and tells each change in every process', async () => {
    const [cup, kettle] = (await make(500, 4_900)) as [string, string];
    const unknown = newId();
    const ids = [cup.toUpperCase(), unknown, kettle, cup];
    const clients = [first, second, deaf].map((service) => watch(service, ids));
    for (const client of clients)
      expect(await next(client)).toEqual(snapshot({ [cup]: 500, [unknown]: null, [kettle]: 4_900 }));
    await set({ [cup]: 450 });
    for (const client of clients) expect(await next(client)).toEqual(change({ [cup]: 450 }));
    await set({ [cup]: null, [unknown]: 100 });
    for (const client of clients) expect(await next(client)).toEqual(change({ [cup]: null, [unknown]: 100 }));
    for (const client of clients) expect((await client.return!()).done).toBe(true);
  });

  it('tells what a promotion takes off everything, of which no variant is named', async () => {
    const [cup] = (await make(1_000)) as [string];
    const clients = [first, second, deaf].map((service) => watch(service, [cup]));
    for (const client of clients) expect(await next(client)).toEqual(snapshot({ [cup]: 1_000 }));
    await prices.givenPromotion({ effect: percent(25, { ...EVERYTHING, variantIds: [cup] }) });
    await db.orm.transaction((tx) => announceEngine(tx, null));
    for (const client of clients) expect(await next(client)).toEqual(change({ [cup]: 750 }));
    for (const client of clients) await client.return!();
  });

  it('answers for the caller: what others pay is nobody’s business', async () => {
    const [cup] = (await make(1_000)) as [string];
    const [guest, member] = [watch(first, [cup]), watch(first, [cup], gold)];
    for (const client of [guest, member]) expect(await next(client)).toEqual(snapshot({ [cup]: 1_000 }));
    await set({ [cup]: 900 }, 'gold-eur');
    expect(await next(member)).toEqual(change({ [cup]: 900 }));
    await set({ [cup]: 990 });
    expect(await next(guest)).toEqual(change({ [cup]: 990 }));
    const elsewhere = watch(first, [cup], asGuest(), { currency: 'USD' });
    expect(await next(elsewhere)).toEqual(snapshot({ [cup]: null }));
    for (const client of [guest, member, elsewhere]) await client.return!();
  });

  it('gives who is slow the latest of each variant, not every change', async () => {
    const [cup, kettle] = (await make(100, 200)) as [string, string];
    const client = watch(first, [cup, kettle]);
    expect(await next(client)).toEqual(snapshot({ [cup]: 100, [kettle]: 200 }));
    // Waits as a client does that has read the last event, and reads no more for a while.
    const pending = next(client);
    await set({ [kettle]: 201 });
    expect(await pending).toEqual(change({ [kettle]: 201 }));
    for (let turn = 1; turn <= 20; turn += 1) await set({ [cup]: 100 + turn, [kettle]: 300 + turn });
    await settled();
    const told: Record<string, number> = {};
    for (let events = 0; told[cup] !== 120; events += 1) {
      expect(events).toBeLessThan(3);
      Object.assign(told, await next(client));
    }
    expect(told).toMatchObject({ [cup]: 120, [kettle]: 320 });
    await client.return!();
  });

  it('misses no final price when prices change while it begins', async () => {
    const [cup] = (await make(1)) as [string];
    for (let turn = 1; turn <= 15; turn += 1) {
      const changing = Promise.all([set({ [cup]: turn * 10 }), set({ [cup]: turn * 10 + 1 })]);
      const clients = [first, second].map((service) => watch(service, [cup]));
      const seen: unknown[] = [];
      const following = clients.map(async (client, index) => {
        for (let step = await client.next(); !step.done; step = await client.next())
          seen[index] = step.value.data?.priceChanged.variants[0]?.price?.gross.minorUnits;
      });
      await changing;
      const [row] = await db.sql`select amount_minor::int as amount from prices.prices where variant_id = ${cup}`;
      await eventually(() => expect(seen).toEqual([row!.amount, row!.amount]));
      await Promise.all(clients.map((client) => client.return!()));
      await Promise.all(following);
    }
  });

  it('ends at once when the client goes while it waits', async () => {
    const client = watch(first, await make(100));
    await next(client);
    const waiting = client.next();
    await client.return!();
    expect((await waiting).done).toBe(true);
  });

  it.each([
    ['more than a hundred variants', Array.from({ length: 101 }, newId), {}],
    ['what is no region', [newId()], { region: 'bavaria' }],
  ])('refuses %s', async (_, ids, place) => {
    expect(await next(watch(first, ids, asGuest(), place))).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('takes what is no id for a variant without a price', async () => {
    const client = watch(first, ['__proto__', "'; drop table prices"]);
    const { value } = await client.next();
    expect(value.data.priceChanged.variants).toEqual([
      { variantId: '__proto__', price: null },
      { variantId: "'; drop table prices", price: null },
    ]);
    await client.return!();
  });
});
