import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setProductType } from '../../commands/types/set-product-type.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import type { AttributeValues } from '../../domain/types/attribute-definition.ts';
import { wanted } from '../../domain/types/attribute-fixture.ts';
import { makeChannels, product, startProducts } from '../../fixture.ts';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
const statements: string[] = [];
const ids = new Map<string, string>();

const write = (handle: string, attributes: AttributeValues) =>
  db.sql`update products.products set attributes = ${JSON.stringify(attributes)}::jsonb where handle = ${handle}`;
const writeVariants = (handle: string, attributes: AttributeValues) => db.sql`
  update products.variants set attributes = ${JSON.stringify(attributes)}::jsonb where product_id = ${ids.get(handle)!}`;

/** How many statements something takes, the second time: the first may read what is remembered. */
async function counted<Answer>(work: () => Promise<Answer>) {
  await work();
  statements.length = 0;
  const answer = await work();
  return { answer, count: statements.length };
}

const PRODUCT = `query P($handle: String!, $locale: String, $codes: [ID!]) { productByHandle(handle: $handle) {
  type { name label(locale: $locale) } attributes(codes: $codes, locale: $locale) { code label text value unit reference { handle } references { handle } } } }`;
const read = async (handle: string, variables: Record<string, unknown> = {}, call = asGuest()) =>
  (await ask(PRODUCT, call, { handle, ...variables })).productByHandle;
const texts = ({ attributes }: { attributes: { code: string; text: string }[] }) =>
  Object.fromEntries(attributes.map(({ code, text }) => [code, text]));

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { max: 1, onQuery: (query) => statements.push(query) });
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web');
  const results = await upsertProducts(
    db,
    [
      product('shirt', { productType: 'Shirt', title: 'Shirt' }),
      product('belt', { productType: 'Shirt', title: 'Belt' }),
      product('hat', { productType: 'Hat', title: 'Hat' }),
      product('plain', { productType: 'Nobody defined this' }),
      product('hidden', { productType: 'Shirt', title: 'Hidden', published: false }),
    ],
    ['web'],
  );
  for (const { handle, productId } of results) ids.set(handle, productId!);
  await setProductType(
    db,
    {
      name: 'Shirt',
      labels: [{ locale: 'de', text: 'Hemd' }],
      attributes: [
        wanted('note', 'TEXT', { isLocalizable: true, labels: [{ locale: 'de', text: 'Hinweis' }] }),
        wanted('weight', 'MEASURE', { unit: 'g', labels: [{ locale: 'en', text: 'Weight' }] }),
        wanted('worn_with', 'REFERENCE', { isList: true, referenceTo: 'PRODUCT' }),
        wanted('successor', 'REFERENCE', { referenceTo: 'VARIANT' }),
        wanted('length', 'MEASURE', { scope: 'VARIANT', unit: 'cm' }),
      ],
    },
    null,
  );
  await setProductType(db, { name: 'Hat', attributes: [wanted('brim', 'NUMBER')] }, null);
  await write('hat', { brim: 7.5 });
});
afterAll(() => test.drop());

describe('Product.attributes', () => {
  it('answers in the language asked for, else in that of the channel, else in the own', async () => {
    await write('shirt', { weight: 453.59237, note: { '': 'own', de: 'deutsch', en: 'english' } });
    expect(await read('shirt')).toEqual({
      type: { name: 'Shirt', label: 'Hemd' },
      attributes: [
        {
          code: 'note',
          label: 'Hinweis',
          text: 'deutsch',
          value: 'deutsch',
          unit: null,
          reference: null,
          references: [],
        },
        {
          code: 'weight',
          label: 'Weight',
          text: '453,592 g',
          value: 453.59237,
          unit: 'g',
          reference: null,
          references: [],
        },
      ],
    });
    expect(texts(await read('shirt', { locale: 'en-GB' }))).toEqual({ note: 'english', weight: '453.592 g' });
    expect(texts(await read('shirt', { locale: 'fr', codes: ['note', 'nothing', '__proto__'] }))).toEqual({
      note: 'own',
    });
    await expect(read('shirt', { locale: 'no tag' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(read('shirt', { codes: Array(101).fill('note') })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('answers nothing for a type that nobody defined', async () => {
    await write('plain', { note: 'x' });
    expect(await read('plain')).toEqual({ type: null, attributes: [] });
  });

  it('leads only to what the channel shows, and names it', async () => {
    const [variant] = await db.sql<{ variantId: string }[]>`
      select variant_id as "variantId" from products.variants where product_id = ${ids.get('hidden')!} order by position limit 1`;
    await write('shirt', {
      worn_with: [ids.get('belt')!, ids.get('hidden')!, ids.get('hat')!, '018f2e9a-7b3c-7def-8abc-0123456789ab'],
      successor: variant!.variantId,
    });
    expect((await read('shirt')).attributes).toEqual([
      {
        code: 'worn_with',
        label: 'worn_with',
        text: 'Belt, Hat',
        value: [ids.get('belt'), ids.get('hat')],
        unit: null,
        reference: { handle: 'belt' },
        references: [{ handle: 'belt' }, { handle: 'hat' }],
      },
    ]);
    expect(texts(await read('shirt', {}, asStaff(['catalogue:write'])))).toEqual({
      worn_with: 'Belt, Hidden, Hat',
      successor: 'Hidden, S',
    });
  });

  it("names references by the channel's text in the language, then everybody's", async () => {
    await write('shirt', { worn_with: [ids.get('belt')!, ids.get('hat')!] });
    await db.sql`insert into products.product_texts (product_id, channel_code, locale, title)
      select t.id::uuid, t.channel, t.locale, t.title from jsonb_to_recordset(${JSON.stringify([
        { id: ids.get('belt'), channel: '', locale: 'de', title: 'Gürtel' },
        { id: ids.get('belt'), channel: 'web', locale: 'de', title: 'Unser Gürtel' },
        { id: ids.get('belt'), channel: 'pos', locale: 'de', title: 'Kasse' },
        { id: ids.get('hat'), channel: '', locale: 'de', title: 'Hut' },
        { id: ids.get('hat'), channel: 'web', locale: '', title: 'Our hat' },
      ])}::jsonb) as t(id text, channel text, locale text, title text)`;
    expect(texts(await read('shirt'))).toEqual({ worn_with: 'Unser Gürtel, Hut' });
    expect(texts(await read('shirt', { locale: 'fr' }))).toEqual({ worn_with: 'Belt, Our hat' });
    await db.sql`delete from products.product_texts`;
  });

  it('reads a page of products of several types with one statement, and one more for all references', async () => {
    await write('shirt', { weight: 1, worn_with: [ids.get('belt')!] });
    await write('belt', { weight: 2, worn_with: [ids.get('hat')!], successor: ids.get('hat')! });
    const page = (fields: string) =>
      ask(`{ productSearch(query: "", first: 10) { edges { node { handle ${fields} } } } }`, asGuest());
    const plain = await counted(() => page(''));
    const full = await counted(() => page('attributes(locale: "de") { code text }'));
    expect(full.count - plain.count).toBe(2);
    const { productSearch } = full.answer;
    const shown = Object.fromEntries(
      productSearch.edges.map(({ node }: { node: { handle: string; attributes: { text: string }[] } }) => [
        node.handle,
        node.attributes.map(({ text }) => text),
      ]),
    );
    expect(shown).toEqual({ shirt: ['1 g', 'Belt'], belt: ['2 g', 'Hat'], hat: ['7,5'], plain: [] });
  });
});

describe('productUpdate', () => {
  const update = async (attributes: string) => {
    const { productUpdate } = await ask(
      `mutation U($id: ID!) { productUpdate(input: { productId: $id, attributes: ${attributes} }) {
        __typename ... on UserError { message path } ... on ProductUpdated { product { attributes { code value } } } } }`,
      asStaff(['catalogue:write']),
      { id: ids.get('plain') },
    );
    return productUpdate;
  };
  const ofShirt = async (attributes: AttributeValues) => {
    await write('plain', attributes);
    await db.sql`update products.products set product_type = 'Shirt' where handle = 'plain'`;
  };

  it('converts measures and leads to products that there are', async () => {
    await ofShirt({});
    const belt = ids.get('belt')!;
    expect(
      await update(`[{ code: "weight", value: 1, unit: "lb" }, { code: "worn_with", value: ["${belt}"] }]`),
    ).toMatchObject({
      product: {
        attributes: [
          { code: 'weight', value: 453.59237 },
          { code: 'worn_with', value: [belt] },
        ],
      },
    });
  });

  it.each([
    ['a code that is no code', '[{ code: "__proto__", value: { polluted: true } }]'],
    ['a code that objects have', '[{ code: "constructor", value: 1 }]'],
    ['a number that is none', '[{ code: "weight", value: 1e400 }]'],
    ['an object for a number', '[{ code: "weight", value: { a: { b: [1] } } }]'],
    ['a list for a text', '[{ code: "note", value: [["x"]] }]'],
    ['a text that is too long', `[{ code: "note", value: "${'x'.repeat(5_001)}" }]`],
    ['a unit of another dimension', '[{ code: "weight", value: 1, unit: "cm" }]'],
    ['a reference to nothing', '[{ code: "worn_with", value: ["018f2e9a-7b3c-7def-8abc-0123456789ab"] }]'],
    ['an attribute of variants', '[{ code: "length", value: 1 }]'],
  ])('refuses %s and changes nothing', async (_, attributes) => {
    await ofShirt({ weight: 5 });
    expect((await update(attributes)).__typename).toBe('InvalidInput');
    const [row] = await db.sql`select attributes from products.products where handle = 'plain'`;
    expect(row).toEqual({ attributes: { weight: 5 } });
  });
});

describe('ProductVariant.attributes', () => {
  it('answers what is said of variants alone, with one statement for all of a page', async () => {
    await write('shirt', { weight: 1 });
    await writeVariants('shirt', { length: 71.5, weight: 9 });
    const page = (fields: string) =>
      ask(
        `{ productSearch(query: "", first: 10) { edges { node { handle variants { sku ${fields} } } } } }`,
        asGuest(),
      );
    const plain = await counted(() => page(''));
    const full = await counted(() => page('attributes(locale: "en") { code text }'));
    expect(full.count - plain.count).toBe(1);
    const { productSearch } = full.answer;
    const { node } = productSearch.edges.find(({ node }: { node: { handle: string } }) => node.handle === 'shirt');
    expect(node.variants).toEqual([
      { sku: 'shirt-s', attributes: [{ code: 'length', text: '71.5 cm' }] },
      { sku: 'shirt-m', attributes: [{ code: 'length', text: '71.5 cm' }] },
    ]);
  });
});

describe('productTypes', () => {
  const TYPE =
    '{ name label labels { locale text } version attributes(includeRetired: true) { code label kind isRetired options { code label } } }';

  it('are listed by name, page by page', async () => {
    const list = async (after: string | null) =>
      (
        await ask(
          'query T($after: Cursor) { productTypes(first: 1, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }',
          asGuest(),
          { after },
        )
      ).productTypes;
    const first = await list(null);
    expect(first).toMatchObject({ edges: [{ node: { name: 'Hat' } }], pageInfo: { hasNextPage: true } });
    expect(await list(first.pageInfo.endCursor)).toMatchObject({
      edges: [{ node: { name: 'Shirt' } }],
      pageInfo: { hasNextPage: false },
    });
    await expect(list('nonsense')).rejects.toThrow('BAD_USER_INPUT');
    await expect(list(Buffer.from('["a\\u0000"]').toString('base64url'))).rejects.toThrow('BAD_USER_INPUT');
  });

  it.each(['Nothing', 'a\0b', ''])('has none by the name %j', async (name) => {
    expect(await ask('query T($name: ID!) { productTypeByName(name: $name) { name } }', asGuest(), { name })).toEqual({
      productTypeByName: null,
    });
  });

  it('are made by those who may write the catalogue, and refused to others', async () => {
    const set = (input: Record<string, unknown>, scopes: readonly string[]) =>
      ask(
        `mutation T($input: ProductTypeSetInput!) { productTypeSet(input: $input) { __typename ... on ProductTypeSaved { productType ${TYPE} }
          ... on UserError { code path } ... on VersionConflict { currentVersion } } }`,
        asStaff(scopes),
        { input },
      );
    const option = { code: 'red', labels: [{ locale: 'de', text: 'Rot' }] };
    const input = {
      name: 'Lamp',
      attributes: [{ code: 'colour', kind: 'ENUM', options: [option] }],
      expectedVersion: 0,
    };
    await expect(set(input, [])).rejects.toThrow('FORBIDDEN');
    expect(await set(input, ['catalogue:write'])).toEqual({
      productTypeSet: {
        __typename: 'ProductTypeSaved',
        productType: {
          name: 'Lamp',
          label: 'Lamp',
          labels: [],
          version: 1,
          attributes: [
            {
              code: 'colour',
              label: 'colour',
              kind: 'ENUM',
              isRetired: false,
              options: [{ code: 'red', label: 'Rot' }],
            },
          ],
        },
      },
    });
    expect(await set(input, ['catalogue:write'])).toEqual({
      productTypeSet: {
        __typename: 'VersionConflict',
        code: 'VERSION_CONFLICT',
        path: ['input', 'expectedVersion'],
        currentVersion: 1,
      },
    });
    const wrong = { name: 'Lamp', attributes: [{ code: '__proto__', kind: 'TEXT' }] };
    expect(await set(wrong, ['catalogue:write'])).toEqual({
      productTypeSet: { __typename: 'InvalidInput', code: 'INVALID_CODE', path: ['input', 'attributes', '0', 'code'] },
    });
  });
});
