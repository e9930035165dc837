import { randomUUID } from 'node:crypto';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, watch } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { AVAILABILITY, SEARCH, type AvailabilityData, type SearchData, type Variant } from '../operations.ts';
import { shopperWith } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

const LEVELS = `query Levels($id: ID!) { stockLevels(variantId: $id) { location { id } available reserved committed safety damaged } }`;
const POLICY_SET = `mutation Set($input: AllocationPolicySetInput!) { allocationPolicySet(input: $input) { __typename
  ... on AllocationPolicySaved { policy { id version } } ... on UserError { code message path } } }`;
const POLICY_ACTIVATE = `mutation Activate($input: AllocationPolicyActivateInput!) { allocationPolicyActivate(input: $input) { __typename
  ... on UserError { code message path } } }`;
const POLICY_RETIRE = `mutation Retire($input: AllocationPolicyRetireInput!) { allocationPolicyRetire(input: $input) { __typename
  ... on UserError { code message path } } }`;
const COMPONENTS_SET = `mutation Components($input: VariantComponentsSetInput!) { variantComponentsSet(input: $input) { __typename
  ... on UserError { code message path } } }`;
const COUNT = `mutation Count($input: StockCountInput!) { stockCount(input: $input) { __typename ... on UserError { code message path } } }`;
const DAMAGE = `mutation Damage($input: StockDamageInput!) { stockDamage(input: $input) { __typename ... on UserError { code message path } } }`;

interface Level {
  location: { id: string };
  available: number;
  reserved: number;
  committed: number;
  safety: number;
  damaged: number;
}

/** What staff do with stock, and what shoppers see of it at once. */
export function stock(system: () => System): void {
  const staff = () => demoKey('router', 'staff');
  const admin = <Data>(query: string, variables: object): Promise<Data> =>
    ask<Data>(system().url('router'), query, variables as Record<string, unknown>, staff());
  const levelsOf = async (id: string) => (await admin<{ stockLevels: Level[] }>(LEVELS, { id })).stockLevels;
  /** Variants of which the web shop has a good number, all of it told. */
  const stocked = async (): Promise<Variant[]> => {
    const { searchPage } = await ask<SearchData>(system().url('web'), SEARCH, { query: 'tent' });
    const variants = searchPage.products.edges.flatMap(({ node }) => node.variants);
    return variants.filter(
      ({ availability }) => availability!.sellableQuantity >= 10 && availability!.sellableQuantity < 900,
    );
  };
  const seen = (screen: ReturnType<typeof watch<AvailabilityData>>, quantity: number) =>
    screen.until((data) => data.availabilityChanged.variants.some((each) => each.sellableQuantity === quantity));

  it('shows open sockets what a policy leaves their channel, and sells just that', async () => {
    const web = system().url('web');
    const [variant] = (await stocked()) as [Variant];
    const before = variant.availability!.sellableQuantity;
    const screen = watch<AvailabilityData>(web, AVAILABILITY, { ids: [variant.id] });
    await screen.next();
    const { allocationPolicySet } = await admin<{ allocationPolicySet: { policy?: { id: string; version: number } } }>(
      POLICY_SET,
      {
        input: {
          name: 'The phone first',
          kind: 'PRIORITY',
          scope: { variantIds: [variant.id] },
          channels: [
            { channel: 'mobile', priority: 1, promised: before - 2 },
            { channel: 'web', priority: 2, promised: 0 },
          ],
        },
      },
    );
    const { id: policyId, version } = allocationPolicySet.policy!;
    await admin(POLICY_ACTIVATE, { input: { policyId, expectedVersion: version } });
    const { availabilityChanged: told } = await seen(screen, 2);
    expect(told.variants[0]!.version).toBeGreaterThan(variant.availability!.version);
    const three = await shopperWith(web, [{ variantId: variant.id, quantity: 3 }]);
    expect(await three.checkout()).toMatchObject({
      __typename: 'OutOfStock',
      lines: [{ variantId: variant.id, requested: 3, available: 2 }],
    });
    const two = await shopperWith(web, [{ variantId: variant.id, quantity: 2 }]);
    expect((await two.checkout()).__typename).toBe('OrderPlaced');
    await seen(screen, 0);
    const { id } = variant;
    const retired = await admin<{ allocationPolicyRetire: { __typename: string } }>(POLICY_RETIRE, {
      input: { policyId },
    });
    expect(retired.allocationPolicyRetire.__typename).not.toMatch(/Invalid|NotFound|Conflict/);
    await seen(screen, before - 2);
    await screen.stop();
    expect((await levelsOf(id)).reduce((sum, level) => sum + level.reserved, 0)).toBe(0);
  });

  it('sells a bundle as its components, and tells of both', async () => {
    const web = system().url('web');
    const [, bundle, part] = (await stocked()) as [Variant, Variant, Variant];
    const set = (components: { variantId: string; quantity: number }[]) =>
      admin<{ variantComponentsSet: { __typename: string } }>(COMPONENTS_SET, {
        input: { variantId: bundle.id, components },
      });
    const screen = watch<AvailabilityData>(web, AVAILABILITY, { ids: [bundle.id, part.id] });
    await screen.next();
    expect((await set([{ variantId: part.id, quantity: 2 }])).variantComponentsSet.__typename).toBe(
      'VariantComponentsSaved',
    );
    // One is put together where the parts are.
    const sets = (await levelsOf(part.id)).reduce((sum, level) => sum + Math.floor(level.available / 2), 0);
    const { availabilityChanged: told } = await screen.until(({ availabilityChanged }) =>
      availabilityChanged.variants.some((each) => each.variantId === bundle.id && each.sellableQuantity === sets),
    );
    const version = (variantId: string, update = told) =>
      update.variants.find((each) => each.variantId === variantId)?.version ?? 0;
    expect(version(bundle.id)).toBeGreaterThan(bundle.availability!.version);
    const shopper = await shopperWith(web, [{ variantId: bundle.id, quantity: 1 }]);
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    // The bundle's own level is not touched, its part's is, and both are told.
    await screen.until(({ availabilityChanged }) =>
      availabilityChanged.variants.some((each) => each.variantId === bundle.id && each.sellableQuantity === sets - 1),
    );
    expect((await levelsOf(part.id)).reduce((sum, level) => sum + level.committed, 0)).toBe(2);
    expect((await levelsOf(bundle.id)).reduce((sum, level) => sum + level.committed, 0)).toBe(0);
    await screen.stop();
    expect((await set([])).variantComponentsSet.__typename).toBe('VariantComponentsSaved');
  });

  it('takes damaged goods off every screen at once', async () => {
    const [, , , variant] = (await stocked()) as [Variant, Variant, Variant, Variant];
    const screen = watch<AvailabilityData>(system().url('mobile'), AVAILABILITY, { ids: [variant.id] });
    const { availabilityChanged: first } = await screen.next();
    const shown = first.variants[0]!.sellableQuantity;
    const place = (await levelsOf(variant.id)).find((level) => level.available > 0)!;
    const input = {
      variantId: variant.id,
      locationId: place.location.id,
      quantity: 1,
      reason: 'fell from the shelf',
      idempotencyKey: randomUUID(),
    };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin<{ stockDamage: { __typename: string } }>(DAMAGE, { input })),
    );
    expect(answers.map(({ stockDamage }) => stockDamage.__typename)).toEqual(Array(5).fill('StockChanged'));
    await seen(screen, shown - 1);
    await screen.stop();
    const after = (await levelsOf(variant.id)).find((level) => level.location.id === place.location.id)!;
    expect(after).toEqual({ ...place, available: place.available - 1, damaged: place.damaged + 1 });
  });

  it('routes an order again when a count finds that its goods are not there', async () => {
    const web = system().url('web');
    const variants = (await stocked()).slice(4);
    const everywhere = await Promise.all(
      variants.map(async (variant) => ({ variant, levels: await levelsOf(variant.id) })),
    );
    const { variant } = everywhere.find(({ levels }) => levels.filter((level) => level.available > 3).length > 1)!;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    const before = await levelsOf(variant.id);
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    const committedAt = (levels: readonly Level[], id: string) =>
      levels.find((level) => level.location.id === id)?.committed ?? 0;
    const placed = await levelsOf(variant.id);
    const lost = placed.find((level) => level.committed > committedAt(before, level.location.id))!.location.id;
    const input = { variantId: variant.id, locationId: lost, countedQuantity: 0, idempotencyKey: randomUUID() };
    const { stockCount } = await admin<{ stockCount: { __typename: string } }>(COUNT, { input });
    expect(stockCount.__typename).toBe('StockChanged');
    await eventually(async () => {
      const levels = await levelsOf(variant.id);
      expect(committedAt(levels, lost)).toBe(0);
      expect(levels.reduce((sum, level) => sum + level.committed, 0)).toBe(
        placed.reduce((sum, level) => sum + level.committed, 0),
      );
    });
    const { orderExceptions } = await admin<{ orderExceptions: { edges: unknown[] } }>(
      '{ orderExceptions(first: 10) { edges { node { __typename } } } }',
      {},
    );
    expect(orderExceptions.edges).toEqual([]);
  });
}
