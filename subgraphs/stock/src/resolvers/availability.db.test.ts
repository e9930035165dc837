import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { encodeCursor } from '@kontor/kit/src/connection.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLevels } from '../commands/import-levels.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import { saveSellingPolicy } from '../data/selling-policies.ts';
import type { SellingPolicyValues } from '../domain/selling-policy.ts';
import {
  differences,
  holdUnits,
  type Json,
  locationValues,
  makeVariant,
  productsWith,
  reserveThrough,
  run,
  startStock,
  upTo,
} from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let service: Service;
const sent: string[] = [];
/** West of it, in the middle of it, far east of it; the fourth is no place of the channel. */
let [west, middle, east, foreign] = ['', '', '', ''];

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  const at = (code: string, longitude: number) => ({ ...locationValues(code), latitude: 50, longitude });
  const { locationIds } = await upsertLocations(db, [
    at('west', 8),
    at('middle', 9),
    at('zeast', 12),
    at('foreign', 9),
  ]);
  [west, middle, east, foreign] = locationIds as [string, string, string, string];
  const web = { code: 'web', revision: 1, locationIds: [west, middle, east] };
  await saveChannel(db, web);
  await saveChannel(db, { code: 'pos', revision: 1, locationIds: [foreign] });
  service = await startStock(
    testDb.open('stock', { onQuery: (query) => sent.push(query) }),
    createMemoryBus(),
    productsWith([web]),
  );
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await service.stop();
  await testDb.drop();
});

/** Changes what is configured, as the commands do that do so. */
const configure = (change: (tx: Database['sql']) => Promise<unknown>) =>
  db.sql.begin(async (tx) => {
    await tx`select stock.lock_configuration()`;
    await change(tx as unknown as Database['sql']);
    await tx`select stock.reconfigure()`;
  });
const put = (variantId: string, levels: Readonly<Record<string, number>>) =>
  Promise.all(
    Object.entries(levels).map(([locationId, quantity]) =>
      importLevels(db, locationId, [{ variantId, quantity, reference: newId() }]),
    ),
  );
const announce = async (variantId: string, toLocationId: string, expectedIn: string, status = 'in_transit') => {
  const transferId = newId();
  await db.sql`insert into stock.transfers (transfer_id, to_location_id, status, expected_at, created_by, created_at)
    values (${transferId}, ${toLocationId}, ${status}, date_trunc('second', now()) + ${expectedIn}::interval, 'test', now())`;
  await db.sql`insert into stock.transfer_lines (transfer_id, variant_id, quantity) values (${transferId}, ${variantId}, 10)`;
  const [row] = await db.sql<
    { at: string }[]
  >`select expected_at as at from stock.transfers where transfer_id = ${transferId}`;
  return { transferId, at: new Date(row?.at ?? '').toISOString() };
};
interface SellingAhead {
  readonly limit: number;
  readonly sold?: number;
  readonly at?: string;
  readonly days?: number;
  readonly channels?: string[];
}
const sellAhead = async (variantId: string, kind: SellingPolicyValues['kind'], values: SellingAhead) => {
  const { limit, sold = 0, at = null, days = null, channels = null } = values;
  const policy = { variantId, kind, limitQuantity: limit, promisedAt: at, promisedDays: days, channels };
  await saveSellingPolicy(db, policy, null);
  if (sold > 0) await holdUnits(db, 'web', [{ variantId, locationId: west, quantity: sold, ahead: true }]);
};

const ENTITIES = (fields: string, argument = '') =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ProductVariant { availability${argument} { ${fields} } } } }`;
const entities = async (call: Call, variantIds: readonly string[], fields: string, argument = ''): Promise<Json[]> => {
  const representations = variantIds.map((id) => ({ __typename: 'ProductVariant', id }));
  const answer = await run(service, call, ENTITIES(fields, argument), { representations });
  return answer['_entities'].map((each: Json) => each.availability);
};
const codeOf = async (call: Call, query: string, variables: Record<string, unknown> = {}, graph = '/graphql') => {
  const { errors } = await service.graph(graph).execute({ query, variables }, call);
  const { code, path } = errors?.[0]?.extensions ?? {};
  return [code, ...((path as string[] | undefined) ?? [])];
};

describe('availability of variants', () => {
  const SCALARS = 'variantId status sellableQuantity lowStock version asOf';
  const isAboutStock = (statement: string) =>
    /stock\.(offers|place_offers|selling_policies|levels|locations)/.test(statement);

  it.each([1, 72, 200])('costs one statement for %d of them, and one more with what is to come', async (count) => {
    const variantIds = [await makeVariant(db, west, 4), ...upTo(count - 1).map(() => newId())];
    const ask = async (fields: string) => {
      sent.length = 0;
      await entities(asGuest(), variantIds, fields);
      return sent.filter(isAboutStock).length;
    };
    await ask(SCALARS);
    expect(await ask(SCALARS)).toBe(1);
    expect(await ask(`${SCALARS} restockAt backorder { kind quantity promisedAt }`)).toBe(2);
    expect(await ask('restockAt')).toBe(2);
  });

  it('tells when more is expected: the earliest open announcement to a location of the channel that is not over', async () => {
    const [variantId, other] = [await makeVariant(db, west, 0), newId()];
    await announce(variantId, east, '9 days');
    const { at } = await announce(variantId, west, '3 days');
    await announce(variantId, west, '-1 day');
    await announce(variantId, foreign, '1 day');
    await announce(variantId, west, '1 day', 'closed');
    const arrived = await announce(variantId, west, '2 days');
    await db.sql`update stock.transfer_lines set received = 9, lost = 1 where transfer_id = ${arrived.transferId}`;
    expect(await entities(asGuest(), [other, variantId, 'no id'], 'restockAt')).toEqual([
      { restockAt: null },
      { restockAt: at },
      { restockAt: null },
    ]);
  });

  it('tells what may be sold ahead in the channel, to guests at most 999 units', async () => {
    const [soon, later, elsewhere, over, denied, unlimited, plain] = upTo(7).map(() => newId()) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await sellAhead(soon, 'BACKORDER', { limit: 10, sold: 3, at: '2031-01-01T00:00:00Z' });
    await sellAhead(later, 'PREORDER', { limit: 5_000, days: 14, channels: ['web'] });
    await sellAhead(elsewhere, 'BACKORDER', { limit: 10, channels: ['pos'] });
    await sellAhead(over, 'BACKORDER', { limit: 10, sold: 10 });
    await sellAhead(denied, 'DENY', { limit: 10 });
    await sellAhead(unlimited, 'BACKORDER', { limit: 1 });
    const all = [soon, later, elsewhere, over, denied, unlimited, plain];
    const fields = 'backorder { kind quantity promisedAt }';
    const [first, second, ...others] = (await entities(asGuest(), all, fields)).map((each) => each.backorder);
    expect(first).toEqual({ kind: 'BACKORDER', quantity: 7, promisedAt: '2031-01-01T00:00:00.000Z' });
    expect(second).toMatchObject({ kind: 'PREORDER', quantity: 999 });
    expect(Date.parse(second.promisedAt) - Date.now()).toBeGreaterThan(13 * 86_400_000);
    expect(others).toEqual([null, null, null, { kind: 'BACKORDER', quantity: 1, promisedAt: null }, null]);
    expect((await entities(asStaff([]), [later], fields))[0]).toMatchObject({ backorder: { quantity: 5_000 } });
    expect((await entities(asGuest('unheard-of'), [soon], fields))[0]).toEqual({ backorder: null });

    // What is made of components is not sold ahead by itself.
    await saveBundles(db, [{ variantId: unlimited, revision: 1, components: [{ variantId: soon, quantity: 1 }] }]);
    expect((await entities(asGuest(), [unlimited], fields))[0]).toEqual({ backorder: null });
  });
});

describe('pickup locations of an availability', () => {
  const PICKUP = 'pickupLocations { code }';
  const codes = async (variantId: string, argument = '', call = asGuest()) =>
    (await entities(call, [variantId], PICKUP, argument))[0].pickupLocations.map((each: Json) => each.code);

  it('are the nearest first with a destination, and by code without', async () => {
    const variantId = newId();
    await put(variantId, { [west]: 1, [middle]: 1, [east]: 1, [foreign]: 1 });
    expect(await codes(variantId)).toEqual(['middle', 'west', 'zeast']);
    expect(await codes(variantId, '(destination: { latitude: 50, longitude: 11.5 })')).toEqual([
      'zeast',
      'middle',
      'west',
    ]);
    expect(await codes(variantId, '(destination: { latitude: 1e-300, longitude: -1e-300 })')).toEqual([
      'west',
      'middle',
      'zeast',
    ]);
    expect(await codes(variantId, '', asGuest('pos'))).toEqual(['foreign']);
  });

  it('cost one statement for all variants of a destination', async () => {
    const variantIds = await Promise.all(upTo(6).map(() => makeVariant(db, west, 1)));
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ProductVariant {
      here: availability(destination: { latitude: 50, longitude: 8 }) { pickupLocations { code } } } } }`;
    const representations = variantIds.map((id) => ({ __typename: 'ProductVariant', id }));
    sent.length = 0;
    const answer = await run(service, asGuest(), query, { representations });
    expect(answer['_entities']).toEqual(variantIds.map(() => ({ here: { pickupLocations: [{ code: 'west' }] } })));
    expect(sent.filter((statement) => statement.includes('place_offers'))).toHaveLength(1);
  });

  it('leave out what safety stock and policies keep for others, and where no whole bundle is', async () => {
    const [variantId, part, bundle, governed] = [newId(), newId(), newId(), newId()];
    await put(variantId, { [west]: 3, [middle]: 3 });
    await put(part, { [west]: 4, [middle]: 1, [east]: 2 });
    await put(governed, { [west]: 2, [foreign]: 2 });
    await saveBundles(db, [{ variantId: bundle, revision: 1, components: [{ variantId: part, quantity: 2 }] }]);
    expect(await codes(variantId)).toEqual(['middle', 'west']);
    expect(await codes(bundle)).toEqual(['west', 'zeast']);
    await configure((tx) => tx`insert into stock.safety_stocks values ('web', ${west}, 3)`);
    expect(await codes(variantId)).toEqual(['middle']);
    expect(await codes(bundle)).toEqual(['zeast']);
    await configure((tx) => tx`delete from stock.safety_stocks`);

    // The till is promised as much as there is at the place that both sell from.
    await saveChannel(db, { code: 'pos', revision: 2, locationIds: [foreign, west] });
    expect(await codes(governed)).toEqual(['west']);
    await configure(async (tx) => {
      const policyId = newId();
      await tx`insert into stock.allocation_policies (policy_id, name, kind, variant_ids, status, version, revision, changed_by, created_at)
        values (${policyId}, 'till first', 'PRIORITY', ${[governed]}, 'active', 1, 1, 'test', now())`;
      await tx`insert into stock.allocation_shares values (${policyId}, 'pos', 1, 2, 0, 0), (${policyId}, 'web', 2, 0, 0, 0)`;
      await tx`insert into stock.policy_variants values (${governed}, ${policyId})`;
    });
    expect(await codes(governed)).toEqual([]);
    expect(await codes(governed, '', asGuest('pos'))).toEqual(['foreign', 'west']);
    await saveChannel(db, { code: 'pos', revision: 3, locationIds: [foreign] });
  });

  it.each(['latitude: 90.1, longitude: 0', 'latitude: 0, longitude: -180.5', 'latitude: 1e308, longitude: 0'])(
    'are refused for a destination that is nowhere (%s)',
    async (point) => {
      const query = ENTITIES('version', `(destination: { ${point} })`);
      const variables = { representations: [{ __typename: 'ProductVariant', id: newId() }] };
      expect(await codeOf(asGuest(), query, variables)).toEqual(['BAD_USER_INPUT', 'destination']);
    },
  );
});

describe('pickupLocations', () => {
  const QUERY = `query ($near: GeoPointInput!, $ids: [ID!], $first: Int, $radiusKm: Float) { pickupLocations(near: $near, variantIds: $ids, first: $first, radiusKm: $radiusKm) {
    distanceKm location { code } availability { variantId sellableQuantity status } } }`;
  const near = { latitude: 50, longitude: 8.9 };

  it('are the nearest first within the radius, with what each has of the variants, to guests at most 999 units', async () => {
    const [many, none] = [newId(), newId()];
    await put(many, { [west]: 5_000, [middle]: 2, [foreign]: 9 });
    const ask = async (call: Call, more = {}) =>
      (await run(service, call, QUERY, { near, ids: [none, many, 'no id'], ...more }))['pickupLocations'];
    const found = await ask(asGuest(), { radiusKm: 100 });
    expect(found.map((each: Json) => [each.location.code, Math.round(each.distanceKm)])).toEqual([
      ['middle', 7],
      ['west', 64],
    ]);
    expect(found[1].availability).toEqual([
      { variantId: none, sellableQuantity: 0, status: 'OUT' },
      { variantId: many, sellableQuantity: 999, status: 'IN_STOCK' },
      { variantId: 'no id', sellableQuantity: 0, status: 'OUT' },
    ]);
    expect(found[0].availability[1]).toEqual({ variantId: many, sellableQuantity: 2, status: 'LOW' });
    const [, forStaff] = await ask(asStaff([]), { radiusKm: 100 });
    expect(forStaff.availability[1].sellableQuantity).toBe(5_000);
    expect(await ask(asGuest())).toHaveLength(1);
    expect(await ask(asGuest(), { radiusKm: 500, first: 1 })).toHaveLength(1);
    expect((await ask(asGuest('pos'), { radiusKm: 500 })).map((each: Json) => each.location.code)).toEqual(['foreign']);
  });

  it('are places alone when no variant is asked for', async () => {
    const answer = await run(service, asGuest(), QUERY, { near, radiusKm: 1e-300 });
    expect(answer['pickupLocations']).toEqual([]);
    const all = await run(service, asCustomer(newId()), QUERY, { near });
    expect(all['pickupLocations']).toMatchObject([{ location: { code: 'middle' }, availability: [] }]);
  });

  it.each([
    [{ near: { latitude: -90.5, longitude: 0 } }, 'near'],
    [{ near: { latitude: 0, longitude: 181 } }, 'near'],
    [{ ids: upTo(51).map(() => 'x') }, 'variantIds'],
    [{ first: 0 }, 'first'],
    [{ first: 51 }, 'first'],
    [{ radiusKm: 0 }, 'radiusKm'],
    [{ radiusKm: -1 }, 'radiusKm'],
    [{ radiusKm: 500.1 }, 'radiusKm'],
    [{ radiusKm: 1e308 }, 'radiusKm'],
  ])('are refused for %j', async (variables, path) => {
    expect(await codeOf(asGuest(), QUERY, { near, ...variables })).toEqual(['BAD_USER_INPUT', path]);
  });
});

describe('availabilityChanges', () => {
  const QUERY = `query ($since: Cursor, $first: Int) { availabilityChanges(since: $since, first: $first) {
    variants { variantId sellableQuantity status version } endCursor resync hasMore } }`;
  const INTERNAL = `query ($since: Cursor) { channelAvailabilityChanges(channel: "web", since: $since) {
    variants { variantId sellableQuantity } endCursor resync hasMore } }`;
  const changes = async (call: Call, variables: Record<string, unknown> = {}) =>
    (await run(service, call, QUERY, variables))['availabilityChanges'];

  it('begin empty at the present end, and tell from there what changed in the channel of the caller', async () => {
    const begun = await changes(asGuest());
    expect(begun).toEqual({ variants: [], endCursor: expect.any(String), resync: false, hasMore: false });
    const variantId = await makeVariant(db, west, 5_000);
    await makeVariant(db, foreign, 1);
    await reserveThrough(service, asService('orders'), { variantId, locationId: west, quantity: 1 });
    const since = begun.endCursor;
    await eventually(async () => {
      const page = await changes(asGuest(), { since });
      expect(page).toMatchObject({ resync: false, hasMore: false });
      expect(page.variants).toMatchObject([{ variantId, sellableQuantity: 999, status: 'IN_STOCK' }]);
    });
    const internal = (await run(service, asService(), INTERNAL, { since }))['channelAvailabilityChanges'];
    expect(internal).toMatchObject({ resync: false, variants: [{ variantId, sellableQuantity: 4_999 }] });
    expect((await changes(asGuest('pos'), { since })).variants).toHaveLength(1);
    expect((await changes(asGuest('pos'), { since })).variants[0].variantId).not.toBe(variantId);
  });

  it('say that everything must be read when the configuration changed', async () => {
    const { endCursor } = await changes(asGuest());
    await configure(() => Promise.resolve());
    const page = await eventually(async () => {
      const found = await changes(asGuest(), { since: endCursor });
      expect(found).toMatchObject({ resync: true, variants: [], hasMore: false });
      return found;
    });
    expect(await changes(asGuest(), { since: page.endCursor })).toMatchObject({ resync: false, variants: [] });
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['empty', ''.padEnd(3, '=')],
    ['of another list', encodeCursor(['berlin'])],
    ['of another list with as many parts', encodeCursor(['x', 'y', 'z', 1])],
    ['with a transaction that is none', encodeCursor(['availability', '-1', '0', 0])],
    ['with a transaction that no database can have', encodeCursor(['availability', '9'.repeat(30), '0', 0])],
    ['with SQL in it', encodeCursor(['availability', "1'; select 1", '0', 0])],
    ['with a broken item', encodeCursor(['availability', '1', '0', 1.5])],
    ['with an item beyond all', encodeCursor(['availability', '1', '0', 1e300])],
    ['with null in it', encodeCursor(['availability', '1', null, 0])],
  ])('are refused behind a cursor that is %s', async (_, since) => {
    expect(await codeOf(asGuest(), QUERY, { since })).toEqual(['BAD_USER_INPUT', 'since']);
    expect(await codeOf(asService(), INTERNAL, { since }, '/internal/graphql')).toEqual(['BAD_USER_INPUT', 'since']);
  });

  it.each([0, -1, 1_001])('are refused for %d at once', async (first) => {
    expect(await codeOf(asGuest(), QUERY, { first })).toEqual(['BAD_USER_INPUT', 'first']);
  });

  it('ask to read everything behind a cursor from the beginning or the end of time', async () => {
    for (const transaction of ['0', '999999999999999999']) {
      const since = encodeCursor(['availability', transaction, '999999999999999999', 2_147_483_647]);
      expect(await changes(asGuest(), { since })).toMatchObject({ resync: true, variants: [] });
    }
  });

  it('of any channel are for services alone', async () => {
    for (const call of [asGuest(), asCustomer(newId()), asStaff(['stock:read', 'stock:write', 'stock:policy'])])
      expect((await codeOf(call, INTERNAL, {}, '/internal/graphql'))[0]).toBe('FORBIDDEN');
  });
});

describe('the ledger of a variant', () => {
  const QUERY = `query ($id: ID!, $kind: StockMovementKind, $since: DateTime, $until: DateTime, $first: Int, $after: Cursor) {
    stockLedger(variantId: $id, kind: $kind, since: $since, until: $until, first: $first, after: $after) { edges { cursor node { kind version quantity bookedAt } } pageInfo { hasNextPage endCursor } } }`;
  const staff = asStaff(['stock:read']);

  it('comes by kind and by time in pages, for who may read stock', async () => {
    const variantId = newId();
    for (const quantity of [10, 8, 12]) await put(variantId, { [west]: quantity });
    await reserveThrough(service, asService('orders'), { variantId, locationId: west, quantity: 1 });
    const ask = async (variables = {}): Promise<Json> =>
      (await run(service, staff, QUERY, { id: variantId, ...variables }))['stockLedger'];
    const versions = (page: Json) => page.edges.map((each: Json) => each.node.version);
    const all = await ask();
    expect(versions(all)).toEqual([4, 3, 2, 1]);
    expect(versions(await ask({ kind: 'RESERVED' }))).toEqual([4]);
    const adjusted = await ask({ kind: 'ADJUSTED', first: 2 });
    expect([versions(adjusted), adjusted.pageInfo.hasNextPage]).toEqual([[3, 2], true]);
    const rest = await ask({ kind: 'ADJUSTED', first: 2, after: adjusted.pageInfo.endCursor });
    expect([versions(rest), rest.pageInfo.hasNextPage]).toEqual([[1], false]);
    // Times are told in milliseconds and booked in microseconds.
    const [, third] = all.edges.map((each: Json) => each.node.bookedAt);
    const after = versions(await ask({ since: third }));
    const before = versions(await ask({ until: third }));
    expect([...after, ...before]).toEqual([4, 3, 2, 1]);
    expect(after).toContain(3);
    expect(versions(await ask({ since: '2031-01-01T00:00:00Z' }))).toEqual([]);
    expect(versions(await ask({ since: third, until: third }))).toEqual([]);
    for (const call of [asGuest(), asCustomer(newId()), asStaff(['stock:write'])])
      expect((await codeOf(call, QUERY, { id: variantId }))[0]).toBe('FORBIDDEN');
  });

  it('is refused behind a cursor of another list', async () => {
    const changes = (await run(service, asGuest(), '{ availabilityChanges { endCursor } }'))['availabilityChanges'];
    for (const after of [changes.endCursor, encodeCursor([1.5, 1]), encodeCursor(['1', '1']), encodeCursor([1, 1e18])])
      expect(await codeOf(staff, QUERY, { id: newId(), after })).toEqual(['BAD_USER_INPUT', 'after']);
  });
});
