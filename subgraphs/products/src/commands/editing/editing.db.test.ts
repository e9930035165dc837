import { newId } from '@kontor/kit/src/ids.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeChannels, product, variant } from '../../fixture.ts';
import { ANNA, begin, BEN, makeCategory, makeJackets, traceOf } from '../../testing/editing-fixture.ts';
import { createProduct } from '../create-product.ts';
import { setVariantComponents } from '../set-variant-components.ts';
import { updateProduct, type ProductChange } from '../update-product.ts';
import { upsertProducts } from '../upsert-products.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
  await makeJackets(db);
});
afterAll(() => test.drop());

const make = async (handle: string) => (await upsertProducts(db, [product(handle)], ['web']))[0]!;
const variantsOf = async (productId: string) => [
  ...(await db.sql<{ id: string; values: string[]; sku: string | null }[]>`
    select variant_id as id, option_values as values, sku from products.variants where product_id = ${productId} order by position`),
];
const columnsOf = async (productId: string) =>
  (
    await db.sql<
      { attributes: unknown; optionWords: unknown; feedFields: unknown; optionNames: string[]; version: number }[]
    >`
      select attributes, option_words as "optionWords", feed_fields as "feedFields", option_names as "optionNames", version
      from products.products where product_id = ${productId}`
  )[0]!;
const textsOf = async (productId: string) => [
  ...(await db.sql`
    select channel_code as channel, locale, title, description_html as html from products.product_texts where product_id = ${productId} order by 1, 2`),
];
const liveIn = async (productId: string) =>
  (
    await db.sql<{ code: string }[]>`
      select channel_code as code from products.publications where product_id = ${productId} and is_live order by 1`
  ).map(({ code }) => code);

/** Tries a change and sees that it is refused and that nothing at all was written. */
async function refused(change: ProductChange) {
  const before = await traceOf(db, change.productId);
  const answer = await updateProduct(db, change);
  expect(await traceOf(db, change.productId)).toEqual(before);
  return answer;
}

describe('createProduct', () => {
  it('makes a draft with one variant of a handle and a title', async () => {
    const productId = await begin(db, { handle: 'plain', title: 'Plain' });
    const [row] =
      await db.sql`select status, tax_category as tax, version from products.products where product_id = ${productId}`;
    expect(row).toEqual({ status: 'DRAFT', tax: 'standard', version: 1 });
    expect(await variantsOf(productId)).toEqual([{ id: expect.any(String) as string, values: [], sku: null }]);
  });

  it('keeps every section that is given, in one version and one event', async () => {
    const [category, other] = [await makeCategory(db, 'coats'), (await make('belt')).productId!];
    const productId = await begin(db, {
      handle: 'parka',
      title: 'Parka',
      productType: 'Jacket',
      status: 'ACTIVE',
      attributes: [
        { code: 'season', value: 'winter' },
        { code: 'material', value: 'Wool' },
        { code: 'material', value: 'Wolle', locale: 'de' },
        { code: 'weight', value: 1.2, unit: 'kg' },
        { code: 'matches', value: [other] },
      ],
      categoryIds: [category],
      externalReferences: [{ source: 'erp', id: '77' }],
      options: [
        {
          name: 'Size',
          words: [{ locale: 'de', text: 'Größe' }],
          values: [{ value: 'S', words: [{ locale: 'de', text: 'klein' }] }],
        },
      ],
      variants: [
        {
          optionValues: ['S'],
          sku: 'p-s',
          imageUrl: 'https://img.example/p.jpg',
          attributes: [{ code: 'fit', value: 'slim' }],
        },
        { optionValues: ['M'], taxCategory: 'reduced', requiresShipping: false },
      ],
      media: [{ url: 'https://img.example/p.jpg', role: 'LIFESTYLE', altTexts: [{ locale: 'de', text: 'Parka' }] }],
      texts: [
        { locale: 'de', title: 'Winterparka' },
        { channel: 'pos', title: 'Parka (till)' },
      ],
      channelMedia: [{ channel: 'pos', urls: ['https://img.example/p.jpg'] }],
      relations: [{ kind: 'ACCESSORY', productIds: [other] }],
      feedFields: { gender: 'female', customProduct: false, customLabels: ['', 'hot', ''] },
    });
    expect(await columnsOf(productId)).toEqual({
      attributes: { season: 'winter', material: { '': 'Wool', de: 'Wolle' }, weight: 1200, matches: [other] },
      optionWords: { de: { S: 'klein', Size: 'Größe' } },
      feedFields: { gender: 'female', customProduct: false, customLabels: ['', 'hot'] },
      optionNames: ['Size'],
      version: 1,
    });
    expect(await textsOf(productId)).toEqual([
      { channel: '', locale: 'de', title: 'Winterparka', html: null },
      { channel: 'pos', locale: '', title: 'Parka (till)', html: null },
    ]);
    const [event, ...more] = await db.sql<
      { payload: { categoryIds: string[]; variants: { taxCategory: string }[] } }[]
    >`
      select payload from products.outbox where key = ${productId} and topic = 'products.product.changed'`;
    expect(more).toEqual([]);
    expect(event!.payload).toMatchObject({
      status: 'ACTIVE',
      categoryIds: [category],
      variants: [{ taxCategory: 'standard' }, { taxCategory: 'reduced' }],
    });
  });

  it('answers HandleTaken to all but one of those who want the same handle at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, writer) => createProduct(db, { handle: 'wanted', title: `By ${writer}` })),
    );
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'HandleTaken',
      'HandleTaken',
      'HandleTaken',
      'HandleTaken',
      'ProductCreated',
    ]);
  });

  it.each<[string, Omit<Partial<ProductChange>, 'handle' | 'title'> & { title?: string }, string[]]>([
    ['an empty title', { title: ' ' }, ['title']],
    ['a category that is not there', { categoryIds: [newId()] }, ['categoryIds', '0']],
    ['a channel that is not there', { texts: [{ channel: 'moon', title: 'x' }] }, ['texts', '0', 'channel']],
    [
      'a related product that is not there',
      { relations: [{ kind: 'ACCESSORY', productIds: [newId()] }] },
      ['relations', '0'],
    ],
    ['options without variants', { options: [{ name: 'Size' }] }, ['variants', '0', 'optionValues']],
  ])('makes nothing of %s, and leaves the handle free', async (_, wrong, path) => {
    expect(await createProduct(db, { handle: 'never', title: 'Never', ...wrong })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', ...path],
    });
    expect([...(await db.sql`select 1 from products.products where handle = 'never'`)]).toEqual([]);
  });
});

describe('updateProduct: options and variants', () => {
  it('renames an option with its words, and keeps the variants and their ids', async () => {
    const { productId, variantIds } = await make('renamed');
    await updateProduct(db, {
      productId: productId!,
      options: [{ name: 'Size', words: [{ locale: 'de', text: 'Größe' }] }],
    });
    await updateProduct(db, { productId: productId!, options: [{ name: 'Fit' }] });
    expect(await columnsOf(productId!)).toMatchObject({
      optionNames: ['Fit'],
      optionWords: { de: { Fit: 'Größe' } },
      version: 3,
    });
    expect((await variantsOf(productId!)).map(({ id, values }) => [id, values])).toEqual([
      [variantIds[0], ['S']],
      [variantIds[1], ['M']],
    ]);
  });

  it('lets variants swap their option values, and keeps what they are', async () => {
    const { productId, variantIds } = await make('swapped');
    await updateProduct(db, {
      productId: productId!,
      variants: [
        { variantId: variantIds[0]!, optionValues: ['M'] },
        { variantId: variantIds[1]!, optionValues: ['S'] },
      ],
    });
    expect(await variantsOf(productId!)).toEqual([
      { id: variantIds[0], values: ['M'], sku: 'swapped-s' },
      { id: variantIds[1], values: ['S'], sku: 'swapped-m' },
    ]);
  });

  it('adds an option when every variant says its value, swaps options by name and drops one', async () => {
    const { productId, variantIds } = await make('optioned');
    const [s, m] = variantIds as [string, string];
    expect(await refused({ productId: productId!, options: [{ name: 'Size' }, { name: 'Colour' }] })).toMatchObject({
      message: 'The variant S needs a value for the option Colour.',
      path: ['input', 'variants'],
    });
    await updateProduct(db, {
      productId: productId!,
      options: [{ name: 'Size' }, { name: 'Colour' }],
      variants: [
        { variantId: s, optionValues: ['S', 'Red'] },
        { variantId: m, optionValues: ['M', 'Red'] },
      ],
    });
    await updateProduct(db, { productId: productId!, options: [{ name: 'Colour' }, { name: 'Size' }] });
    expect((await variantsOf(productId!)).map(({ values }) => values)).toEqual([
      ['Red', 'S'],
      ['Red', 'M'],
    ]);
    expect(await refused({ productId: productId!, options: [{ name: 'Colour' }] })).toMatchObject({
      message: 'The variant Red occurs twice.',
    });
    await updateProduct(db, { productId: productId!, options: [{ name: 'Size' }] });
    expect((await variantsOf(productId!)).map(({ id, values }) => [id, values])).toEqual([
      [s, ['S']],
      [m, ['M']],
    ]);
  });

  it('adds, moves and removes variants, and gives nobody the option values of another', async () => {
    const { productId, variantIds } = await make('moved');
    const [s, m] = variantIds as [string, string];
    await updateProduct(db, {
      productId: productId!,
      variants: [
        { variantId: s, remove: true },
        { optionValues: ['S'], sku: 'new', position: 0 },
        { optionValues: ['XL'] },
      ],
    });
    const variants = await variantsOf(productId!);
    expect(variants.map(({ values, sku }) => [values, sku])).toEqual([
      [['S'], 'new'],
      [['M'], 'moved-m'],
      [['XL'], null],
    ]);
    expect(variants[0]!.id).not.toBe(s);
    expect(variants[1]!.id).toBe(m);
    expect(await refused({ productId: productId!, variants: [{ optionValues: ['XL'] }] })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_VARIANT',
      message: 'The variant XL occurs twice.',
      path: ['input', 'variants', '0', 'optionValues'],
    });
    expect(await refused({ productId: productId!, variants: [{ variantId: s, sku: 'gone' }] })).toMatchObject({
      message: `The product has no variant with the id ${s}.`,
    });
    expect(
      await refused({ productId: productId!, variants: variants.map(({ id }) => ({ variantId: id, remove: true })) }),
    ).toMatchObject({
      message: 'A product has at least one variant.',
    });
  });

  it('keeps a variant that is a component, and dissolves a bundle that is removed', async () => {
    const [part, bundle] = [await make('part'), await make('bundle')];
    await setVariantComponents(db, {
      variantId: bundle.variantIds[0]!,
      components: [{ variantId: part.variantIds[0]!, quantity: 1 }],
    });
    expect(
      await refused({ productId: part.productId!, variants: [{ variantId: part.variantIds[0]!, remove: true }] }),
    ).toMatchObject({
      __typename: 'InvalidInput',
      message: 'The variant S is a component of a bundle and would be removed: change the bundle first.',
    });
    await updateProduct(db, {
      productId: bundle.productId!,
      variants: [{ variantId: bundle.variantIds[0]!, remove: true }],
    });
    const [told] = await db.sql<{ payload: unknown }[]>`
      select payload from products.outbox where key = ${bundle.variantIds[0]!} order by seq desc limit 1`;
    expect(told!.payload).toEqual({ variantId: bundle.variantIds[0], revision: 2, components: [] });
  });
});

describe('updateProduct: media', () => {
  it('keeps what is not given of an image, and no variant or channel shows one that is gone', async () => {
    const [one, two] = ['https://img.example/1.jpg', 'https://img.example/2.jpg'];
    const productId = await begin(db, {
      handle: 'pictured',
      title: 'Pictured',
      media: [{ url: one, altText: 'One', role: 'SWATCH' }, { url: two }],
      variants: [{ imageUrl: two }],
      channelMedia: [{ channel: 'web', urls: [two, one] }],
    });
    await updateProduct(db, { productId, media: [{ url: one }] });
    const [row] = await db.sql`
      select (select jsonb_agg(jsonb_build_array(url, alt_text, role)) from products.media m where m.product_id = p.product_id) as media,
        (select media_id from products.variants v where v.product_id = p.product_id) as shown,
        (select count(*)::int from products.channel_media o where o.product_id = p.product_id) as "ofWeb"
      from products.products p where p.product_id = ${productId}`;
    expect(row).toEqual({ media: [[one, 'One', 'SWATCH']], shown: null, ofWeb: 1 });
    expect(await refused({ productId, channelMedia: [{ channel: 'web', urls: [two] }] })).toMatchObject({
      code: 'INVALID_MEDIA',
      path: ['input', 'channelMedia', '0', 'urls', '0'],
    });
    expect(
      await refused({ productId, variants: [{ variantId: (await variantsOf(productId))[0]!.id, imageUrl: two }] }),
    ).toMatchObject({
      path: ['input', 'variants', '0', 'imageUrl'],
    });
  });
});

describe('updateProduct: texts, references, feeds and status', () => {
  it('replaces the texts that are named, removes those of four nulls, and leaves the others', async () => {
    const { productId } = await make('worded');
    await updateProduct(db, {
      productId: productId!,
      texts: [
        { locale: 'DE-at', title: 'Eins' },
        { channel: 'web', locale: 'de', title: 'Zwei', descriptionHtml: '<p>x</p>' },
      ],
    });
    await updateProduct(db, { productId: productId!, texts: [{ channel: 'web', locale: 'de', seoTitle: 'Zwei' }] });
    expect(await textsOf(productId!)).toEqual([
      { channel: '', locale: 'de-AT', title: 'Eins', html: null },
      { channel: 'web', locale: 'de', title: null, html: null },
    ]);
    await updateProduct(db, { productId: productId!, texts: [{ locale: 'de-AT' }, { channel: 'web', locale: 'de' }] });
    expect(await textsOf(productId!)).toEqual([]);
  });

  it('sanitises every text that is HTML, and cleans every other, whoever sent it', async () => {
    const evil = '<p onclick="x()">ok<script>x</script><img src="javascript:x"></p>\u0000';
    const productId = await begin(db, {
      handle: 'hostile',
      title: 'a\u0000b\ud800',
      descriptionHtml: evil,
      productType: 'Jacket',
      attributes: [{ code: 'care', value: evil }],
      texts: [{ channel: 'web', locale: 'de', title: ' \u0000t ', descriptionHtml: evil }],
      options: [{ name: '__proto__', words: [{ locale: 'de', text: 'constructor' }] }],
      variants: [{ optionValues: ['constructor'] }],
      externalReferences: [{ source: '__proto__', id: 'x' }],
    });
    const clean = '<p>ok<img /></p>';
    const [row] =
      await db.sql`select title, description_html as html, external_references as refs from products.products where product_id = ${productId}`;
    expect(row).toEqual({ title: 'a b\ufffd', html: clean, refs: JSON.parse('{"__proto__":"x"}') as unknown });
    expect(await textsOf(productId)).toEqual([{ channel: 'web', locale: 'de', title: 't', html: clean }]);
    const { attributes, optionWords } = await columnsOf(productId);
    expect(attributes).toEqual({ care: clean });
    expect(optionWords).toEqual({ de: JSON.parse('{"__proto__":"constructor"}') as unknown });
    expect(
      await updateProduct(db, { productId, descriptionHtml: evil, attributes: [{ code: 'care', value: evil }] }),
    ).toMatchObject({ __typename: 'ProductUpdated' });
    expect((await columnsOf(productId)).version).toBe(1);
  });

  it('refuses what is too large or is none of the values that there are, and names the place', async () => {
    const productId = await begin(db, { handle: 'bounded', title: 'Bounded', productType: 'Jacket' });
    const cases: [Partial<ProductChange>, string[]][] = [
      [{ attributes: [{ code: 'care', value: 'x'.repeat(200_000) }] }, ['attributes', '0']],
      [{ attributes: [{ code: 'colour', value: 'red' }] }, ['attributes', '0']],
      [{ attributes: [{ code: 'weight', value: '1' }] }, ['attributes', '0']],
      [
        {
          attributes: [
            { code: 'weight', value: 1, unit: 'kg' },
            { code: 'matches', value: [newId()] },
          ],
        },
        ['attributes', '1', 'value'],
      ],
      [{ attributes: Array.from({ length: 1_001 }, () => ({ code: 'care', value: null })) }, ['attributes', '1000']],
      [{ texts: Array.from({ length: 201 }, () => ({ locale: 'de', title: 'x' })) }, ['texts']],
      [{ texts: [{ locale: 'x'.repeat(1_000) }] }, ['texts', '0', 'locale']],
      [{ texts: [{ title: 'x' }] }, ['texts', '0']],
      [{ texts: [{ channel: '\u0000', title: 'x' }] }, ['texts', '0', 'channel']],
      [
        {
          externalReferences: [
            { source: 'a', id: '1' },
            { source: ' a', id: '2' },
          ],
        },
        ['externalReferences', '1', 'source'],
      ],
      [{ taxCategory: 'two words' }, ['taxCategory']],
      [{ feedFields: { customLabels: ['', '', '', '', '', ''] } }, ['feedFields', 'customLabels']],
      [{ categoryIds: Array.from({ length: 21 }, newId) }, ['categoryIds']],
      [{ categoryIds: ['__proto__'] }, ['categoryIds', '0']],
      [{ media: [{ url: 'javascript:x' }] }, ['media', '0', 'url']],
      [
        {
          options: [
            {
              name: 'A',
              words: [
                { locale: 'de', text: 'a' },
                { locale: 'DE', text: 'b' },
              ],
            },
          ],
        },
        ['options', '0', 'words', '1'],
      ],
      [{ handle: 'Not A Handle' }, ['handle']],
    ];
    for (const [wrong, path] of cases)
      expect(await refused({ productId, ...wrong })).toMatchObject({
        __typename: 'InvalidInput',
        path: ['input', ...path],
      });
  });

  it('lays feed fields over those that are there', async () => {
    const { productId } = await make('fed');
    await updateProduct(db, {
      productId: productId!,
      feedFields: { gender: 'male', ageGroup: 'adult', customProduct: true },
    });
    await updateProduct(db, { productId: productId!, feedFields: { gender: null, mpn: 'M-1' } });
    expect((await columnsOf(productId!)).feedFields).toEqual({ ageGroup: 'adult', customProduct: true, mpn: 'M-1' });
    await updateProduct(db, { productId: productId!, feedFields: null });
    expect((await columnsOf(productId!)).feedFields).toEqual({});
  });

  it('hides a product that is no draft any more but archived, and shows it again', async () => {
    const { productId } = await make('retiring');
    expect(await liveIn(productId!)).toEqual(['web']);
    await updateProduct(db, { productId: productId!, status: 'ARCHIVED' });
    expect(await liveIn(productId!)).toEqual([]);
    await updateProduct(db, { productId: productId!, status: 'ACTIVE' });
    expect(await liveIn(productId!)).toEqual(['web']);
  });

  it('lets a draft be incomplete, and no product that is active', async () => {
    const productId = await begin(db, { handle: 'incomplete', title: 'Incomplete', productType: 'Jacket' });
    expect(await refused({ productId, status: 'ACTIVE' })).toMatchObject({
      code: 'INVALID_ATTRIBUTE',
      message: 'The attribute "season" is required.',
    });
    await updateProduct(db, { productId, status: 'ACTIVE', attributes: [{ code: 'season', value: 'summer' }] });
    expect(await refused({ productId, attributes: [{ code: 'season', value: null }] })).toMatchObject({
      code: 'INVALID_ATTRIBUTE',
    });
  });

  it('answers HandleTaken to a handle of another product, and changes nothing else', async () => {
    const [{ productId }] = [await make('mine'), await make('theirs')];
    expect(await refused({ productId: productId!, title: 'New', handle: 'theirs' })).toMatchObject({
      __typename: 'HandleTaken',
    });
    expect(await updateProduct(db, { productId: productId!, handle: 'mine-2' })).toMatchObject({
      __typename: 'ProductUpdated',
    });
    expect([...(await db.sql`select handle from products.products where product_id = ${productId}`)]).toEqual([
      { handle: 'mine-2' },
    ]);
  });

  it('counts no version and tells nobody when everything is so already', async () => {
    const productId = await begin(db, {
      handle: 'unchanged',
      title: 'Unchanged',
      productType: 'Jacket',
      attributes: [
        { code: 'material', value: 'a', locale: 'fr' },
        { code: 'material', value: 'b' },
        { code: 'care', value: 'c' },
      ],
      texts: [{ channel: 'web', locale: 'de', title: 'T' }],
      options: [
        {
          name: 'Size',
          words: [
            { locale: 'fr', text: 'Taille' },
            { locale: 'de', text: 'Größe' },
          ],
        },
      ],
      variants: [{ optionValues: ['S'], attributes: [{ code: 'fit', value: 'slim' }] }],
      media: [
        {
          url: 'https://img.example/u.jpg',
          altTexts: [
            { locale: 'fr', text: 'x' },
            { locale: 'de', text: 'y' },
          ],
        },
      ],
    });
    const before = await traceOf(db, productId);
    const { id } = (await variantsOf(productId))[0]!;
    await updateProduct(db, {
      productId,
      title: ' Unchanged',
      attributes: [
        { code: 'care', value: 'c' },
        { code: 'material', value: 'a', locale: 'fr' },
        { code: 'weight', value: null },
      ],
      texts: [{ channel: 'web', locale: 'de', title: 'T' }],
      options: [
        {
          name: 'Size',
          words: [
            { locale: 'de', text: 'Größe' },
            { locale: 'fr', text: 'Taille' },
          ],
        },
      ],
      variants: [{ variantId: id, optionValues: ['S'], position: 0, attributes: [{ code: 'fit', value: 'slim' }] }],
      media: [
        {
          url: 'https://img.example/u.jpg',
          altTexts: [
            { locale: 'de', text: 'y' },
            { locale: 'fr', text: 'x' },
          ],
        },
      ],
      relations: [{ kind: 'ACCESSORY', productIds: [] }],
      categoryIds: [],
    });
    expect(await traceOf(db, productId)).toEqual(before);
  });

  it('leaves nothing written of a change that is refused at its very end', async () => {
    const { productId } = await make('late');
    expect(
      await refused({
        productId: productId!,
        title: 'New',
        variants: [{ optionValues: ['XL'] }],
        media: [],
        texts: [{ locale: 'de', title: 'Neu' }],
        relations: [{ kind: 'SUCCESSOR', productIds: [productId!] }],
      }),
    ).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'relations', '0'],
      message: 'A product cannot lead to itself.',
    });
  });
});

describe('successors', () => {
  const follow = (productId: string, successor: string) =>
    updateProduct(db, { productId, relations: [{ kind: 'SUCCESSOR', productIds: [successor] }] });

  it('are at most one, and never lead back', async () => {
    const [a, b, c] = (await Promise.all(['suc-a', 'suc-b', 'suc-c'].map(make))).map(({ productId }) => productId!) as [
      string,
      string,
      string,
    ];
    expect(await follow(a, b)).toMatchObject({ __typename: 'ProductUpdated' });
    expect(await follow(b, c)).toMatchObject({ __typename: 'ProductUpdated' });
    expect(await refused({ productId: c, relations: [{ kind: 'SUCCESSOR', productIds: [a] }] })).toMatchObject({
      code: 'INVALID_RELATION',
    });
    expect(await refused({ productId: c, relations: [{ kind: 'SUCCESSOR', productIds: [a, b] }] })).toMatchObject({
      code: 'INVALID_RELATION',
    });
    // The way back is free when it is opened in the same breath.
    await updateProduct(db, { productId: a, relations: [{ kind: 'SUCCESSOR', productIds: [] }] });
    expect(await follow(c, a)).toMatchObject({ __typename: 'ProductUpdated' });
  });

  it('lead nobody in a circle when two products want each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = (await Promise.all([`circle-a${round}`, `circle-b${round}`].map(make))).map(
        ({ productId }) => productId!,
      ) as [string, string];
      const answers = await Promise.all([follow(a, b), follow(b, a)]);
      expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['InvalidInput', 'ProductUpdated']);
    }
  });

  it('lead nobody in a circle within one import either', async () => {
    const results = await upsertProducts(
      db,
      [
        product('ring-a', { relations: [{ kind: 'SUCCESSOR', handles: ['ring-b'] }] }),
        product('ring-b', { relations: [{ kind: 'SUCCESSOR', handles: ['ring-a'] }] }),
        product('ring-c', { relations: [{ kind: 'ACCESSORY', handles: ['belt', 'ring-d'] }] }),
        product('ring-d'),
      ],
      [],
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['REJECTED', 'REJECTED', 'CREATED', 'CREATED']);
  });
});

describe('two editors', () => {
  it('learn both sides of exactly the fields that both change', async () => {
    const productId = await begin(db, {
      handle: 'edited',
      title: 'Base',
      productType: 'Jacket',
      vendor: 'Kontor',
      attributes: [{ code: 'material', value: 'Wool' }],
      options: [{ name: 'Size' }],
      variants: [{ optionValues: ['S'], sku: 'old' }, { optionValues: ['M'] }],
    });
    const [s] = await variantsOf(productId);
    await updateProduct(
      db,
      {
        productId,
        expectedVersion: 1,
        title: 'By Anna',
        vendor: 'Annas',
        attributes: [
          { code: 'material', value: 'Cotton' },
          { code: 'material', value: 'Baumwolle', locale: 'de' },
        ],
        variants: [{ variantId: s!.id, sku: 'anna' }],
        texts: [{ channel: 'web', locale: 'de', title: 'Von Anna' }],
      },
      ANNA,
    );
    const before = await traceOf(db, productId);
    const answer = await updateProduct(
      db,
      {
        productId,
        expectedVersion: 1,
        title: 'By Ben',
        tags: ['ben'],
        attributes: [
          { code: 'material', value: 'Linen' },
          { code: 'material', value: 'Baumwolle', locale: 'de' },
        ],
        variants: [{ variantId: s!.id, sku: 'ben', barcode: '1' }],
        texts: [{ channel: 'web', locale: 'de', title: 'Von Ben' }],
      },
      BEN,
    );
    expect(await traceOf(db, productId)).toEqual(before);
    const by = { changedAt: expect.any(String) as string, changedBy: 'anna' };
    expect(answer).toMatchObject({
      __typename: 'ProductConflict',
      code: 'PRODUCT_CONFLICT',
      currentVersion: 2,
      productId,
      fields: [
        { field: 'attributes.material', base: 'Wool', current: 'Cotton', yours: 'Linen', ...by },
        { field: 'texts.web.de.title', base: null, current: 'Von Anna', yours: 'Von Ben', ...by },
        { field: 'title', base: 'Base', current: 'By Anna', yours: 'By Ben', ...by },
        { field: `variants.${s!.id}.sku`, base: 'old', current: 'anna', yours: 'ben', ...by },
      ],
    });
    if (answer.__typename === 'ProductConflict') expect(answer.fields).toHaveLength(4);
  });

  it('are told who changed a field last, however much else changed since', async () => {
    const { productId } = await make('busy');
    await updateProduct(db, { productId: productId!, title: 'One' }, ANNA);
    await updateProduct(db, { productId: productId!, title: 'Two' }, BEN);
    await updateProduct(db, { productId: productId!, vendor: 'Other' }, ANNA);
    expect(
      await updateProduct(db, { productId: productId!, expectedVersion: 1, title: 'Mine', tags: ['x'] }),
    ).toMatchObject({
      currentVersion: 4,
      fields: [{ field: 'title', base: 'busy', current: 'Two', yours: 'Mine', changedBy: 'ben' }],
    });
  });

  it('have nothing to decide when they changed different fields, or made the same change', async () => {
    const { productId } = await make('apart');
    await updateProduct(db, { productId: productId!, title: 'New', vendor: 'Same' });
    const answer = await updateProduct(db, { productId: productId!, expectedVersion: 1, tags: ['x'], vendor: 'Same' });
    expect(answer).toMatchObject({
      __typename: 'ProductConflict',
      fields: [],
      message: expect.stringContaining('Nobody changed') as string,
    });
  });

  it('see all fields of theirs without a base when the version that they saw is not kept any more', async () => {
    const { productId } = await make('forgotten');
    await updateProduct(db, { productId: productId!, title: 'New' });
    await db.sql`delete from products.product_revisions where product_id = ${productId} and version = 1`;
    expect(
      await updateProduct(db, { productId: productId!, expectedVersion: 1, title: 'Mine', tags: ['x'] }),
    ).toMatchObject({
      fields: [
        { field: 'tags', base: null, current: [], yours: ['x'], changedAt: null, changedBy: null },
        { field: 'title', base: null, current: 'New', yours: 'Mine', changedAt: null },
      ],
    });
  });

  it('learn that their change does not fit any more when the variant is gone', async () => {
    const { productId, variantIds } = await make('parted');
    await updateProduct(db, { productId: productId!, variants: [{ variantId: variantIds[0]!, remove: true }] });
    expect(
      await updateProduct(db, {
        productId: productId!,
        expectedVersion: 1,
        variants: [{ variantId: variantIds[0]!, sku: 'x' }],
      }),
    ).toMatchObject({
      __typename: 'ProductConflict',
      fields: [],
      message: expect.stringContaining('has no variant with the id') as string,
    });
  });
});

describe('upsertProducts with sections', () => {
  it('leaves everything as it is that an import does not have', async () => {
    const category = await makeCategory(db, 'kept-category');
    await make('kept-other');
    const full = product('kept-all', {
      productType: 'Jacket',
      status: 'ACTIVE',
      taxCategory: 'reduced',
      isGiftCard: true,
      attributes: [{ code: 'season', value: 'winter' }],
      categoryIds: [category],
      externalReferences: [{ source: 'erp', id: '1' }],
      feedFields: { gender: 'male' },
      optionWords: [
        { word: 'Size', words: [{ locale: 'de', text: 'Größe' }] },
        { word: 'unused', words: [{ locale: 'de', text: 'x' }] },
      ],
      texts: [{ locale: 'de', title: 'Alles' }],
      channelMedia: [{ channel: 'web', urls: ['https://img.example/kept-all.jpg'] }],
      relations: [{ kind: 'CROSS_SELL', handles: ['kept-other'] }],
      variants: [
        variant('S', {
          taxCategory: 'zero',
          requiresShipping: false,
          externalReference: 'v1',
          externalReferences: [{ source: 'erp', id: '2' }],
          attributes: [{ code: 'fit', value: 'slim' }],
          feedFields: { mpn: 'x' },
        }),
        variant('M'),
      ],
      media: [{ url: 'https://img.example/kept-all.jpg', role: 'SWATCH', altTexts: [{ locale: 'de', text: 'Bild' }] }],
    });
    const [made] = await upsertProducts(db, [full], ['web']);
    expect(made!.outcome).toBe('CREATED');
    const before = await traceOf(db, made!.productId!);
    expect(before).toMatchObject({
      product: { option_words: { de: { Size: 'Größe' } }, version: 1 },
      relations: [{ kind: 'CROSS_SELL' }],
    });
    expect((await upsertProducts(db, [full], ['web']))[0]!.outcome).toBe('UNCHANGED');
    const bare = product('kept-all', { productType: 'Jacket', variants: [variant('S'), variant('M')] });
    expect((await upsertProducts(db, [bare], ['web']))[0]!.outcome).toBe('UNCHANGED');
    expect(await traceOf(db, made!.productId!)).toEqual(before);
    const [changed] = await upsertProducts(
      db,
      [{ ...bare, texts: [{ locale: 'fr', title: 'Tout' }], categoryIds: null }],
      ['web'],
    );
    expect(changed!.outcome).toBe('UPDATED');
    expect(await traceOf(db, made!.productId!)).toMatchObject({
      categories: null,
      texts: [{ locale: 'de' }, { locale: 'fr' }],
      product: { version: 2, tax_category: 'reduced' },
    });
  });

  it('rejects what refers to what is not there, keeps the rest, and leaves the handle free', async () => {
    const results = await upsertProducts(
      db,
      [
        product('ok-row'),
        product('no-category', { categoryIds: [newId()] }),
        product('no-relation', { relations: [{ kind: 'ACCESSORY', handles: ['nobody-has-this'] }] }),
        product('no-channel', { texts: [{ channel: 'moon', title: 'x' }] }),
        product('no-season', { productType: 'Jacket' }),
        product('no-fit', {
          productType: 'Jacket',
          status: 'DRAFT',
          variants: [variant('S', { attributes: [{ code: 'fit', value: 7 }] })],
        }),
      ],
      ['web'],
    );
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['CREATED', null],
      ['REJECTED', expect.stringMatching(/^There is no category with the id /)],
      ['REJECTED', 'There is no product "nobody-has-this".'],
      ['REJECTED', 'There is no channel "moon".'],
      ['REJECTED', 'The attribute "season" is required.'],
      ['REJECTED', 'The variant S: The attribute "fit" takes a text.'],
    ]);
    expect([...(await db.sql`select handle from products.products where handle like 'no-%'`)]).toEqual([]);
    expect((await upsertProducts(db, [product('no-category')], ['web']))[0]!.outcome).toBe('CREATED');
  });

  it('sends as many statements for 100 products with all sections as for 2', async () => {
    const category = await makeCategory(db, 'counted');
    const statements: string[] = [];
    const counted = test.open('products', { onQuery: (query) => statements.push(query), max: 1 });
    await counted.sql`select 1`;
    const rows = (size: number, prefix: string, title: string) =>
      Array.from({ length: size }, (_, index) =>
        product(`${prefix}-${index}`, {
          title,
          productType: 'Jacket',
          attributes: [{ code: 'season', value: 'winter' }],
          categoryIds: [category],
          texts: [{ channel: 'web', locale: 'de', title }],
          channelMedia: [{ channel: 'web', urls: [`https://img.example/${prefix}-${index}.jpg`] }],
          relations: [{ kind: 'SUCCESSOR', handles: ['belt'] }],
        }),
      );
    const count = async (size: number, prefix: string, title: string) => {
      statements.length = 0;
      const results = await upsertProducts(counted, rows(size, prefix, title), ['web']);
      expect(new Set(results.map(({ reason }) => reason))).toEqual(new Set([null]));
      return statements.length;
    };
    // Values of facets that nothing has had before are given their numbers by two statements more.
    for (const title of ['One', 'Two']) await count(2, 'first', title);
    const [made, changed] = [await count(2, 'few', 'One'), await count(2, 'few', 'Two')];
    expect(await count(100, 'many', 'One')).toBe(made);
    expect(await count(100, 'many', 'Two')).toBe(changed);
  });

  it('races with an edit of the same products without a deadlock, and loses nothing', async () => {
    const handles = Array.from({ length: 10 }, (_, index) => `crossed-${index}`);
    const made = await upsertProducts(
      db,
      handles.map((handle) => product(handle)),
      ['web'],
    );
    const answers = await Promise.all([
      upsertProducts(
        db,
        handles.toReversed().map((handle) => product(handle, { title: 'Imported' })),
        ['web'],
      ),
      ...made.map(({ productId }) =>
        updateProduct(db, { productId: productId!, texts: [{ locale: 'de', title: 'Bearbeitet' }] }),
      ),
      upsertProducts(
        db,
        handles.map((handle) => product(handle, { vendor: 'Imported' })),
        ['pos'],
      ),
    ]);
    expect(answers.flat().every((answer) => !('outcome' in answer) || answer.outcome === 'UPDATED')).toBe(true);
    const [row] = await db.sql`
      select count(*)::int as texts, min(p.version) as version from products.product_texts t join products.products p using (product_id) where p.handle like 'crossed-%'`;
    expect(row).toEqual({ texts: 10, version: 4 });
  });
});
