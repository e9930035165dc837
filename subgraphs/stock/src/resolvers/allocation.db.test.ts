import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import {
  differences,
  listeningOnly,
  locationValues,
  makeVariant,
  productsWith,
  reserveThrough,
  run,
  startStock,
  upTo,
  type Json,
} from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let bus: EventBus;
/** Two processes on one bus. */
let first: Service;
let second: Service;
let berlin: string;
let hamburg: string;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  bus = createMemoryBus();
  const { locationIds } = await upsertLocations(db, [locationValues('berlin'), locationValues('hamburg')]);
  [berlin, hamburg] = locationIds as [string, string];
  const channels = [
    { code: 'web', revision: 1, locationIds },
    { code: 'pos', revision: 1, locationIds: [berlin] },
  ];
  for (const channel of channels) await saveChannel(db, channel);
  first = await startStock(testDb.open('stock'), bus, productsWith(channels));
  second = await startStock(testDb.open('stock'), listeningOnly(bus), productsWith(channels));
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await testDb.drop();
});

const staff = asStaff(['stock:read', 'stock:policy']);
const ask = (query: string, variables: Record<string, unknown> = {}) => run(first, staff, query, variables);
const reserve = (variantId: string, quantity: number, channel = 'web') =>
  reserveThrough(first, asService('orders'), { variantId, locationId: berlin, quantity }, channel);

const POLICY = `__typename ... on AllocationPolicySaved { policy { id name kind status version poolLocationIds channels { channel promised }
  variantCount variants(first: 1) { edges { node { id } } pageInfo { hasNextPage endCursor } } } } ... on UserError { code message path }`;
const SET = `mutation ($input: AllocationPolicySetInput!) { allocationPolicySet(input: $input) { ${POLICY} } }`;
const ACTIVATE = `mutation ($input: AllocationPolicyActivateInput!) { allocationPolicyActivate(input: $input) { ${POLICY} } }`;
const RETIRE = `mutation ($input: AllocationPolicyRetireInput!) { allocationPolicyRetire(input: $input) { ${POLICY} } }`;
const SAFETY = `mutation ($input: ChannelSafetyStockSetInput!) { channelSafetyStockSet(input: $input) { __typename ... on SafetyStockSaved { safetyStock { channel quantity location { code } } }
  ... on QuantityMismatch { currentQuantity } } }`;

const tills = (promised: number, variantIds: string[] | null = null) => ({
  name: 'tills first',
  kind: 'PRIORITY',
  ...(variantIds && { scope: { variantIds } }),
  channels: [
    { channel: 'pos', priority: 1, promised },
    { channel: 'web', priority: 2 },
  ],
});
const activate = async (input: Json): Promise<string> => {
  const { allocationPolicySet } = await ask(SET, { input });
  const policyId = allocationPolicySet.policy.id as string;
  await ask(ACTIVATE, { input: { policyId, expectedVersion: 1 } });
  return policyId;
};

afterEach(async () => {
  const { allocationPolicies } = await ask(`{ allocationPolicies(status: ACTIVE) { edges { node { id } } } }`);
  for (const { node } of allocationPolicies.edges) await ask(RETIRE, { input: { policyId: node.id } });
});

describe('allocation policies in the graph', () => {
  it('are made, activated, listed in pages and retired', async () => {
    const variantIds = upTo(3)
      .map(() => newId())
      .sort();
    const made = (await ask(SET, { input: tills(2, variantIds) })).allocationPolicySet.policy;
    expect(made).toMatchObject({ status: 'DRAFT', version: 1, variantCount: 3, poolLocationIds: [berlin] });
    const { allocationPolicyActivate: activated } = await ask(ACTIVATE, {
      input: { policyId: made.id, expectedVersion: 1 },
    });
    expect(activated).toMatchObject({ __typename: 'AllocationPolicySaved', policy: { status: 'ACTIVE', version: 2 } });
    expect(activated.policy.variants.edges).toEqual([{ node: { id: variantIds[0] } }]);
    const { allocationPolicy } = await ask(
      `query ($id: ID!, $after: Cursor) { allocationPolicy(id: $id) { variants(after: $after) { edges { node { id } } pageInfo { hasNextPage } } } }`,
      { id: made.id, after: activated.policy.variants.pageInfo.endCursor },
    );
    expect(allocationPolicy.variants).toEqual({
      edges: variantIds.slice(1).map((id) => ({ node: { id } })),
      pageInfo: { hasNextPage: false },
    });
    const other = (await ask(SET, { input: tills(1) })).allocationPolicySet.policy;
    const LIST = `query ($after: Cursor) { allocationPolicies(first: 1, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const { allocationPolicies: newest } = await ask(LIST);
    expect(newest).toMatchObject({ edges: [{ node: { id: other.id } }], pageInfo: { hasNextPage: true } });
    expect((await ask(LIST, { after: newest.pageInfo.endCursor })).allocationPolicies.edges).toEqual([
      { node: { id: made.id } },
    ]);
    const { allocationPolicyRetire } = await ask(RETIRE, { input: { policyId: made.id, expectedVersion: 2 } });
    expect(allocationPolicyRetire.policy).toMatchObject({ status: 'RETIRED', version: 3 });
  });

  it('need the scope stock:policy to be changed', async () => {
    const before = await db.sql`select count(*)::int as policies from stock.allocation_policies`;
    await expect(run(first, asStaff(['stock:read', 'stock:write']), SET, { input: tills(1) })).rejects.toThrow();
    await expect(
      run(first, asGuest(), SAFETY, { input: { channel: 'web', locationId: berlin, quantity: 1 } }),
    ).rejects.toThrow();
    expect(await db.sql`select count(*)::int as policies from stock.allocation_policies`).toEqual(before);
  });
});

describe('explainAvailability', () => {
  const EXPLAIN = `query ($variantId: ID!, $channel: ID!) { explainAvailability(variantId: $variantId, channel: $channel) {
    sellableQuantity aheadQuantity version reasons sets { location { code } sets }
    items { variant { id } unitsPerSet sellableQuantity openQuantity pooledQuantity cap poolAvailableQuantity reasons policy { name }
      locations { location { code } available safetyStock free pooled } claims { channel guaranteed consumed outstanding } } } }`;
  const explain = async (variantId: string, channel: string) =>
    (await ask(EXPLAIN, { variantId, channel })).explainAvailability;

  it('tells levels, safety stock, policy and what follows from them', async () => {
    const variantId = await makeVariant(db, berlin, 10);
    await activate(tills(6));
    await ask(SAFETY, { input: { channel: 'web', locationId: berlin, quantity: 1 } });
    expect(await explain(variantId, 'web')).toMatchObject({
      sellableQuantity: 4,
      aheadQuantity: 0,
      sets: null,
      reasons: [
        '10 units available at 1 location of web.',
        'web leaves 1 unit as safety stock.',
        'Of 10 units in its pool the policy “tills first” lets web take 4: others are guaranteed units that they have not taken yet (pos 6).',
        'That is fewer than the 9 units that the pool would let it have.',
        'web can sell 4 units.',
      ],
      items: [
        {
          variant: { id: variantId },
          sellableQuantity: 4,
          openQuantity: 0,
          pooledQuantity: 9,
          cap: 4,
          poolAvailableQuantity: 10,
          policy: { name: 'tills first' },
          locations: [{ location: { code: 'berlin' }, available: 10, safetyStock: 1, free: 9, pooled: true }],
          claims: [
            { channel: 'pos', guaranteed: 6, consumed: 0, outstanding: 6 },
            { channel: 'web', guaranteed: 0, consumed: 0, outstanding: 0 },
          ],
        },
      ],
    });
    await ask(SAFETY, { input: { channel: 'web', locationId: berlin, quantity: 0, expectedQuantity: 1 } });
    expect((await explain(variantId, 'pos')).reasons.at(-1)).toBe('pos can sell 10 units.');
  });

  it('tells of a bundle each component and how many sets each location makes', async () => {
    const [cup, plate, bundle] = [await makeVariant(db, berlin, 5), await makeVariant(db, berlin, 9), newId()];
    await saveBundles(db, [
      {
        variantId: bundle,
        revision: 1,
        components: [
          { variantId: cup, quantity: 2 },
          { variantId: plate, quantity: 1 },
        ],
      },
    ]);
    expect(await explain(bundle, 'web')).toMatchObject({
      sellableQuantity: 2,
      sets: [{ location: { code: 'berlin' }, sets: 2 }],
      items: [
        { variant: { id: cup }, unitsPerSet: 2, sellableQuantity: 5 },
        { variant: { id: plate }, unitsPerSet: 1, sellableQuantity: 9 },
      ],
      reasons: [
        'The variant is a bundle of 2 components, and a set is made of what one location has.',
        '1 location of the channel has all components: enough for 2 sets.',
        'web can sell 2 sets.',
      ],
    });
  });

  it('says so when the channel sells from nowhere, or never had the variant', async () => {
    expect((await explain(newId(), 'constructor')).reasons).toEqual([
      'constructor sells from no location.',
      'constructor can sell none.',
    ]);
    expect((await explain(newId(), 'web')).reasons).toEqual(['No location of web ever had it.', 'web can sell none.']);
  });
});

describe('simulateAllocation', () => {
  const SIMULATE = `query ($input: SimulateAllocationInput!) { simulateAllocation(input: $input) { __typename
    ... on AllocationSimulation { variantIds entryCount poolLocationIds channels { channel askedUnits draft { ...units } present { ...units } } }
    ... on UserError { code path } } }
    fragment units on SimulatedOutcome { servedUnits refusedUnits givenBackUnits leftUnits }`;
  const simulate = async (input: Json) => (await ask(SIMULATE, { input })).simulateAllocation;

  it('tells what a draft would have refused, beside what governs, and changes nothing', async () => {
    const variantId = await makeVariant(db, berlin, 6);
    await reserve(variantId, 3);
    await reserve(variantId, 1);
    await reserve(variantId, 2, 'pos');
    const before = await db.sql`select revision from stock.configuration`;
    expect(await simulate({ draft: tills(4), days: 1, variantIds: [variantId] })).toEqual({
      __typename: 'AllocationSimulation',
      variantIds: [variantId],
      entryCount: 4,
      poolLocationIds: [berlin],
      channels: [
        {
          channel: 'pos',
          askedUnits: 2,
          draft: { servedUnits: 2, refusedUnits: 0, givenBackUnits: 0, leftUnits: 3 },
          present: { servedUnits: 2, refusedUnits: 0, givenBackUnits: 0, leftUnits: 0 },
        },
        {
          channel: 'web',
          askedUnits: 4,
          draft: { servedUnits: 1, refusedUnits: 3, givenBackUnits: 0, leftUnits: 0 },
          present: { servedUnits: 4, refusedUnits: 0, givenBackUnits: 0, leftUnits: 0 },
        },
      ],
    });
    expect(await db.sql`select revision from stock.configuration`).toEqual(before);
    expect(await differences(db)).toBe(0);
  });

  it('replays under what governs just what happened, when it governed all the while', async () => {
    const [a, b] = [await makeVariant(db, berlin, 9), await makeVariant(db, berlin, 4)];
    const policyId = await activate(tills(2, [a, b]));
    for (const quantity of [3, 5, 2, 1]) await reserve(a, quantity);
    for (const quantity of [1, 2, 2]) await reserve(b, quantity, 'pos');
    const shown = await db.sql<{ channel: string; units: number }[]>`
      select channel_code as channel, sum(sellable)::int as units from stock.offers(array[${a}, ${b}]::uuid[]) group by 1 order by 1`;
    const simulated = await simulate({ policyId, days: 1 });
    // The most asked for comes first.
    expect(simulated.variantIds).toEqual([a, b]);
    expect(simulated.channels.map((each: Json) => ({ channel: each.channel, units: each.present.leftUnits }))).toEqual(
      shown.map((row) => ({ ...row })),
    );
    for (const each of simulated.channels) {
      expect(each.draft).toEqual(each.present);
      expect(each.draft.refusedUnits).toBe(0);
    }
  });

  it.each([
    ['no policy', { days: 1 }, 'INVALID_POLICY'],
    ['days out of range', { days: 91, draft: tills(1) }, 'INVALID_DAYS'],
    ['a draft that breaks a rule', { days: 1, draft: { ...tills(1), channels: [] } }, 'INVALID_CHANNELS'],
    ['a variant out of its scope', { days: 1, draft: tills(1, [newId()]), variantIds: [newId()] }, 'INVALID_SCOPE'],
    ['too many variants', { days: 1, draft: tills(1), variantIds: upTo(101).map(() => newId()) }, 'INVALID_SCOPE'],
    ['an unknown policy', { days: 1, policyId: newId() }, 'NOT_FOUND'],
  ])('refuses %s', async (_, input, code) => {
    expect(await simulate(input)).toMatchObject({ code });
  });

  it('replays 200,000 entries and refuses one more', { timeout: 120_000 }, async () => {
    const variantId = await makeVariant(db, berlin, 1);
    const book = (since: number, until: number) => db.sql`
      insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reservation_id, booked_at)
      select ${variantId}, 1 + n, 1, ${berlin}, 'RESERVED', 1, 'AVAILABLE', 'RESERVED', gen_random_uuid(), stock.app_now()
      from generate_series(${since}::int, ${until}::int) as n`;
    // The variant's receipt is an entry too.
    await book(1, 199_999);
    const most = await simulate({ draft: tills(50_000), days: 1, variantIds: [variantId] });
    expect(most).toMatchObject({ entryCount: 200_000 });
    // Reservations that nothing is known of come last: they leave what the tills are promised.
    expect(most.channels[0]).toMatchObject({ channel: null, draft: { servedUnits: 150_000, refusedUnits: 49_999 } });
    await book(200_000, 200_000);
    const path = ['input', 'days'];
    expect(await simulate({ draft: tills(1), days: 1, variantIds: [variantId] })).toMatchObject({
      code: 'TOO_MUCH_HISTORY',
      path,
    });
  });

  it('refuses days whose ledger is archived', async () => {
    await db.sql`insert into stock.ledger_months values (date_trunc('month', stock.app_now() - interval '40 days'), 'archived', 0, now())`;
    expect(await simulate({ draft: tills(1), days: 80 })).toMatchObject({
      code: 'HISTORY_ARCHIVED',
      path: ['input', 'days'],
    });
    await db.sql`delete from stock.ledger_months`;
  });
});

describe('an open subscription', () => {
  const WATCH = `subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids) { snapshot variants { sellableQuantity version } } }`;
  const watch = (service: Service, variantId: string) =>
    service
      .graph()
      .subscribe<Json>({ query: WATCH, variables: { ids: [variantId] } }, asGuest())
      [Symbol.asyncIterator]();
  const next = async (events: AsyncIterator<GraphResult<Json>>) => {
    const { value } = await events.next();
    return JSON.parse(JSON.stringify(value.data?.availabilityChanged ?? value));
  };

  it('gets a snapshot with a higher version whenever a policy, a safety stock or the locations of a channel change, in every process', async () => {
    const variantId = await makeVariant(db, berlin, 10);
    const clients = [watch(first, variantId), watch(second, variantId)];
    let version = 0;
    const seeNext = async (sellableQuantity: number) => {
      for (const told of await Promise.all(clients.map(next))) {
        expect(told).toEqual({ snapshot: true, variants: [{ sellableQuantity, version: expect.any(Number) }] });
        expect(told.variants[0].version).toBeGreaterThan(version);
      }
      const [row] = await db.sql<
        { version: string }[]
      >`select version from stock.versions(array[${variantId}]::uuid[])`;
      version = Number(row?.version);
    };
    await seeNext(10);
    const policyId = await activate(tills(6));
    await seeNext(4);
    await ask(SAFETY, { input: { channel: 'web', locationId: berlin, quantity: 8 } });
    await seeNext(2);
    await ask(RETIRE, { input: { policyId } });
    await seeNext(2);
    await ask(SAFETY, { input: { channel: 'web', locationId: berlin, quantity: 0 } });
    await seeNext(10);
    const move = (revision: number, locationIds: string[]) => saveChannel(db, { code: 'web', revision, locationIds });
    await move(2, [hamburg]);
    await seeNext(0);
    await move(3, [berlin, hamburg]);
    await seeNext(10);
    for (const client of clients) await client.return?.();
  });
});
