import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listPolicyVariants } from '../data/allocation-policies.ts';
import { findAvailability } from '../data/levels.ts';
import { listSafetyStocks } from '../data/safety-stocks.ts';
import { findSellingPolicy } from '../data/selling-policies.ts';
import type { DraftInput } from '../domain/policy-draft.ts';
import { demandOf, differences, makeChannel, makeVariant, upTo } from '../fixture.ts';
import { saveChannel } from '../data/channels.ts';
import { activateAllocationPolicy } from './activate-allocation-policy.ts';
import { createReserve } from './reserve.ts';
import { retireAllocationPolicy } from './retire-allocation-policy.ts';
import { setAllocationPolicy, type SetAllocationPolicy } from './set-allocation-policy.ts';
import { setSafetyStock } from './set-safety-stock.ts';
import { setSellingPolicy } from './set-selling-policy.ts';

let testDb: TestDatabase;
let db: Database;
const caller: Caller = serviceCaller('test');
/** Two channels that sell from two common locations. */
let web: string;
let pos: string;
let near: string;
let far: string;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  const made = await makeChannel(db, 2);
  web = made.channel;
  [near, far] = made.locationIds as [string, string];
  pos = `pos-${newId()}`;
  await saveChannel(db, { code: pos, revision: 1, locationIds: made.locationIds });
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  for (const { id } of await db.sql<
    { id: string }[]
  >`select policy_id as id from stock.allocation_policies where status = 'active'`)
    await retireAllocationPolicy(db, caller, { policyId: id });
});

const reserve = (channel: string, variantId: string, quantity: number) =>
  createReserve(db)(demandOf(channel, [[{ variantId, locationId: near, quantity }]]));
const sellable = async (channel: string, variantId: string) =>
  (await findAvailability(db, channel, [variantId]))[0]?.sellableQuantity;
const promise = (promised: number, scope: DraftInput['scope'] = null): DraftInput => ({
  name: 'tills first',
  kind: 'PRIORITY',
  scope,
  channels: [
    { channel: pos, priority: 1, promised },
    { channel: web, priority: 2 },
  ],
});
const saved = async (input: SetAllocationPolicy) => {
  const outcome = await setAllocationPolicy(db, caller, input);
  if (outcome.__typename !== 'AllocationPolicySaved') throw new Error(outcome.message);
  return outcome.policy;
};
const active = async (input: SetAllocationPolicy) => {
  const { policyId } = await saved(input);
  const outcome = await activateAllocationPolicy(db, caller, { policyId });
  if (outcome.__typename !== 'AllocationPolicySaved') throw new Error(outcome.message);
  return outcome.policy;
};
const statusOf = async (policyId: string) =>
  (await db.sql`select status from stock.allocation_policies where policy_id = ${policyId}`)[0]?.['status'];
const revision = async () => Number((await db.sql`select revision from stock.configuration`)[0]?.['revision']);

describe('setAllocationPolicy', () => {
  it('makes a draft that governs nothing, and changes it when the version is the one expected', async () => {
    const variantId = await makeVariant(db, near, 5);
    const policyId = newId();
    const before = await revision();
    const made = await saved({ ...promise(2), policyId, expectedVersion: 0 });
    expect(made).toMatchObject({
      policyId,
      name: 'tills first',
      kind: 'PRIORITY',
      lendableBasisPoints: 0,
      variantCount: null,
      locationIds: null,
      status: 'DRAFT',
      version: 1,
      changedBy: 'service:test',
      activatedAt: null,
      channels: [
        { channel: pos, priority: 1, promised: 2, shareBasisPoints: 0, floor: 0 },
        { channel: web, priority: 2, promised: 0, shareBasisPoints: 0, floor: 0 },
      ],
    });
    expect([...made.poolLocationIds].sort()).toEqual([near, far].sort());
    expect(await saved({ ...promise(2), policyId })).toMatchObject({ version: 1 });
    expect(await setAllocationPolicy(db, caller, { ...promise(3), policyId, expectedVersion: 0 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    const changed = await saved({
      ...promise(3, { locationIds: [near.toUpperCase(), near] }),
      policyId,
      expectedVersion: 1,
    });
    expect(changed).toMatchObject({ version: 2, locationIds: [near], poolLocationIds: [near] });
    expect(changed.channels[0]).toMatchObject({ promised: 3 });
    expect([await sellable(web, variantId), await revision()]).toEqual([5, before]);
  });

  it('makes one draft when calls with one id race', async () => {
    const policyId = newId();
    const policies = await Promise.all(upTo(8).map(() => saved({ ...promise(2), policyId })));
    expect(policies.map(({ version }) => version)).toEqual(upTo(8).map(() => 1));
  });

  it.each<[string, Partial<SetAllocationPolicy>, string]>([
    ['a name without letters', { name: '  ' }, 'INVALID_NAME'],
    ['no channels', { channels: [] }, 'INVALID_CHANNELS'],
    ['borrowing of more than all', { lendableBasisPoints: 10_001 }, 'INVALID_NUMBER'],
    ['an empty scope', { scope: { variantIds: [] } }, 'INVALID_SCOPE'],
    ['what is no id', { scope: { locationIds: ['__proto__'] } }, 'INVALID_SCOPE'],
    ['too many variants', { scope: { variantIds: upTo(10_001).map(String) } }, 'INVALID_SCOPE'],
    ['a negative promise', { channels: [{ channel: 'web', promised: -1 }] }, 'INVALID_NUMBER'],
    ['a channel twice', { channels: [{ channel: 'web' }, { channel: 'web' }] }, 'INVALID_CHANNELS'],
    ['a channel that stock does not know', { channels: [{ channel: 'constructor' }] }, 'UNKNOWN_CHANNEL'],
    [
      'shares of more than all',
      {
        channels: [
          { channel: 'a', shareBasisPoints: 6_000 },
          { channel: 'b', shareBasisPoints: 4_001 },
        ],
      },
      'SHARES_EXCEED_WHOLE',
    ],
  ])('refuses %s', async (_, values, code) => {
    const policyId = newId();
    expect(await setAllocationPolicy(db, caller, { ...promise(1), ...values, policyId })).toMatchObject({
      __typename: 'InvalidInput',
      code,
    });
    expect(await statusOf(policyId)).toBeUndefined();
  });

  it('does not find a policy of which a version was expected, and changes none that is or was active', async () => {
    expect(
      await setAllocationPolicy(db, caller, { ...promise(1), policyId: newId(), expectedVersion: 2 }),
    ).toMatchObject({
      __typename: 'NotFound',
    });
    const { policyId } = await active(promise(1));
    expect(await setAllocationPolicy(db, caller, { ...promise(2), policyId })).toMatchObject({
      code: 'POLICY_NOT_DRAFT',
    });
    await retireAllocationPolicy(db, caller, { policyId });
    expect(await setAllocationPolicy(db, caller, { ...promise(2), policyId })).toMatchObject({
      code: 'POLICY_NOT_DRAFT',
    });
    expect(await activateAllocationPolicy(db, caller, { policyId })).toMatchObject({ code: 'POLICY_NOT_DRAFT' });
  });
});

describe('activateAllocationPolicy', () => {
  it('governs at once, with a higher version of every variant, and retires the default before it', async () => {
    const variantId = await makeVariant(db, near, 5);
    const [before] = await findAvailability(db, web, [variantId]);
    const first = await active(promise(2));
    expect([await sellable(web, variantId), await sellable(pos, variantId)]).toEqual([3, 5]);
    const second = await active(promise(4));
    expect([await statusOf(first.policyId), await statusOf(second.policyId)]).toEqual(['retired', 'active']);
    const [after] = await findAvailability(db, web, [variantId]);
    expect(after?.sellableQuantity).toBe(1);
    expect(after!.version).toBe(before!.version + 2);
    expect(await reserve(web, variantId, 2)).toMatchObject({
      kind: 'short',
      variants: [{ variantId, requested: 2, available: 1 }],
    });
    expect((await reserve(web, variantId, 1)).kind).toBe('held');
    expect((await reserve(pos, variantId, 4)).kind).toBe('held');
    expect(await differences(db)).toBe(0);
  });

  it('leaves one default when activations race, and every activation has another revision', async () => {
    const drafts = await Promise.all(upTo(6).map((promised) => saved(promise(promised))));
    const outcomes = await Promise.all(
      drafts.map(({ policyId }) => activateAllocationPolicy(db, caller, { policyId })),
    );
    expect(new Set(outcomes.map((outcome) => outcome.__typename))).toEqual(new Set(['AllocationPolicySaved']));
    const rows = await db.sql<{ status: string; revision: string }[]>`
      select status, revision from stock.allocation_policies where policy_id = any(${drafts.map(({ policyId }) => policyId)}::uuid[])`;
    expect(rows.filter(({ status }) => status === 'active')).toHaveLength(1);
    expect(new Set(rows.map((row) => row.revision)).size).toBe(6);
  });

  it('takes variants over from other policies, which retire when none is left to them', async () => {
    const [a, b] = [await makeVariant(db, near, 10), await makeVariant(db, near, 10)];
    await active(promise(1));
    const both = await active(promise(3, { variantIds: [a, b] }));
    expect([await sellable(web, a), await sellable(web, b)]).toEqual([7, 7]);
    const onlyA = await active(promise(5, { variantIds: [a] }));
    expect([await sellable(web, a), await sellable(web, b)]).toEqual([5, 7]);
    expect(await statusOf(both.policyId)).toBe('active');
    expect(await listPolicyVariants(db, both.policyId, null, 10)).toEqual([b]);
    const again = await active(promise(6, { variantIds: [a, b] }));
    expect([await statusOf(both.policyId), await statusOf(onlyA.policyId)]).toEqual(['retired', 'retired']);
    expect(await listPolicyVariants(db, onlyA.policyId, null, 10)).toEqual([a]);
    await retireAllocationPolicy(db, caller, { policyId: again.policyId });
    expect([await sellable(web, a), await sellable(web, b)]).toEqual([9, 9]);
  });

  it('lets a policy of some variants be first come, first served under a default that is not', async () => {
    const variantId = await makeVariant(db, near, 10);
    await active(promise(3));
    await active({ name: 'free', kind: 'FIFO', scope: { variantIds: [variantId] }, channels: [] });
    expect(await sellable(web, variantId)).toBe(10);
    expect((await reserve(web, variantId, 10)).kind).toBe('held');
  });

  it('counts what channels have taken from 0 again, and what is given back of before counts for nobody', async () => {
    const variantId = await makeVariant(db, near, 10);
    const halves: DraftInput = {
      name: 'halves',
      kind: 'PROPORTIONAL',
      channels: [
        { channel: web, shareBasisPoints: 5_000 },
        { channel: pos, shareBasisPoints: 5_000 },
      ],
    };
    await active(halves);
    expect((await reserve(web, variantId, 5)).kind).toBe('held');
    expect([await sellable(web, variantId), await sellable(pos, variantId)]).toEqual([0, 5]);
    await active(halves);
    expect([await sellable(web, variantId), await sellable(pos, variantId)]).toEqual([3, 3]);
  });

  it('is refused by name when its channels share no location in its scope, and nothing changes', async () => {
    const other = await makeChannel(db, 1);
    const apart = (locationIds: string[] | null): DraftInput => ({
      ...promise(1, { locationIds }),
      channels: [{ channel: pos }, { channel: other.channel }],
    });
    const before = await revision();
    const nothingCommon = await saved(apart(null));
    expect(await activateAllocationPolicy(db, caller, { policyId: nothingCommon.policyId })).toMatchObject({
      __typename: 'PolicyWithoutLocations',
      code: 'POLICY_WITHOUT_LOCATIONS',
      channels: [],
    });
    const outside = await saved(apart([near]));
    expect(await activateAllocationPolicy(db, caller, { policyId: outside.policyId })).toMatchObject({
      code: 'POLICY_WITHOUT_LOCATIONS',
      channels: [other.channel],
    });
    expect([await statusOf(outside.policyId), await revision()]).toEqual(['draft', before]);
  });

  it('is refused at another version than expected, and Busy while the configuration is locked too long', async () => {
    const { policyId } = await saved(promise(1));
    expect(await activateAllocationPolicy(db, caller, { policyId, expectedVersion: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    expect(await activateAllocationPolicy(db, caller, { policyId: newId() })).toMatchObject({ __typename: 'NotFound' });
    const blocker = await testDb.open('stock').sql.reserve();
    await blocker`begin`;
    await blocker`select pg_advisory_xact_lock_shared(7105, 0)`;
    expect(await activateAllocationPolicy(db, caller, { policyId })).toMatchObject({ __typename: 'Busy' });
    await blocker`rollback`;
    blocker.release();
    expect(await statusOf(policyId)).toBe('draft');
  });

  it('keeps every promise while reservations and switches race', async () => {
    const variantId = await makeVariant(db, near, 40);
    const drafts = await Promise.all(upTo(4).map(() => saved(promise(15))));
    await active(promise(15));
    const outcomes = await Promise.all([
      ...upTo(40).map(() => reserve(web, variantId, 1)),
      ...drafts.map(({ policyId }) => activateAllocationPolicy(db, caller, { policyId })),
    ]);
    expect(outcomes.filter((outcome) => 'kind' in outcome && outcome.kind === 'held')).toHaveLength(25);
    expect([await sellable(web, variantId), await sellable(pos, variantId)]).toEqual([0, 15]);
    expect(await differences(db)).toBe(0);
  });
});

describe('setSafetyStock', () => {
  it('leaves units to others at one location, and removes it with 0', async () => {
    const variantId = await makeVariant(db, near, 5);
    const set = (quantity: number, expectedQuantity: number | null = null) =>
      setSafetyStock(db, { channel: web, locationId: near, quantity, expectedQuantity });
    expect(await set(2, 0)).toEqual({
      __typename: 'SafetyStockSaved',
      safetyStock: { channel: web, locationId: near, quantity: 2 },
    });
    const before = await revision();
    expect((await set(2)).__typename).toBe('SafetyStockSaved');
    expect(await revision()).toBe(before);
    expect([await sellable(web, variantId), await sellable(pos, variantId)]).toEqual([3, 5]);
    expect((await reserve(web, variantId, 4)).kind).toBe('short');
    expect(await set(9, 0)).toMatchObject({ __typename: 'QuantityMismatch', currentQuantity: 2 });
    expect(await listSafetyStocks(db, { channel: web, after: null, limit: 10 })).toEqual([
      { channel: web, locationId: near, quantity: 2 },
    ]);
    expect((await set(0, 2)).__typename).toBe('SafetyStockSaved');
    expect(await listSafetyStocks(db, { channel: web, after: null, limit: 10 })).toEqual([]);
    expect((await reserve(web, variantId, 5)).kind).toBe('held');
  });

  it('lets one of several calls that expect the same win', async () => {
    const outcomes = await Promise.all(
      upTo(6).map((quantity) => setSafetyStock(db, { channel: web, locationId: far, quantity, expectedQuantity: 0 })),
    );
    expect(outcomes.filter((outcome) => outcome.__typename === 'SafetyStockSaved')).toHaveLength(1);
    await setSafetyStock(db, { channel: web, locationId: far, quantity: 0 });
  });

  it('refuses unknown channels and locations, and quantities out of range', async () => {
    const set = (channel: string, locationId: string, quantity: number) =>
      setSafetyStock(db, { channel, locationId, quantity });
    expect(await set('nobody', near, 1)).toMatchObject({ __typename: 'NotFound', path: ['input', 'channel'] });
    expect(await set(web, newId(), 1)).toMatchObject({ __typename: 'NotFound', path: ['input', 'locationId'] });
    expect(await set(web, near, -1)).toMatchObject({ code: 'INVALID_QUANTITY' });
    expect(await set(web, near, 1_000_001)).toMatchObject({ code: 'INVALID_QUANTITY' });
  });
});

describe('setSellingPolicy', () => {
  it('lets a variant that never had stock be sold ahead, within its limit and its channels', async () => {
    const variantId = newId();
    const ahead = (channel: string, quantity: number) =>
      createReserve(db)(demandOf(channel, [[{ variantId, locationId: near, quantity, ahead: true }]]));
    expect(
      await setSellingPolicy(db, {
        variantId,
        kind: 'PREORDER',
        limitQuantity: 3,
        promisedDays: 14,
        channels: [web],
        expectedVersion: 0,
      }),
    ).toMatchObject({
      __typename: 'SellingPolicySaved',
      sellingPolicy: {
        variantId,
        kind: 'PREORDER',
        limitQuantity: 3,
        soldAhead: 0,
        promisedAt: null,
        promisedDays: 14,
        channels: [web],
        version: 1,
      },
    });
    expect((await ahead(pos, 1)).kind).toBe('short');
    expect((await ahead(web, 4)).kind).toBe('short');
    expect((await ahead(web, 3)).kind).toBe('held');
    expect(await setSellingPolicy(db, { variantId, kind: 'DENY', expectedVersion: 0 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    expect((await setSellingPolicy(db, { variantId, kind: 'DENY', expectedVersion: 1 })).__typename).toBe(
      'SellingPolicySaved',
    );
    expect(await findSellingPolicy(db, variantId)).toMatchObject({
      kind: 'DENY',
      limitQuantity: 0,
      soldAhead: 3,
      version: 2,
    });
    expect((await ahead(web, 1)).kind).toBe('short');
  });

  it('sells no more ahead than the limit when the policy is set while many buy', async () => {
    const variantId = newId();
    await setSellingPolicy(db, { variantId, kind: 'BACKORDER', limitQuantity: 20 });
    const [, ...outcomes] = await Promise.all([
      setSellingPolicy(db, { variantId, kind: 'BACKORDER', limitQuantity: 10 }),
      ...upTo(30).map(() =>
        createReserve(db)(demandOf(web, [[{ variantId, locationId: near, quantity: 1, ahead: true }]])),
      ),
    ]);
    const held = outcomes.filter(({ kind }) => kind === 'held').length;
    expect((await findSellingPolicy(db, variantId))?.soldAhead).toBe(held);
    expect(held >= 10 && held <= 20).toBe(true);
  });

  it.each([
    ['a preorder without a promise', { kind: 'PREORDER', limitQuantity: 1 }, 'INVALID_PROMISE'],
    [
      'two promises',
      { kind: 'BACKORDER', limitQuantity: 1, promisedDays: 1, promisedAt: '2030-01-01T00:00:00.000Z' },
      'INVALID_PROMISE',
    ],
    ['a backorder without a limit', { kind: 'BACKORDER' }, 'INVALID_QUANTITY'],
    ['a limit of what is denied', { kind: 'DENY', limitQuantity: 1 }, 'NOT_SOLD_AHEAD'],
    ['an unknown channel', { kind: 'BACKORDER', limitQuantity: 1, channels: ['nobody'] }, 'UNKNOWN_CHANNEL'],
    ['no channels', { kind: 'BACKORDER', limitQuantity: 1, channels: [] }, 'INVALID_CHANNELS'],
  ] as const)('refuses %s', async (_, values, code) => {
    const variantId = newId();
    expect(await setSellingPolicy(db, { variantId, ...values })).toMatchObject({ __typename: 'InvalidInput', code });
    expect(await findSellingPolicy(db, variantId)).toBeNull();
  });
});
