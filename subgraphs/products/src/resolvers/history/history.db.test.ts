import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { makeChannels, product, startProducts } from '../../fixture.ts';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
let askInternal: Awaited<ReturnType<typeof startProducts>>['askInternal'];
const statements: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { onQuery: (query) => statements.push(query) });
  ({ ask, askInternal } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => test.drop());

const staff = asStaff(['catalogue:write', 'channels:write']);
const make = async (handle: string) => (await upsertProducts(db, [product(handle)], ['web']))[0]!.productId!;
const change = (input: object) =>
  ask(
    'mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { ... on ProductUpdated { product { version } } } }',
    staff,
    { input },
  );

describe('Product.revisions', () => {
  const REVISIONS = `query ($id: ID!, $first: Int, $after: Cursor) { product(id: $id) { revisions(first: $first, after: $after) {
    edges { cursor node { version action by { role staffId } changes { path before after } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;

  it('pages from the newest version to the oldest, each compared with the one before', async () => {
    const id = await make('paged');
    for (const title of ['Second', 'Third']) await change({ productId: id, title });
    await change({ productId: id, vendor: null, tags: ['new'] });
    const { product: first } = await ask(REVISIONS, staff, { id, first: 2 });
    expect(first.revisions.edges.map(({ node }: { node: unknown }) => node)).toEqual([
      {
        version: 4,
        action: 'productUpdate',
        by: { role: 'staff', staffId: staff.caller.staffId ?? null },
        changes: [
          { path: ['tags'], before: [], after: ['new'] },
          { path: ['vendor'], before: 'Kontor', after: null },
        ],
      },
      {
        version: 3,
        action: 'productUpdate',
        by: { role: 'staff', staffId: staff.caller.staffId ?? null },
        changes: [{ path: ['title'], before: 'Second', after: 'Third' }],
      },
    ]);
    expect(first.revisions.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    await change({ productId: id, title: 'Fifth' });
    const { product: rest } = await ask(REVISIONS, staff, { id, first: 2, after: first.revisions.pageInfo.endCursor });
    expect(rest.revisions.edges.map(({ node }: { node: { version: number } }) => node.version)).toEqual([2, 1]);
    expect(rest.revisions.edges[1].node).toMatchObject({
      action: 'productsUpsert',
      by: { role: 'service' },
      changes: [],
    });
    expect(rest.revisions.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('shows everything that the product was by the names of the graph', async () => {
    const id = await make('shown');
    const { product: shown } = await ask(
      'query ($id: ID!) { product(id: $id) { revisions(first: 1) { edges { node { content } } } } }',
      staff,
      { id },
    );
    expect(shown.revisions.edges[0].node.content).toMatchObject({
      handle: 'shown',
      descriptionHtml: '<p>About shown.</p>',
      optionNames: ['Size'],
      variants: [{ sku: 'shown-s', optionValues: ['S'] }, { sku: 'shown-m' }],
      media: [{ url: 'https://img.example/shown.jpg' }],
      publications: [{ channelCode: 'web', isLive: true }],
    });
  });

  it('reads a page with its differences in two statements, of however many products', async () => {
    const ids = [await make('counted-a'), await make('counted-b'), await make('counted-c')];
    for (const productId of ids) await change({ productId, title: 'Counted' });
    statements.length = 0;
    const { products } = await ask(
      'query ($ids: [ID!]!) { products(ids: $ids) { revisions(first: 5) { edges { node { version changes { path } } } } } }',
      staff,
      { ids },
    );
    expect(products).toEqual(
      ids.map(() => ({
        revisions: {
          edges: [{ node: { version: 2, changes: [{ path: ['title'] }] } }, { node: { version: 1, changes: [] } }],
        },
      })),
    );
    expect(statements.filter((statement) => statement.includes('product_revisions'))).toHaveLength(2);
  });

  it.each([
    ['more than 50', { first: 51 }],
    ['none', { first: 0 }],
    ['a cursor of another list', { after: Buffer.from('["x"]').toString('base64url') }],
    ['a version that is none', { after: Buffer.from('[1e300]').toString('base64url') }],
  ])('refuses %s', async (_, page) => {
    const id = await make(
      `page-${JSON.stringify(page)
        .replaceAll(/[^a-z0-9]/gi, '')
        .toLowerCase()}`,
    );
    await expect(ask(REVISIONS, staff, { id, ...page })).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('who reads and changes history', () => {
  it.each([
    'publications { isLive }',
    'revisions(first: 1) { edges { cursor } }',
    'draft { version }',
    'channels { locationIds }',
  ])('refuses %s to shoppers and to staff without the scope', async (field) => {
    const id = await make(`asked-${field.replaceAll(/[^a-z]/gi, '').toLowerCase()}`);
    for (const call of [asGuest(), asStaff(['orders:read'])])
      await expect(ask(`query ($id: ID!) { product(id: $id) { ${field} } }`, call, { id })).rejects.toThrow(
        'FORBIDDEN',
      );
  });

  it.each([
    'productRestore(input: { productId: $id, version: 1 }) { __typename }',
    'productDraftSet(input: { change: { productId: $id, title: "x" } }) { __typename }',
    'productDraftPublish(input: { productId: $id }) { __typename }',
    'productDraftDiscard(input: { productId: $id }) { __typename }',
  ])('refuses %s to shoppers', async (field) => {
    await expect(ask(`mutation ($id: ID!) { ${field} }`, asGuest(), { id: 'x' })).rejects.toThrow('FORBIDDEN');
  });
});

describe('Product.publications', () => {
  it('tells where the product is published and when, live or not', async () => {
    const id = await make('published');
    await ask(
      'mutation ($input: ProductPublicationSetInput!) { productPublicationSet(input: $input) { ... on ProductPublicationChanged { changedCount } } }',
      staff,
      { input: { channel: 'pos', productIds: [id], published: true, startsAt: '2999-01-01T00:00:00+01:00' } },
    );
    const { product: found } = await ask(
      'query ($id: ID!) { product(id: $id) { channels { code } publications { channel { code } startsAt endsAt isLive } } }',
      staff,
      { id },
    );
    expect(found).toEqual({
      channels: [{ code: 'web' }],
      publications: [
        { channel: { code: 'pos' }, startsAt: '2998-12-31T23:00:00.000Z', endsAt: null, isLive: false },
        { channel: { code: 'web' }, startsAt: null, endsAt: null, isLive: true },
      ],
    });
  });
});

describe('Product.draft', () => {
  const DRAFT = 'draft { change baseVersion version publishAt problem by { role subject staffId channelCode } }';
  const set = (input: object) =>
    ask(
      `mutation ($input: ProductDraftSetInput!) { productDraftSet(input: $input) { __typename ... on ProductDraftSaved { product { title ${DRAFT} } } ... on UserError { code path } } }`,
      staff,
      { input },
    );

  it('is shown to staff until it is made or thrown away', async () => {
    const id = await make('drafted');
    expect(
      (await set({ change: { productId: id, title: 'Soon' }, publishAt: '2999-01-01T00:00:00Z' })).productDraftSet,
    ).toEqual({
      __typename: 'ProductDraftSaved',
      product: {
        title: 'drafted',
        draft: {
          change: { title: 'Soon' },
          baseVersion: 1,
          version: 1,
          publishAt: '2999-01-01T00:00:00.000Z',
          problem: null,
          by: {
            role: 'staff',
            subject: staff.caller.subject,
            staffId: staff.caller.staffId ?? null,
            channelCode: staff.caller.channel,
          },
        },
      },
    });
    const { productDraftDiscard } = await ask(
      `mutation ($id: ID!) { productDraftDiscard(input: { productId: $id, expectedDraftVersion: 1 }) { ... on ProductDraftDiscarded { product { draft { version } } } } }`,
      staff,
      { id },
    );
    expect(productDraftDiscard).toEqual({ product: { draft: null } });

    await set({ change: { productId: id, title: 'Now', expectedVersion: 1 } });
    const { productDraftPublish } = await ask(
      `mutation ($id: ID!) { productDraftPublish(input: { productId: $id }) { ... on ProductUpdated { product { title version draft { version } } } } }`,
      staff,
      { id },
    );
    expect(productDraftPublish).toEqual({ product: { title: 'Now', version: 2, draft: null } });
  });

  it('refuses a change that breaks a rule and names the field within it', async () => {
    const id = await make('ill-drafted');
    expect((await set({ change: { productId: id, title: ' ' } })).productDraftSet).toEqual({
      __typename: 'InvalidInput',
      code: 'INVALID_TEXT',
      path: ['input', 'change', 'title'],
    });
  });
});

describe('productRestore', () => {
  it('shows the product as it is again', async () => {
    const id = await make('restored');
    await change({ productId: id, title: 'Changed' });
    const { productRestore } = await ask(
      'mutation ($id: ID!) { productRestore(input: { productId: $id, version: 1, expectedVersion: 2 }) { ... on ProductRestored { product { title version } } } }',
      staff,
      { id },
    );
    expect(productRestore).toEqual({ product: { title: 'restored', version: 3 } });
  });
});

describe('service levels of a channel', () => {
  it('are set by mutation, shown to everybody, and told to other services', async () => {
    const level = { code: 'express', name: 'Express', kind: 'DELIVERY', minHours: 18, maxHours: 30 };
    const base = { code: 'web', name: 'web', currencies: ['EUR'], countries: ['DE'], locales: ['de'], locationIds: [] };
    await ask(
      'mutation ($input: ChannelSetInput!) { channelSet(input: $input) { ... on ChannelSaved { channel { version } } } }',
      staff,
      { input: { ...base, serviceLevels: [level] } },
    );
    const { channel } = await ask('{ channel { serviceLevels { code name kind minHours maxHours } } }', asGuest());
    expect(channel).toEqual({ serviceLevels: [level] });
    const { channelUpsert } = await askInternal(
      'mutation ($input: ChannelUpsertInput!) { channelUpsert(input: $input) { revision serviceLevels { code name kind minHours maxHours } } }',
      asService('products'),
      { input: base },
    );
    expect(channelUpsert).toEqual({ revision: 2, serviceLevels: [level] });
  });
});
