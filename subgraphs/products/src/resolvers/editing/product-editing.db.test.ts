import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeChannels, product, startProducts } from '../../fixture.ts';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
let askInternal: Awaited<ReturnType<typeof startProducts>>['askInternal'];

const EDITOR = asStaff(['catalogue:write']);

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  ({ ask, askInternal } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());

const CREATE = `mutation ($input: ProductCreateInput!) { productCreate(input: $input) {
  __typename ... on UserError { code message path } ... on ProductCreated { product { id handle version status taxCategory isGiftCard
    externalReferences { source id } feedFields { gender customLabels customProduct } translations { channel locale title }
    media { url role } variants { id title taxCategory requiresShipping externalReference externalReferences { source id } feedFields { gender mpn } } } } } }`;
const UPDATE = `mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) {
  __typename ... on UserError { code path } ... on ProductUpdated { product { version } }
  ... on ProductConflict { currentVersion product { title } fields { field base current yours changedBy } } } }`;

it('tells everything of a new product that its editor gave', async () => {
  const { productCreate } = await ask(CREATE, EDITOR, {
    input: {
      handle: 'lamp',
      title: 'Lamp',
      isGiftCard: true,
      externalReferences: [{ source: 'erp', id: '1' }],
      feedFields: { gender: 'unisex', customLabels: ['', 'b'] },
      texts: [
        { channel: 'web', locale: 'de', title: 'Lampe' },
        { locale: 'fr', title: 'Lampe' },
      ],
      media: [{ url: 'https://img.example/lamp.jpg', role: 'SWATCH' }],
      variants: [
        { taxCategory: 'reduced', requiresShipping: false, externalReference: 'v', feedFields: { mpn: 'L-1' } },
      ],
    },
  });
  expect(productCreate).toEqual({
    __typename: 'ProductCreated',
    product: {
      id: expect.any(String) as string,
      handle: 'lamp',
      version: 1,
      status: 'DRAFT',
      taxCategory: 'standard',
      isGiftCard: true,
      externalReferences: [{ source: 'erp', id: '1' }],
      feedFields: { gender: 'unisex', customLabels: ['', 'b'], customProduct: null },
      translations: [
        { channel: null, locale: 'fr', title: 'Lampe' },
        { channel: 'web', locale: 'de', title: 'Lampe' },
      ],
      media: [{ url: 'https://img.example/lamp.jpg', role: 'SWATCH' }],
      variants: [
        {
          id: expect.any(String) as string,
          title: 'Default',
          taxCategory: 'reduced',
          requiresShipping: false,
          externalReference: 'v',
          externalReferences: [],
          feedFields: { gender: 'unisex', mpn: 'L-1' },
        },
      ],
    },
  });
  expect((await ask(CREATE, EDITOR, { input: { handle: 'lamp', title: 'Other' } })).productCreate).toEqual({
    __typename: 'HandleTaken',
    code: 'HANDLE_TAKEN',
    message: 'The handle "lamp" is another product\'s: choose another one.',
    path: ['input', 'handle'],
  });
});

it('shows a second editor both sides', async () => {
  const { productCreate } = await ask(CREATE, EDITOR, { input: { handle: 'chair', title: 'Chair' } });
  const productId = productCreate.product.id as string;
  const change = (title: string) => ask(UPDATE, EDITOR, { input: { productId, expectedVersion: 1, title } });
  expect((await change('Stool')).productUpdate).toEqual({ __typename: 'ProductUpdated', product: { version: 2 } });
  expect((await change('Bench')).productUpdate).toMatchObject({
    __typename: 'ProductConflict',
    code: 'PRODUCT_CONFLICT',
    path: ['input', 'expectedVersion'],
    currentVersion: 2,
    product: { title: 'Stool' },
    fields: [
      { field: 'title', base: 'Chair', current: 'Stool', yours: 'Bench', changedBy: expect.any(String) as string },
    ],
  });
});

it('imports in public what it imports between services, a hundred at once', async () => {
  const UPSERT =
    'mutation ($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { handle outcome reason variantIds } } }';
  const input = {
    products: [
      { ...product('table'), status: 'DRAFT', texts: [{ locale: 'de', title: 'Tisch' }] },
      product('Bad Handle'),
    ],
    publishIn: ['web'],
  };
  const { productsUpsert } = await ask(UPSERT, EDITOR, { input });
  expect(productsUpsert.results).toMatchObject([
    { handle: 'table', outcome: 'CREATED', reason: null },
    { handle: 'Bad Handle', outcome: 'REJECTED', variantIds: [] },
  ]);
  const again = await askInternal(UPSERT, asService('stack'), { input });
  expect(again.productsUpsert.results[0]).toMatchObject({ outcome: 'UNCHANGED' });
  const many = { products: Array.from({ length: 101 }, (_, index) => product(`t-${index}`)), publishIn: [] };
  await expect(ask(UPSERT, EDITOR, { input: many })).rejects.toThrow(
    'BAD_USER_INPUT: At most 100 products at once, not 101.',
  );
  const [row] =
    await db.sql`select staff_id is not null or role = 'staff' as "byStaff" from products.product_revisions h join products.products p using (product_id) where p.handle = 'table'`;
  expect(row).toEqual({ byStaff: true });
});

it('is closed to guests, and so are the texts as they are kept', async () => {
  await expect(ask(CREATE, asGuest('web'), { input: { handle: 'x', title: 'X' } })).rejects.toThrow('FORBIDDEN');
  await askInternal(
    'mutation ($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { outcome } } }',
    asService('stack'),
    { input: { products: [product('open', { texts: [{ locale: 'de', title: 'Offen' }] })], publishIn: ['web'] } },
  );
  const QUERY = '{ productByHandle(handle: "open") { status translations { title } } }';
  await expect(ask(QUERY, asGuest('web'))).rejects.toThrow('FORBIDDEN');
  expect(await ask(QUERY, EDITOR)).toEqual({
    productByHandle: { status: 'ACTIVE', translations: [{ title: 'Offen' }] },
  });
});
