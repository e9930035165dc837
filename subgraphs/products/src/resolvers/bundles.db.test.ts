import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setVariantComponents } from '../commands/set-variant-components.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { makeChannels, product, startProducts, variant } from '../fixture.ts';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
let askInternal: Awaited<ReturnType<typeof startProducts>>['askInternal'];
let boxes: string[];
let shown: string[];
let hidden: string[];
const statements: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { max: 1, onQuery: (query) => statements.push(query) });
  ({ ask, askInternal } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web');
  const variants = Array.from({ length: 30 }, (_, index) => variant(`Box ${index}`));
  [boxes, shown, hidden] = (
    await upsertProducts(db, [product('boxes', { variants }), product('part'), product('secret')], ['web'])
  ).map(({ variantIds }) => variantIds) as [string[], string[], string[]];
  await upsertProducts(db, [product('secret', { published: false })], ['web']);
  for (const variantId of boxes.slice(0, 20))
    await setVariantComponents(db, {
      variantId,
      components: [
        { variantId: shown[0]!, quantity: 2 },
        { variantId: hidden[0]!, quantity: 5 },
      ],
    });
});
afterAll(() => test.drop());

describe('components', () => {
  const document =
    'query V($ids: [ID!]!) { variants(ids: $ids) { components { quantity variant { id title product { handle } components { quantity } } } } }';
  const part = (quantity: number, id: string, handle: string) => ({
    quantity,
    variant: { id, title: 'S', product: { handle }, components: [] },
  });

  it('are read by one statement for any number of variants', async () => {
    const plain = 'query V($ids: [ID!]!) { variants(ids: $ids) { components { quantity variant { id title sku } } } }';
    const count = async (ids: readonly string[]) => {
      statements.length = 0;
      const { variants } = await ask(plain, asGuest(), { ids });
      return { sent: statements.length, listed: variants.map((each: { components: [] }) => each.components.length) };
    };
    expect(await count(boxes.slice(0, 1))).toEqual({ sent: 2, listed: [1] });
    expect(await count(boxes)).toEqual({ sent: 2, listed: boxes.map((_, index) => (index < 20 ? 1 : 0)) });
  });

  it('leave out what the channel does not publish, and are whole for those who edit the catalogue', async () => {
    const ids = [boxes[0], boxes[29]];
    expect(await ask(document, asGuest(), { ids })).toEqual({
      variants: [{ components: [part(2, shown[0]!, 'part')] }, { components: [] }],
    });
    expect(await ask(document, asStaff(['catalogue:write']), { ids: [boxes[0]] })).toEqual({
      variants: [{ components: [part(2, shown[0]!, 'part'), part(5, hidden[0]!, 'secret')] }],
    });
  });
});

describe('variantComponentsSet', () => {
  const document = `mutation S($input: VariantComponentsSetInput!) { variantComponentsSet(input: $input) { __typename
    ... on VariantComponentsSaved { variant { id product { version } components { quantity variant { id } } } } ... on UserError { code path } } }`;

  it('answers the variant as it is now, the refusal by name, and is closed to guests', async () => {
    const variantId = boxes[25]!;
    const input = { variantId, components: [{ variantId: shown[1]!, quantity: 3 }] };
    await expect(ask(document, asGuest(), { input })).rejects.toThrow('FORBIDDEN');
    const [before] = await db.sql<{ version: number }[]>`
      select version from products.products where handle = 'boxes'`;
    expect(await ask(document, asStaff(['catalogue:write']), { input })).toEqual({
      variantComponentsSet: {
        __typename: 'VariantComponentsSaved',
        variant: {
          id: variantId,
          product: { version: before!.version + 1 },
          components: [{ quantity: 3, variant: { id: shown[1] } }],
        },
      },
    });
    const nested = { variantId: boxes[26], components: [{ variantId, quantity: 1 }] };
    expect(await ask(document, asStaff(['catalogue:write']), { input: nested })).toEqual({
      variantComponentsSet: {
        __typename: 'InvalidInput',
        code: 'NESTED_BUNDLE',
        path: ['input', 'components', '0', 'variantId'],
      },
    });
  });

  it('answers what each of two changes of one request made', async () => {
    const twice = `mutation T($one: VariantComponentsSetInput!, $two: VariantComponentsSetInput!) {
      one: variantComponentsSet(input: $one) { ...saved } two: variantComponentsSet(input: $two) { ...saved } }
      fragment saved on VariantComponentsSaved { variant { components { quantity } } }`;
    const inputOf = (quantity: number) => ({
      variantId: boxes[27],
      components: [{ variantId: shown[1]!, quantity }],
    });
    expect(await ask(twice, asStaff(['catalogue:write']), { one: inputOf(1), two: inputOf(2) })).toEqual({
      one: { variant: { components: [{ quantity: 1 }] } },
      two: { variant: { components: [{ quantity: 2 }] } },
    });
  });
});

describe('bundleChanges', () => {
  const document =
    'query C($since: Cursor, $first: Int) { bundleChanges(since: $since, first: $first) { endCursor bundles { variantId revision components { variantId quantity } } } }';
  const everything = async () => {
    const { endCursor, bundles } = (await askInternal(document, asService(), { first: 1_000 })).bundleChanges;
    return { since: endCursor as string, bundles: bundles as { variantId: string; revision: number }[] };
  };

  it('pages over the bundles in the order of their last change, and gives one that ended again without components', async () => {
    const first = (await askInternal(document, asService(), { first: 2 })).bundleChanges;
    expect(first.bundles).toEqual(
      boxes.slice(0, 2).map((variantId) => ({
        variantId,
        revision: 1,
        components: [
          { variantId: shown[0], quantity: 2 },
          { variantId: hidden[0], quantity: 5 },
        ],
      })),
    );
    const second = (await askInternal(document, asService(), { first: 1, since: first.endCursor })).bundleChanges;
    expect(second.bundles.map(({ variantId }: { variantId: string }) => variantId)).toEqual([boxes[2]]);
    const { since } = await everything();
    expect((await askInternal(document, asService(), { since })).bundleChanges).toEqual({
      endCursor: null,
      bundles: [],
    });
    await setVariantComponents(db, { variantId: boxes[0]!, components: [] });
    expect((await askInternal(document, asService(), { since })).bundleChanges.bundles).toEqual([
      { variantId: boxes[0], revision: 2, components: [] },
    ]);
  });

  it('refuses a page of more than 1,000, a cursor of another kind, and callers who are no service', async () => {
    await expect(askInternal(document, asService(), { first: 1_001 })).rejects.toThrow('BAD_USER_INPUT');
    await expect(askInternal(document, asService(), { since: 'what' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(askInternal(document, asGuest())).rejects.toThrow('FORBIDDEN');
  });

  it('misses no change of writers who run at once with the reader', async () => {
    const writers = test.open('products');
    const targets = (
      await upsertProducts(
        db,
        Array.from({ length: 40 }, (_, index) => product(`stream-${index}`)),
        ['web'],
      )
    ).map(({ variantIds: [variantId, component] }) => ({ variantId: variantId!, component: component! }));
    let { since } = await everything();
    const seen = new Set<string>();
    let writing = true;
    const written = Promise.all(
      // Each with products of its own, so that only the sequence of changes makes them wait for each other.
      targets.map(({ variantId, component }) =>
        setVariantComponents(writers, { variantId, components: [{ variantId: component, quantity: 1 }] }),
      ),
    ).then((results) => {
      writing = false;
      return results;
    });
    for (let last = false; !last;) {
      last = !writing;
      const { bundleChanges } = await askInternal(document, asService(), { since, first: 5 });
      for (const { variantId } of bundleChanges.bundles) seen.add(variantId);
      since = bundleChanges.endCursor ?? since;
      if (bundleChanges.endCursor !== null) last = false;
    }
    expect((await written).map(({ __typename }) => __typename)).toEqual(targets.map(() => 'VariantComponentsSaved'));
    expect(targets.filter(({ variantId }) => !seen.has(variantId))).toEqual([]);
  });
});
