import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBundleChanges } from '../data/bundles.ts';
import { makeChannels, product, variant } from '../fixture.ts';
import { setVariantComponents } from './set-variant-components.ts';
import { updateProduct } from './update-product.ts';
import { upsertProducts } from './upsert-products.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());

const sizes = (count: number) => Array.from({ length: count }, (_, index) => variant(`V${index}`));
/** Makes a product with so many variants. */
async function make(handle: string, count = 1): Promise<{ productId: string; variantIds: string[] }> {
  const [made] = await upsertProducts(db, [product(handle, { variants: sizes(count) })], ['web']);
  return { productId: made!.productId!, variantIds: made!.variantIds };
}
const of = (...variantIds: string[]) => variantIds.map((variantId) => ({ variantId, quantity: 1 }));
const sorted = (variantIds: readonly string[]) => of(...variantIds.toSorted());
const versionOf = async (productId: string) =>
  (await db.sql<{ version: number }[]>`select version from products.products where product_id = ${productId}`)[0]!
    .version;
const partsOf = async (variantId: string) => [
  ...(await db.sql`
    select component_variant_id as "variantId", quantity from products.variant_components where variant_id = ${variantId} order by component_variant_id`),
];
const eventsOf = async (key: string) =>
  (
    await db.sql<{ topic: string; payload: { revision: number; components: unknown } }[]>`
      select topic, payload from products.outbox where key = ${key} order by seq`
  ).map(({ topic, payload }) => ({ topic, ...payload }));

describe('setVariantComponents', () => {
  it('makes, changes and ends a bundle, each with a version of its product and an event with the whole list', async () => {
    const bundle = await make('kit');
    const [a, b] = (await make('kit-parts', 2)).variantIds as [string, string];
    const variantId = bundle.variantIds[0]!;
    const saved = { __typename: 'VariantComponentsSaved', variantId, productId: bundle.productId };
    expect(await setVariantComponents(db, { variantId, components: of(b, a), expectedVersion: 1 })).toEqual(saved);
    const components = [
      { variantId: a, quantity: 3 },
      { variantId: b, quantity: 1 },
    ];
    expect(await setVariantComponents(db, { variantId, components })).toEqual(saved);
    expect(await partsOf(variantId)).toEqual(components);
    expect(await setVariantComponents(db, { variantId, components: [], expectedVersion: 3 })).toEqual(saved);
    expect(await partsOf(variantId)).toEqual([]);
    await setVariantComponents(db, { variantId, components: of(a) });

    expect(await versionOf(bundle.productId)).toBe(5);
    expect((await eventsOf(bundle.productId)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
    expect(await eventsOf(variantId)).toEqual([
      { topic: 'products.bundle.changed', variantId, revision: 1, components: sorted([a, b]) },
      { topic: 'products.bundle.changed', variantId, revision: 2, components },
      { topic: 'products.bundle.changed', variantId, revision: 3, components: [] },
      { topic: 'products.bundle.changed', variantId, revision: 4, components: of(a) },
    ]);
  });

  it('keeps the version and emits nothing when the list is so already, in whatever order', async () => {
    const bundle = await make('same');
    const parts = (await make('same-parts', 2)).variantIds;
    const variantId = bundle.variantIds[0]!;
    await setVariantComponents(db, { variantId, components: [] });
    expect(await eventsOf(variantId)).toEqual([]);
    await setVariantComponents(db, { variantId, components: of(...parts) });
    expect(
      await setVariantComponents(db, {
        variantId: variantId.toUpperCase(),
        components: of(...parts.toReversed()),
        expectedVersion: 2,
      }),
    ).toMatchObject({ __typename: 'VariantComponentsSaved', variantId });
    expect(await versionOf(bundle.productId)).toBe(2);
    expect(await eventsOf(variantId)).toHaveLength(1);
  });

  it('answers the version that the product has now when the caller has seen another', async () => {
    const bundle = await make('stale');
    const parts = (await make('stale-part')).variantIds;
    const variantId = bundle.variantIds[0]!;
    await updateProduct(db, { productId: bundle.productId, title: 'Newer' });
    expect(await setVariantComponents(db, { variantId, components: of(...parts), expectedVersion: 1 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 2,
      path: ['input', 'expectedVersion'],
    });
    expect(await partsOf(variantId)).toEqual([]);
  });

  it('refuses bad lists by name, and changes nothing', async () => {
    const bundle = await make('refusing');
    const parts = (await make('refusing-parts', 51)).variantIds;
    const variantId = bundle.variantIds[0]!;
    const part = parts[0]!;
    const nobody = newId();
    const list = (quantity: number) => [{ variantId: part, quantity }];
    const codes = await Promise.all(
      [
        list(0),
        list(-1),
        list(1_001),
        of(variantId),
        of(part, part),
        of(...parts),
        of(part, nobody),
        of("x'; drop"),
      ].map(async (components) => {
        const result = await setVariantComponents(db, { variantId, components });
        return 'code' in result ? [result.__typename, result.code, result.path] : result;
      }),
    );
    expect(codes).toEqual([
      ['InvalidInput', 'INVALID_QUANTITY', ['input', 'components', '0', 'quantity']],
      ['InvalidInput', 'INVALID_QUANTITY', ['input', 'components', '0', 'quantity']],
      ['InvalidInput', 'INVALID_QUANTITY', ['input', 'components', '0', 'quantity']],
      ['InvalidInput', 'INVALID_COMPONENT', ['input', 'components', '0', 'variantId']],
      ['InvalidInput', 'DUPLICATE_COMPONENT', ['input', 'components', '1', 'variantId']],
      ['InvalidInput', 'TOO_MANY', ['input', 'components']],
      ['NotFound', 'NOT_FOUND', ['input', 'components', '1', 'variantId']],
      ['NotFound', 'NOT_FOUND', ['input', 'components', '0', 'variantId']],
    ]);
    for (const unknown of [nobody, 'no id'])
      expect(await setVariantComponents(db, { variantId: unknown, components: of(part) })).toMatchObject({
        __typename: 'NotFound',
        path: ['input', 'variantId'],
      });
    expect(await partsOf(variantId)).toEqual([]);
    expect(await versionOf(bundle.productId)).toBe(1);
  });

  it('refuses a bundle in a bundle from either side', async () => {
    const [inner, part, outer] = (await make('nesting', 3)).variantIds as [string, string, string];
    await setVariantComponents(db, { variantId: inner, components: of(part) });
    expect(await setVariantComponents(db, { variantId: outer, components: of(inner) })).toMatchObject({
      code: 'NESTED_BUNDLE',
      path: ['input', 'components', '0', 'variantId'],
    });
    expect(await setVariantComponents(db, { variantId: part, components: of(outer) })).toMatchObject({
      code: 'NESTED_BUNDLE',
      path: ['input', 'variantId'],
    });
    expect([await partsOf(outer), await partsOf(part)]).toEqual([[], []]);
  });
});

describe('setVariantComponents, at the same time as itself,', () => {
  it('refuses exactly one of two that put A into B and B into A', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 12 }, async (_, round) => [
        (await make(`cycle-${round}-a`)).variantIds[0]!,
        (await make(`cycle-${round}-b`)).variantIds[0]!,
      ]),
    );
    for (const [a, b] of pairs as [string, string][]) {
      const results = await Promise.all([
        setVariantComponents(db, { variantId: a, components: of(b) }),
        setVariantComponents(db, { variantId: b, components: of(a) }),
      ]);
      expect(results.map((result) => ('code' in result ? result.code : 'saved')).sort()).toEqual([
        'NESTED_BUNDLE',
        'saved',
      ]);
      expect((await partsOf(a)).length + (await partsOf(b)).length).toBe(1);
    }
  });

  it('builds no chain of three bundles', async () => {
    const chains = await Promise.all(
      Array.from({ length: 8 }, async (_, round) =>
        Promise.all(['a', 'b', 'c'].map(async (name) => (await make(`chain-${round}-${name}`)).variantIds[0]!)),
      ),
    );
    for (const [a, b, c] of chains as [string, string, string][]) {
      const results = await Promise.all([
        setVariantComponents(db, { variantId: a, components: of(b) }),
        setVariantComponents(db, { variantId: b, components: of(c) }),
      ]);
      expect(results.filter(({ __typename }) => __typename === 'VariantComponentsSaved')).toHaveLength(1);
    }
  });

  it('lets a component into its hundredth bundle once', async () => {
    const [part, ...bundles] = (await make('popular', 102)).variantIds as [string, ...string[]];
    await db.sql`
      insert into products.variant_components (variant_id, component_variant_id, quantity) select id::uuid, ${part}, 1 from unnest(${bundles.slice(0, 99)}::text[]) as id`;
    const [one, two] = [(await make('last-one')).variantIds[0]!, (await make('last-two')).variantIds[0]!];
    const results = await Promise.all(
      [one, two].map((variantId) => setVariantComponents(db, { variantId, components: of(part) })),
    );
    expect(results.map((result) => ('code' in result ? result.code : 'saved')).sort()).toEqual(['TOO_MANY', 'saved']);
    const [counted] = await db.sql`
      select count(*)::int as count from products.variant_components where component_variant_id = ${part}`;
    expect(counted).toEqual({ count: 100 });
    // Those that hold it already may go on changing how many.
    expect(
      await setVariantComponents(db, { variantId: bundles[0]!, components: [{ variantId: part, quantity: 2 }] }),
    ).toMatchObject({ __typename: 'VariantComponentsSaved' });
  });

  it('counts revisions without gaps in the order of the events, and ends on the last of them', async () => {
    const bundle = await make('busy');
    const part = (await make('busy-part')).variantIds[0]!;
    const variantId = bundle.variantIds[0]!;
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        setVariantComponents(db, { variantId, components: [{ variantId: part, quantity: writer + 1 }] }),
      ),
    );
    const events = await eventsOf(variantId);
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(await partsOf(variantId)).toEqual(events.at(-1)!.components);
    expect(await versionOf(bundle.productId)).toBe(13);
  });

  it('lets exactly one of ten win who saw the same version', async () => {
    const bundle = await make('versioned');
    const parts = (await make('versioned-parts', 10)).variantIds;
    const results = await Promise.all(
      parts.map((part) =>
        setVariantComponents(db, { variantId: bundle.variantIds[0]!, components: of(part), expectedVersion: 1 }),
      ),
    );
    expect(results.filter(({ __typename }) => __typename === 'VariantComponentsSaved')).toHaveLength(1);
    expect(results.filter(({ __typename }) => __typename === 'VersionConflict')).toHaveLength(9);
    expect(await partsOf(bundle.variantIds[0]!)).toHaveLength(1);
  });
});

describe('imports of products with bundles', () => {
  it('keep what variants consist of that stay, and end the bundles that go, with an event', async () => {
    const bundle = await make('imported', 2);
    const part = (await make('imported-part')).variantIds[0]!;
    const [stays, goes] = bundle.variantIds as [string, string];
    for (const variantId of [stays, goes]) await setVariantComponents(db, { variantId, components: of(part) });
    const [result] = await upsertProducts(
      db,
      [product('imported', { title: 'Imported', variants: [variant('new'), variant('V0', { sku: 'other' })] })],
      ['web'],
    );
    expect(result).toMatchObject({ outcome: 'UPDATED', reason: null });
    expect(result!.variantIds[1]).toBe(stays);
    expect(await partsOf(stays)).toEqual(of(part));
    expect((await eventsOf(stays)).map(({ revision }) => revision)).toEqual([1]);
    expect(await partsOf(goes)).toEqual([]);
    expect((await eventsOf(goes)).at(-1)).toEqual({
      topic: 'products.bundle.changed',
      variantId: goes,
      revision: 2,
      components: [],
    });
    const { states } = await findBundleChanges(db.orm, 0, 1_000);
    expect(states.at(-1)).toEqual({ variantId: goes, revision: 2, components: [] });
  });

  it('reject a product that would take a variant out of a bundle that stays, and keep the rest', async () => {
    const bundle = (await make('holder')).variantIds[0]!;
    const held = await make('held', 2);
    await setVariantComponents(db, { variantId: bundle, components: of(held.variantIds[1]!) });
    const input = [product('held', { title: 'Changed', variants: sizes(1) }), product('beside')];
    const results = await upsertProducts(db, input, ['web']);
    expect(results).toMatchObject([
      {
        outcome: 'REJECTED',
        productId: null,
        variantIds: [],
        reason: 'The variant V1 is a component of a bundle and would be removed: change the bundle first.',
      },
      { outcome: 'CREATED' },
    ]);
    expect(await versionOf(held.productId)).toBe(1);
    expect(await partsOf(bundle)).toEqual(of(held.variantIds[1]!));
    await setVariantComponents(db, { variantId: bundle, components: [] });
    expect((await upsertProducts(db, input, ['web'])).map(({ outcome }) => outcome)).toEqual(['UPDATED', 'UNCHANGED']);
  });

  it('remove a component together with its bundles', async () => {
    const single = await make('single', 3);
    const [part, pack, other] = single.variantIds as [string, string, string];
    const box = await make('box', 2);
    await setVariantComponents(db, { variantId: pack, components: of(part) });
    await setVariantComponents(db, { variantId: box.variantIds[1]!, components: of(part, other) });
    const results = await upsertProducts(
      db,
      [product('single', { variants: [variant('fresh')] }), product('box', { variants: sizes(1) })],
      ['web'],
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['UPDATED', 'UPDATED']);
    for (const variantId of [pack, box.variantIds[1]!])
      expect((await eventsOf(variantId)).at(-1)).toMatchObject({ revision: 2, components: [] });
    expect([...(await db.sql`select 1 from products.variants where variant_id = any(${[part, pack, other]})`)]).toEqual(
      [],
    );
  });

  it('race with bundles of their variants: no bundle loses a component, and nothing waits for ever', async () => {
    const bundles = (await make('racing-bundles', 10)).variantIds;
    for (const [round, variantId] of bundles.entries()) {
      const parts = await make(`racing-${round}`, 3);
      const [saved, [imported]] = await Promise.all([
        setVariantComponents(db, { variantId, components: of(...parts.variantIds.toReversed()) }),
        upsertProducts(db, [product(`racing-${round}`, { variants: sizes(1) })], ['web']),
      ]);
      const outcome = [saved.__typename, imported!.outcome];
      expect([
        ['VariantComponentsSaved', 'REJECTED'],
        ['NotFound', 'UPDATED'],
      ]).toContainEqual(outcome);
      expect(await partsOf(variantId)).toHaveLength(outcome[1] === 'REJECTED' ? 3 : 0);
    }
  });
});
