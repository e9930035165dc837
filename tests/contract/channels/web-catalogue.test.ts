import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/web/src/app.ts';
import { product, products, startChannel, variant, type Channel } from './channel.ts';

let web: Channel;
afterEach(() => web.stop());
const start = async (root: Record<string, unknown>) => (web = await startChannel('web', createApp, root));
const asked: unknown[] = [];
/** Answers, and keeps what it was asked with. */
const note = (answer: unknown) => (args: unknown) => (asked.push(args), answer);
const variablesOf = (call: number) => web.router.calls[call]!.request.variables;

const category = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  handle: `${id}-ä`,
  name: ({ locale }: { locale?: string }) => `${id} in ${locale ?? 'our language'}`,
  ...changes,
});
const linkOf = (id: string, locale: string) => ({
  name: `${id} in ${locale}`,
  canonicalPath: `/categories/${id}-%C3%A4`,
});
const LINK = '{ name canonicalPath }';
const facet = (changes: object) => ({
  facet: 'ATTRIBUTE',
  attribute: 'material',
  value: 'wool',
  label: 'Wolle',
  count: 3,
  isApproximate: true,
  ...changes,
});

describe('lists', () => {
  const WHOLE = `products { totalCount facets { facet attribute value label count isApproximate } priceRange { currency minMinor maxMinor }
    freshness { asOf pricesExact countsExact } }`;

  it('are narrowed and sorted as the shared graph does it, and tell how old and exact they are', async () => {
    asked.length = 0;
    const facets = [facet({}), facet({ facet: 'CATEGORY', attribute: null, value: 'c7', label: 'Jacken' })];
    await start({ productSearch: note({ ...products(product()), facets }) });
    const filters = [
      { facet: 'PRICE', from: 1_000, to: 20_000 },
      { facet: 'OPTION', attribute: 'Size', values: ['M', 'L'] },
      { facet: 'AVAILABILITY', values: ['IN_STOCK'] },
    ];
    const { searchPage } = await ask<{ searchPage: object }>(
      web.url,
      `query ($filters: [FacetFilter!]) { searchPage(query: "", filters: $filters, sort: PRICE_ASC, locale: "de", currency: "CHF") { cacheTags ${WHOLE} } }`,
      { filters },
    );
    expect(searchPage).toEqual({
      cacheTags: ['product:p1', 'prices:base-eur', 'category:c7'],
      products: {
        totalCount: 1,
        facets,
        priceRange: { currency: 'EUR', minMinor: 1_990, maxMinor: 11_900 },
        freshness: { asOf: '2026-01-31T12:00:00.000Z', pricesExact: true, countsExact: true },
      },
    });
    expect(asked).toEqual([
      {
        query: '',
        first: 24,
        filters: [{ ...filters[0], values: [] }, filters[1], filters[2]],
        sort: 'PRICE_ASC',
        locale: 'de',
        currency: 'CHF',
      },
    ]);
    expect(web.router.calls).toHaveLength(1);
  });

  it('ask for the range of prices, the age and the exactness only for those who read them', async () => {
    await start({ productSearch: products(product()) });
    await ask(web.url, '{ searchPage(query: "") { products { edges { cursor } } } }');
    await ask(web.url, '{ searchPage(query: "") { products { freshness { pricesExact } priceRange { minMinor } } } }');
    await ask(web.url, `{ searchPage(query: "") { ${WHOLE} } }`);
    const off = { priceRange: false, freshness: false, asOf: false, countsExact: false };
    expect([variablesOf(0), variablesOf(1), variablesOf(2)]).toMatchObject([
      off,
      { ...off, priceRange: true, freshness: true },
      { priceRange: true, freshness: true, asOf: true, countsExact: true },
    ]);
  });

  it('of a collection are told in a language, with what search engines are told when it is read', async () => {
    const collectionByHandle = {
      id: 'c1',
      handle: 'neu',
      title: ({ locale }: { locale: string }) => (locale === 'de' ? 'Neu' : 'New'),
      descriptionHtml: '',
      seo: { title: 'Neues', description: 'Alles Neue.' },
      products: products(product()),
    };
    await start({ collectionByHandle });
    const query = '{ collectionPage(handle: "neu", locale: "de") { title seo { title description canonicalPath } } }';
    expect(await ask(web.url, query)).toEqual({
      collectionPage: {
        title: 'Neu',
        seo: { title: 'Neues', description: 'Alles Neue.', canonicalPath: '/collections/neu' },
      },
    });
    await ask(web.url, '{ collectionPage(handle: "neu") { title } }');
    expect([variablesOf(0), variablesOf(1)]).toMatchObject([{ seo: true }, { seo: false }]);
  });
});

describe('categories', () => {
  it('open with what is above, below and in them, in one operation', async () => {
    asked.length = 0;
    const page = category('jackets', {
      ancestors: [category('clothing')],
      children: [category('parkas')],
      products: note(products(product())),
    });
    await start({ categoryByHandle: ({ handle }: { handle: string }) => (handle === 'jackets' ? page : null) });
    const query = `query ($handle: String!) { categoryPage(handle: $handle, first: 3, sort: POPULARITY, locale: "de") {
      category ${LINK} ancestors ${LINK} children ${LINK} products { edges { node { handle } } } cacheTags } }`;
    expect(await ask(web.url, query, { handle: 'jackets' })).toEqual({
      categoryPage: {
        category: linkOf('jackets', 'de'),
        ancestors: [linkOf('clothing', 'de')],
        children: [linkOf('parkas', 'de')],
        products: { edges: [{ node: { handle: 'parka' } }] },
        cacheTags: ['category:jackets', 'category:clothing', 'category:parkas', 'product:p1', 'prices:base-eur'],
      },
    });
    expect(asked).toEqual([{ first: 3, sort: 'POPULARITY', locale: 'de' }]);
    expect(await ask(web.url, query, { handle: 'nothing' })).toEqual({ categoryPage: null });
    expect(web.router.calls).toHaveLength(2);
  });

  it('ask for no products and no neighbours that nobody reads', async () => {
    const unread = () => {
      throw new Error('nobody reads this');
    };
    const parts = { ancestors: unread, children: unread, products: unread };
    await start({ categoryByHandle: category('jackets', parts) });
    expect(await ask(web.url, '{ categoryPage(handle: "jackets") { category { id } cacheTags } }')).toEqual({
      categoryPage: { category: { id: 'jackets' }, cacheTags: ['category:jackets'] },
    });
  });

  it('come as a tree, from its roots or from below a category', async () => {
    asked.length = 0;
    const node = category('clothing', { children: [category('jackets')] });
    await start({ categories: note({ edges: [{ cursor: 'cursor-0', node }] }) });
    expect(await ask(web.url, `{ categoryTree(locale: "fr") { id name canonicalPath children ${LINK} } }`)).toEqual({
      categoryTree: [{ id: 'clothing', ...linkOf('clothing', 'fr'), children: [linkOf('jackets', 'fr')] }],
    });
    await ask(web.url, '{ categoryTree(parentId: "c1", first: 5) { id } }');
    expect(asked).toEqual([{ first: 50 }, { parentId: 'c1', first: 5 }]);
    expect([variablesOf(0), variablesOf(1)]).toMatchObject([{ children: true }, { children: false }]);
  });
});

it('suggests titles while somebody types', async () => {
  asked.length = 0;
  await start({ searchSuggestions: note([{ text: 'Parka', product: product() }]) });
  const query = '{ searchSuggestions(query: "par", locale: "de", first: 3) { text product { id handle title } } }';
  expect(await ask(web.url, query)).toEqual({
    searchSuggestions: [{ text: 'Parka', product: { id: 'p1', handle: 'parka', title: 'Parka' } }],
  });
  expect(asked).toEqual([{ query: 'par', locale: 'de', first: 3 }]);
});

describe('the page of a product', () => {
  const attribute = {
    code: 'fits',
    label: 'Passt zu',
    kind: 'REFERENCE',
    text: 'Parka',
    value: 'p1',
    unit: null,
    references: [product()],
  };
  const related = (id: string) => product({ id, handle: id, variants: [variant(`v-${id}`)] });
  const details = () =>
    product({
      title: ({ locale }: { locale: string }) => `Parka (${locale})`,
      attributes: [attribute],
      category: category('jackets', { ancestors: [category('clothing')] }),
      media: [
        { url: 'https://images.example/care.pdf', altText: null, role: 'MANUAL' },
        { url: 'https://images.example/1.jpg', altText: 'Vorn', role: 'GALLERY' },
      ],
      relations: ({ kind }: { kind: string }) => [related(kind.toLowerCase())],
      recommendations: [{ reason: 'BOUGHT_TOGETHER', product: related('bought') }],
      variants: [variant('v1', { attributes: [{ ...attribute, code: 'length', references: [] }] })],
    });

  it('tells attributes, the way to the category, media by what they are for, and what else to look at', async () => {
    await start({ productByHandle: details() });
    const card = '{ handle image { url } variants { id price { gross { minorUnits } } } }';
    const { productPage } = await ask<{ productPage: object }>(
      web.url,
      `{ productPage(handle: "parka", locale: "de") { title attributes { code label kind text value unit products { handle } } breadcrumbs ${LINK} cacheTags
        gallery { url } media { url role } manuals: media(role: MANUAL) { url } variants { attributes { code products { handle } } }
        accessories ${card} crossSells { handle } successor { handle } recommendations { reason product ${card} } } }`,
    );
    const shown = (handle: string) => ({
      handle,
      image: { url: 'https://images.example/1.jpg' },
      variants: [{ id: `v-${handle}`, price: { gross: { minorUnits: 11_900 } } }],
    });
    const { references: _, ...told } = attribute;
    expect(productPage).toEqual({
      title: 'Parka (de)',
      attributes: [{ ...told, products: [{ handle: 'parka' }] }],
      breadcrumbs: [linkOf('clothing', 'de'), linkOf('jackets', 'de')],
      gallery: [{ url: 'https://images.example/1.jpg' }],
      media: [
        { url: 'https://images.example/care.pdf', role: 'MANUAL' },
        { url: 'https://images.example/1.jpg', role: 'GALLERY' },
      ],
      manuals: [{ url: 'https://images.example/care.pdf' }],
      variants: [{ attributes: [{ code: 'length', products: [] }] }],
      accessories: [shown('accessory')],
      crossSells: [{ handle: 'cross_sell' }],
      successor: { handle: 'successor' },
      recommendations: [{ reason: 'BOUGHT_TOGETHER', product: shown('bought') }],
      cacheTags: [
        'product:p1',
        'product-type:Jacket',
        'collection:c1',
        'category:clothing',
        'category:jackets',
        'product:accessory',
        'product:cross_sell',
        'product:successor',
        'product:bought',
        'prices:base-eur',
      ],
    });
    expect(web.router.calls).toHaveLength(1);
  });

  it('has no successor, no way and no recommendations where there are none', async () => {
    await start({ productByHandle: product({ category: null, relations: [], recommendations: [] }) });
    const query =
      '{ productPage(handle: "parka") { breadcrumbs { id } successor { id } accessories { id } recommendations { reason } } }';
    expect(await ask(web.url, query)).toEqual({
      productPage: { breadcrumbs: [], successor: null, accessories: [], recommendations: [] },
    });
  });

  it('asks for no part that nobody reads', async () => {
    const unread = () => {
      throw new Error('nobody reads this');
    };
    const parts = ['attributes', 'category', 'relations', 'recommendations'];
    const variants = [variant('v1', { attributes: unread })];
    await start({
      productByHandle: product({ ...Object.fromEntries(parts.map((part) => [part, unread])), variants }),
    });
    const { body } = await post(web.url, '{ productPage(handle: "parka") { title variants { id } cacheTags } }');
    expect(body).toEqual({
      data: {
        productPage: {
          title: 'Parka',
          variants: [{ id: 'v1' }],
          cacheTags: ['product:p1', 'product-type:Jacket', 'collection:c1', 'prices:base-eur'],
        },
      },
    });
  });

  it('asks for the images and variants of related products only for those who read them', async () => {
    await start({ productByHandle: details() });
    await ask(web.url, '{ productPage(handle: "parka") { successor { title } attributes { text } } }');
    await ask(web.url, '{ productPage(handle: "parka") { recommendations { product { image { url } } } } }');
    const off = { accessories: false, crossSells: false, references: false, relatedVariants: false };
    expect([variablesOf(0), variablesOf(1)]).toMatchObject([
      { ...off, successor: true, recommendations: false, attributes: true, relatedImages: false },
      { ...off, successor: false, recommendations: true, attributes: false, relatedImages: true },
    ]);
  });
});
