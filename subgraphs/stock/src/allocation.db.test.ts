import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activateAllocationPolicy } from './commands/activate-allocation-policy.ts';
import { createEndReservation, type EndReservation } from './commands/end-reservation.ts';
import { createReserve, type Reserve } from './commands/reserve.ts';
import { retireAllocationPolicy } from './commands/retire-allocation-policy.ts';
import { setAllocationPolicy } from './commands/set-allocation-policy.ts';
import { setSafetyStock } from './commands/set-safety-stock.ts';
import { saveBundles } from './data/bundles.ts';
import { saveChannel } from './data/channels.ts';
import { findAvailabilityFacts } from './data/explanation.ts';
import { findCandidateLevels } from './data/levels.ts';
import { importLevels } from './commands/import-levels.ts';
import { unitsOf } from './domain/availability-explanation.ts';
import type { Allocation } from './domain/demand.ts';
import { demandOf, differences, makeChannel } from './fixture.ts';

/** A transaction's connection. */
type TransactionSql = Parameters<Parameters<Database['sql']['begin']>[1]>[0];

/** What a channel shows must be what it can have, whatever is configured: found by trying every way to take it. */
const CHANNELS = ['a', 'b', 'c'] as const;
const PLACES = [0, 1, 2] as const;
const caller = serviceCaller('test');

let testDb: TestDatabase;
let db: Database;
let reserve: Reserve;
let endReservation: EndReservation;
let locations: string[];
let revision = 0;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  reserve = createReserve(db);
  endReservation = createEndReservation(db);
  locations = (await makeChannel(db, PLACES.length)).locationIds.sort();
});
afterAll(() => testDb.drop());

const channel = fc.constantFrom(...CHANNELS);
const place = fc.constantFrom(...PLACES);
/** Mostly all of them: policies divide what channels have in common. */
const places = fc.oneof(
  { weight: 3, arbitrary: fc.constant([...PLACES]) },
  { weight: 1, arbitrary: fc.subarray([...PLACES]) },
);
/** 0 and 1 are stock items, 2 is a bundle of one or both. */
const item = fc.constantFrom(0, 1, 2);

const policy = fc.record({
  kind: fc.constantFrom(
    'PRIORITY' as const,
    'PROPORTIONAL' as const,
    'PRIORITY' as const,
    'PROPORTIONAL' as const,
    'FIFO' as const,
  ),
  lendableBasisPoints: fc.constantFrom(0, 3_000, 10_000),
  variants: fc.option(fc.subarray([0, 1], { minLength: 1 }), { freq: 1 }),
  places: fc.option(fc.subarray([...PLACES], { minLength: 1 }), { freq: 1 }),
  channels: fc.uniqueArray(
    fc.record({
      channel,
      priority: fc.nat(1),
      promised: fc.integer({ min: 1, max: 4 }),
      shareBasisPoints: fc.constantFrom(0, 2_500, 3_333),
      floor: fc.nat(2),
    }),
    { selector: (share) => share.channel, minLength: 2, maxLength: 3 },
  ),
});

type Step =
  | { readonly do: 'reserve'; readonly channel: string; readonly item: number; readonly quantity: number }
  | { readonly do: 'release'; readonly index: number }
  | { readonly do: 'stock'; readonly item: number; readonly place: number; readonly quantity: number }
  | { readonly do: 'policy'; readonly policy: typeof policy extends fc.Arbitrary<infer T> ? T : never }
  | { readonly do: 'retire' }
  | { readonly do: 'safety'; readonly channel: string; readonly place: number; readonly quantity: number }
  | { readonly do: 'places'; readonly channel: string; readonly places: readonly number[] };

const selling = fc.record({
  do: fc.constant('reserve' as const),
  channel,
  item,
  quantity: fc.integer({ min: 1, max: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: selling },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), index: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stock' as const), item: fc.nat(1), place, quantity: fc.nat(4) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('policy' as const), policy }) },
  { weight: 1, arbitrary: fc.constant({ do: 'retire' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('safety' as const), channel, place, quantity: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('places' as const), channel, places }) },
);

interface World {
  readonly items: readonly [string, string, string];
  readonly held: string[];
}

/** Every way to split units over places, none of which takes more than its limit. */
function splits(units: number, limits: readonly number[]): number[][] {
  const [limit, ...others] = limits;
  if (limit === undefined) return units === 0 ? [[]] : [];
  const found: number[][] = [];
  for (let here = 0; here <= Math.min(units, limit); here += 1)
    for (const rest of splits(units - here, others)) found.push([here, ...rest]);
  return found;
}

const plansOf = (variantId: string, units: number, limits: readonly number[]): Allocation[][] =>
  splits(units, limits).map((split) =>
    split.flatMap((quantity, index) => (quantity > 0 ? [{ variantId, locationId: locations[index]!, quantity }] : [])),
  );

interface Attempt {
  readonly channel: string;
  readonly plans: readonly (readonly Allocation[])[];
}

/** Which of some requests, each with any number of plans, hold one behind the other. */
async function attempt(sql: TransactionSql, requests: readonly Attempt[]): Promise<boolean[]> {
  const rows: [number, number, string, string, number][] = [];
  for (const [index, { plans }] of requests.entries())
    for (const [planIndex, plan] of plans.entries())
      for (const each of plan) rows.push([index + 1, planIndex, each.variantId, each.locationId, each.quantity]);
  const column = <T>(at: number) => rows.map((row) => row[at] as T);
  const answers = await sql<{ held: boolean }[]>`
    select plan is not null as held from stock.reserve(${requests.map(() => newId())}::uuid[], ${requests.map(() => newId())}::text[],
      ${requests.map((each) => each.channel)}::text[], ${requests.map(() => 'tried')}::text[], ${requests.map(() => 60)}::int[],
      ${column<number>(0)}::int[], ${column<number>(1)}::int[], ${column<string>(2)}::uuid[], ${column<string>(3)}::uuid[], ${column<number>(4)}::bigint[],
      ${rows.map(() => 0)}::int[]::boolean[]) order by request`;
  return answers.map(({ held }) => held);
}

const undone = new Error('undone');
/** Looks at what would happen; nothing of it stays. */
async function rolledBack(look: (sql: TransactionSql) => Promise<void>): Promise<void> {
  try {
    await db.sql.begin(async (sql) => {
      await look(sql);
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
}

async function shownNumbers(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.sql<{ item: string; channel: string; sellable: number }[]>`
    select item, channel_code as channel, sellable from stock.offers(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [`${row.channel} ${row.item}`, row.sellable]));
}

/** Requests that are decided together are decided as they would be one by one. */
async function checkBatch(items: World['items']): Promise<void> {
  const anywhere = locations.map(() => 2);
  const requests = [1, 2].flatMap((units) =>
    [...CHANNELS, ...CHANNELS].map((code, index) => ({
      channel: code,
      plans: plansOf(items[index % 2]!, units, anywhere),
    })),
  );
  const together: boolean[] = [];
  const alone: boolean[] = [];
  await rolledBack(async (sql) => void together.push(...(await attempt(sql, requests))));
  await rolledBack(async (sql) => {
    for (const request of requests) alone.push(...(await attempt(sql, [request])));
  });
  expect(together).toEqual(alone);
}

/** An explanation adds up to what is shown. */
async function checkExplained(shown: ReadonlyMap<string, number>, code: string, variantId: string): Promise<void> {
  const facts = await findAvailabilityFacts(db, variantId, code);
  expect(facts.sellableQuantity).toBe(shown.get(`${code} ${variantId}`) ?? 0);
  for (const each of facts.items) {
    const { open, pooled } = unitsOf(each);
    expect(each.sellableQuantity).toBe(open + Math.min(pooled, each.cap ?? 0));
    expect(each.sellableQuantity).toBe(shown.get(`${code} ${each.variantId}`) ?? 0);
  }
}

/** What is shown can be had, out of what candidates say; one more can not, by any split. */
async function checkShown({ items }: World): Promise<void> {
  const shown = await shownNumbers(items);
  const few: { readonly name: string; readonly request: Attempt }[] = [];
  const more: Attempt[] = [];
  const candidatesOf = await Promise.all(CHANNELS.map((code) => findCandidateLevels(db, code, items)));
  for (const [index, code] of CHANNELS.entries())
    for (const variantId of items) {
      const units = shown.get(`${code} ${variantId}`) ?? 0;
      const limits = locations.map((locationId) => {
        const found = candidatesOf[index]?.find((row) => row.variantId === variantId && row.locationId === locationId);
        return found?.available ?? 0;
      });
      const request = { channel: code, plans: plansOf(variantId, units, limits) };
      if (units > 0) few.push({ name: `${code} can have ${units}`, request });
      const anywhere = locations.map(() => units + 1);
      more.push({ channel: code, plans: plansOf(variantId, units + 1, anywhere) });
    }
  await Promise.all(CHANNELS.flatMap((code) => items.map((variantId) => checkExplained(shown, code, variantId))));
  await checkBatch(items);
  await rolledBack(async (sql) => {
    expect(await attempt(sql, more)).toEqual(more.map(() => false));
    for (const { name, request } of few)
      await sql
        .savepoint(async (inner) => {
          expect([name, await attempt(inner, [request])]).toEqual([name, [true]]);
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });
  });
}

interface Guarantee {
  readonly item: string;
  readonly channel: string;
  readonly consumes: boolean;
  readonly priority: number;
  readonly outstanding: number;
  readonly cap: number;
}

const guarantees = ({ items }: World) => db.sql<Guarantee[]>`
  select c.item, c.channel_code as channel, c.consumes, c.priority, greatest(0, c.guaranteed - c.consumed)::int as outstanding, k.cap::int as cap
  from stock.claims(${[...items]}::uuid[]) c join stock.caps(${[...items]}::uuid[], ${[...CHANNELS]}::text[]) k on k.item = c.item and k.channel_code = c.channel_code
  order by c.item, c.channel_code`;

/** What a channel took left to the others what they are guaranteed, as far as they could have had it before. */
function checkGuarantees(taker: string, before: readonly Guarantee[], after: readonly Guarantee[]): void {
  for (const claim of before) {
    const own =
      before.find((each) => each.item === claim.item && each.channel === taker)?.priority ?? Number.POSITIVE_INFINITY;
    if (claim.channel === taker || (!claim.consumes && claim.priority >= own)) continue;
    const now = after.find((each) => each.item === claim.item && each.channel === claim.channel);
    expect(now?.cap).toBeGreaterThanOrEqual(Math.min(claim.outstanding, claim.cap));
  }
}

async function sell(world: World, { channel: taker, item: index, quantity }: Extract<Step, { do: 'reserve' }>) {
  const variantId = world.items[index]!;
  const shown = (await shownNumbers(world.items)).get(`${taker} ${variantId}`) ?? 0;
  const before = await guarantees(world);
  const plans = plansOf(
    variantId,
    quantity,
    locations.map(() => quantity),
  );
  // The command takes ten plans; any that holds is as good as another.
  const wanted = demandOf(taker, plans.slice(0, 10));
  const outcome = await reserve(wanted);
  if (outcome.kind === 'held') {
    world.held.push(wanted.key);
    expect(quantity).toBeLessThanOrEqual(shown);
  } else expect(plans.length > 10 || quantity > shown).toBe(true);
  checkGuarantees(taker, before, await guarantees(world));
}

async function perform(world: World, now: Step): Promise<void> {
  switch (now.do) {
    case 'reserve':
      return sell(world, now);
    case 'release': {
      const [key] = world.held.splice(now.index % Math.max(1, world.held.length), 1);
      if (key !== undefined) expect((await endReservation.release(key)).done).toBe(true);
      return;
    }
    case 'stock':
      await importLevels(db, locations[now.place]!, [
        { variantId: world.items[now.item]!, quantity: now.quantity, reference: newId() },
      ]);
      return;
    case 'policy': {
      const { kind, lendableBasisPoints, channels } = now.policy;
      const draft = await setAllocationPolicy(db, caller, {
        name: 'tried',
        kind,
        lendableBasisPoints,
        channels,
        scope: {
          variantIds: now.policy.variants?.map((index) => world.items[index]!) ?? null,
          locationIds: now.policy.places?.map((index) => locations[index]!) ?? null,
        },
      });
      if (draft.__typename !== 'AllocationPolicySaved') throw new Error(draft.code);
      const outcome = await activateAllocationPolicy(db, caller, { policyId: draft.policy.policyId });
      expect(['AllocationPolicySaved', 'PolicyWithoutLocations']).toContain(outcome.__typename);
      return;
    }
    case 'retire':
      return retireAll();
    case 'safety':
      await setSafetyStock(db, { channel: now.channel, locationId: locations[now.place]!, quantity: now.quantity });
      return;
    case 'places':
      await saveChannel(db, {
        code: now.channel,
        revision: (revision += 1),
        locationIds: now.places.map((index) => locations[index]!),
      });
  }
}

async function retireAll(): Promise<void> {
  const rows = await db.sql<
    { id: string }[]
  >`select policy_id as id from stock.allocation_policies where status = 'active'`;
  for (const { id } of rows) await retireAllocationPolicy(db, caller, { policyId: id });
}

async function makeWorld(levels: readonly number[], parts: readonly (readonly [number, number])[]): Promise<World> {
  await retireAll();
  for (const { channel: code, location } of await db.sql<{ channel: string; location: string }[]>`
    select channel_code as channel, location_id as location from stock.safety_stocks`)
    await setSafetyStock(db, { channel: code, locationId: location, quantity: 0 });
  const items: World['items'] = [newId(), newId(), newId()];
  for (const [index, locationId] of locations.entries())
    await importLevels(
      db,
      locationId,
      [0, 1].map((each) => ({ variantId: items[each]!, quantity: levels[index * 2 + each] ?? 0, reference: newId() })),
    );
  const components = parts.map(([index, quantity]) => ({ variantId: items[index]!, quantity }));
  await saveBundles(db, [{ variantId: items[2], revision: 1, components }]);
  return { items, held: [] };
}

it(
  'shows exactly what can be reserved, and keeps what others are guaranteed, through any switches and sales',
  { timeout: 240_000 },
  async () => {
    const level = fc.nat(3);
    const part = fc.integer({ min: 1, max: 2 });
    const components = fc.oneof(
      fc.tuple(part, part).map(([a, b]): [number, number][] => [
        [0, a],
        [1, b],
      ]),
      part.map((a): [number, number][] => [[1, a]]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(places, places, places),
        fc.array(level, { minLength: 6, maxLength: 6 }),
        components,
        policy,
        fc.array(step, { minLength: 3, maxLength: 6 }),
        async (sold, levels, parts, atFirst, steps) => {
          const world = await makeWorld(levels, parts);
          for (const [index, code] of CHANNELS.entries())
            await perform(world, { do: 'places', channel: code, places: sold[index] ?? [] });
          await checkShown(world);
          for (const each of [{ do: 'policy' as const, policy: atFirst }, ...steps]) {
            await perform(world, each);
            await checkShown(world);
          }
        },
      ),
      { seed: 7105, numRuns: 20 },
    );
    expect(await differences(db)).toBe(0);
  },
);

it('makes sets of a bundle where the policies of its components allow most, when their pools overlap in part', async () => {
  const world = await makeWorld(
    [2, 2, 2, 2, 2, 2],
    [
      [0, 1],
      [1, 1],
    ],
  );
  for (const code of CHANNELS) await perform(world, { do: 'places', channel: code, places: PLACES });
  const promising = { channel: 'a', priority: 0, promised: 3, shareBasisPoints: 0, floor: 0 } as const;
  for (const [variant, scope] of [
    [0, [0, 1]],
    [1, [0, 2]],
  ] as const)
    await perform(world, {
      do: 'policy',
      policy: {
        kind: 'PRIORITY',
        lendableBasisPoints: 0,
        variants: [variant],
        places: [...scope],
        channels: [promising],
      },
    });
  // One set of the second location takes the last unit of one pool only, and so does one of the third.
  expect((await shownNumbers(world.items)).get(`b ${world.items[2]}`)).toBe(2);
  await checkShown(world);
});
