/**
 * Everything that the catalogue takes, made hostile one leaf at a time: ids, cursors, locales, texts, numbers and JSON of every argument. What
 * comes back is null, an answer, or a fault that says what to send instead; never a fault of the service.
 */
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createApp } from '@kontor/products/src/app.ts';
import { NAMED_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import { asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { getNamedType, isObjectType, type GraphQLField } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf } from './fixture/expect-refusal.ts';
import { hostileChanges, unconditional } from './fixture/hostile-values.ts';
import { SCHEMAS } from './idor-coordinates.ts';
import { everythingOf } from './idor-documents.ts';
import type { Json } from './idor-system.ts';

const EDITOR = asStaff(NAMED_SCOPES);

let database: TestDatabase;
let db: Database;
let service: Service;
const ids: Record<string, string> = {};

const execute = (query: string, variables: object): Promise<GraphResult<Json>> =>
  service.graph().execute<Json>({ query, variables: variables as Record<string, unknown> }, EDITOR);

async function command(name: string, input: object, selection: string): Promise<Json> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${selection} ... on UserError { code message } } }`;
  const { data, errors } = await execute(query, { input });
  if (errors) throw new Error(JSON.stringify(errors));
  return data[name];
}

/** An id that nothing has. */
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const localized = [{ locale: 'de', text: 'Wort' }];
const ATTRIBUTES = [
  { code: 'text', kind: 'TEXT', isLocalizable: true, isFilterable: true, isSearchable: true, labels: localized },
  { code: 'number', kind: 'NUMBER', isFilterable: true, minimum: 0, maximum: 100 },
  { code: 'enum', kind: 'ENUM', isList: true, isFilterable: true, options: [{ code: 'a', labels: localized }] },
  { code: 'measure', kind: 'MEASURE', unit: 'g' },
  { code: 'date', kind: 'DATE' },
  { code: 'rich', kind: 'RICH_TEXT', maximumLength: 20_000 },
  { code: 'link', kind: 'REFERENCE', referenceTo: 'PRODUCT' },
  { code: 'own', kind: 'TEXT', scope: 'VARIANT' },
];

beforeAll(async () => {
  database = await createTestDatabase(['products']);
  db = database.open('products', { max: 4 });
  const { products: identity } = await createTestIdentities(['products']);
  service = createApp({ db, identity, bus: createMemoryBus(), logger: silentLogger });
  await service.graph().server.start();
  const channel = { code: 'web', name: 'Web', currencies: ['EUR'], countries: ['DE'], locales: ['en', 'de'] };
  await command('channelSet', { ...channel, locationIds: [] }, '');
  await command('productTypeSet', { name: 'Thing', attributes: ATTRIBUTES }, '');
  const category = async (handle: string) =>
    (await command('categorySet', { handle, name: handle }, '... on CategorySaved { category { id } }')).category.id;
  ids['category'] = await category('things');
  ids['other'] = await category('others');
  ids['spare'] = await category('spares');
  await command('taxonomySet', { code: 'market', name: 'Market' }, '');
  const mappings = [{ categoryId: ids['category'], targetId: '0' }];
  await command('categoryMappingsSet', { taxonomy: 'market', mappings }, '');
  const sizes = { options: [{ name: 'Size' }], variants: [{ optionValues: ['S'] }] };
  for (const handle of ['thing', 'bystander']) {
    const input = {
      handle,
      title: handle,
      productType: 'Thing',
      status: 'ACTIVE',
      categoryIds: [ids['category']],
      ...sizes,
    };
    const made = await command('productCreate', input, '... on ProductCreated { product { id variants { id } } }');
    ids[handle] = made.product.id;
    ids[`${handle}Variant`] = made.product.variants[0].id;
  }
  const shown = { channel: 'web', productIds: [ids['thing'], ids['bystander']], published: true };
  await command('productPublicationSet', shown, '');
  const collection = { handle: 'some', title: 'Some', productIds: [ids['thing']] };
  ids['collection'] = (
    await command('collectionSet', collection, '... on CollectionSaved { collection { id } }')
  ).collection.id;
  await command('productDraftSet', { change: { productId: ids['thing'], title: 'Prepared' } }, '');
  const synonyms = { locale: 'en', words: ['thing', 'object'] };
  ids['synonyms'] = (
    await command('searchSynonymsSet', synonyms, '... on SearchSynonymsSaved { synonyms { id } }')
  ).synonyms.id;
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

/** Arguments that are answered well, by what they are given to. */
const list = () => ({
  ...{ first: 2, after: 'x', sort: 'TITLE', locale: 'de', currency: 'EUR' },
  filters: [{ facet: 'ATTRIBUTE', values: ['a'], attribute: 'text' }],
});
const page = () => ({ first: 2, after: 'x' });

const localizedInput = () => ({ locale: 'de', text: 'Wort' });
const feedFields = () => ({
  ...{
    googleProductCategory: '1',
    gender: 'male',
    ageGroup: 'adult',
    mpn: '1',
    condition: 'new',
    adwordsGrouping: 'a',
  },
  ...{ adwordsLabels: 'a', customProduct: true, customLabels: ['a'] },
});
const reference = () => ({ source: 'erp', id: '1' });
const attribute = (code: string, value: unknown) => ({ code, value });
const texts = () => ({
  ...{ channel: 'web', locale: 'de', title: 'Ding', descriptionHtml: '<p>Ding</p>', seoTitle: 'Ding' },
  seoDescription: 'Ding',
});
const media = () => ({ url: 'https://img.example/a.jpg', altText: 'a', altTexts: [localizedInput()], role: 'GALLERY' });
const variant = () => ({
  ...{ optionValues: ['S'], sku: 's', barcode: 'b', weightGrams: 1, taxCategory: 'reduced', requiresShipping: true },
  ...{ attributes: [attribute('own', 'a')], externalReference: 'v', externalReferences: [reference()] },
  feedFields: feedFields(),
});
const product = () => ({
  ...{ title: 'Thing', descriptionHtml: '<p>a</p>', vendor: 'v', productType: 'Thing', tags: ['t'], status: 'ACTIVE' },
  ...{ seoTitle: 's', seoDescription: 's', taxCategory: 'standard', isGiftCard: false, externalReference: 'p' },
  ...{
    externalReferences: [reference()],
    attributes: [{ ...attribute('text', 'a'), locale: 'de' }],
    categoryIds: [ids['category']],
  },
  ...{ texts: [texts()], channelMedia: [{ channel: 'web', urls: ['https://img.example/a.jpg'] }] },
  ...{ media: [media()], feedFields: feedFields() },
});
const options = () => [
  { name: 'Size', words: [localizedInput()], values: [{ value: 'S', words: [localizedInput()] }] },
];
const relations = () => [{ kind: 'ACCESSORY', productIds: [ids['bystander']] }];
const change = () => ({
  ...{ ...product(), options: options(), relations: relations(), productId: ids['thing'] },
  ...{ handle: 'thing', expectedVersion: 1, variants: [{ ...variant(), variantId: ids['thingVariant'], position: 0 }] },
});
const condition = (field: string, relation: string, values: readonly string[], attribute?: string) => ({
  ...{ field, relation, values, ...(attribute ? { attribute } : {}) },
});
const level = () => ({ code: 'post', name: 'Post', kind: 'DELIVERY', minHours: 1, maxHours: 2 });

const ROOTS: Readonly<Record<string, readonly (() => object)[]>> = {
  product: [() => ({ id: ids['thing'] })],
  productByHandle: [() => ({ handle: 'thing' })],
  products: [() => ({ ids: [ids['thing']] })],
  productByReference: [() => ({ source: 'erp', id: '1' })],
  variantByReference: [() => ({ source: 'erp', id: '1' })],
  productChanges: [() => ({ since: 'x', first: 1 })],
  variant: [() => ({ id: ids['thingVariant'] })],
  variants: [() => ({ ids: [ids['thingVariant']] })],
  variantsBySku: [() => ({ sku: 's' })],
  variantsByBarcode: [() => ({ barcode: 'b' })],
  productSearch: [
    () => ({ ...list(), query: 'thing' }),
    ...[
      { facet: 'OPTION', values: ['S'], attribute: 'Size' },
      { facet: 'TAG', values: ['t'] },
      { facet: 'CATEGORY', values: [NOBODYS] },
      { facet: 'PRICE', values: [], from: 1, to: 2 },
    ].map((filter) => () => ({ query: 'thing', filters: [filter], first: 1 })),
    ...['RELEVANCE', 'NEWEST', 'PRICE_ASC', 'PRICE_DESC', 'POPULARITY'].map((sort) => () => ({
      query: '',
      after: 'x',
      sort,
    })),
    () => ({ query: 'thing', after: 'x', sort: 'RELEVANCE' }),
  ],
  searchSuggestions: [() => ({ query: 'th', locale: 'de', first: 2 })],
  searchSynonyms: [() => ({ ...page(), locale: 'en' })],
  collectionByHandle: [() => ({ handle: 'some' })],
  productTypes: [page],
  productTypeByName: [() => ({ name: 'Thing' })],
  collections: [page],
  category: [() => ({ id: ids['category'] })],
  categoryByHandle: [() => ({ handle: 'things' })],
  categories: [() => ({ ...page(), parentId: ids['category'] })],
  taxonomy: [() => ({ code: 'market' })],
  productListing: [page],
};

const COMMANDS: Readonly<Record<string, readonly (() => object)[]>> = {
  productDraftPublish: [() => ({ productId: ids['thing'], expectedVersion: 1, expectedDraftVersion: 1 })],
  productRestore: [() => ({ productId: ids['thing'], version: 1, expectedVersion: 1 })],
  searchSynonymsSet: [
    () => ({ synonymSetId: ids['synonyms'], locale: 'en', words: ['thing', 'object'], expectedVersion: 1 }),
  ],
  searchSynonymsRemove: [() => ({ synonymSetId: ids['synonyms'], expectedVersion: 9 })],
  productCreate: [
    () => ({ ...product(), handle: 'new', options: options(), relations: relations(), variants: [variant()] }),
  ],
  productUpdate: [
    change,
    ...[
      { ...attribute('measure', 1), unit: 'kg' },
      attribute('text', 'a'),
      attribute('number', 1),
      attribute('enum', ['a']),
      attribute('date', '2026-01-31'),
      attribute('rich', '<p>a</p>'),
    ].map((each) => () => ({ productId: ids['thing'], attributes: [each] })),
    () => ({ productId: ids['thing'], attributes: [attribute('link', ids['bystander'])] }),
  ],
  productsUpsert: [
    () => ({
      publishIn: ['web'],
      products: [
        {
          ...{ ...product(), handle: 'upserted', published: true, optionNames: ['Size'], variants: [variant()] },
          ...{ optionWords: [{ word: 'Size', words: [localizedInput()] }] },
          relations: [{ kind: 'ACCESSORY', handles: ['bystander'] }],
        },
      ],
    }),
  ],
  variantComponentsSet: [
    () => ({
      ...{ variantId: ids['thingVariant'], expectedVersion: 1 },
      components: [{ variantId: ids['bystanderVariant'], quantity: 1 }],
    }),
  ],
  productPublicationSet: [
    () => ({
      ...{ channel: 'web', productIds: [ids['thing']], published: true },
      ...{ startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2030-01-01T00:00:00.000Z' },
    }),
  ],
  productTypeSet: [
    ...ATTRIBUTES.map((each) => () => ({ name: 'Kinds', labels: localized, attributes: [each], expectedVersion: 1 })),
  ],
  categorySet: [
    () => ({
      ...{ id: ids['other'], handle: 'others', name: 'Others', names: localized, parentId: ids['category'] },
      ...{ position: 1, externalReference: 'c', expectedVersion: 1 },
    }),
    () => ({ handle: 'made', name: 'Made', names: localized }),
  ],
  categoryMove: [() => ({ id: ids['other'], parentId: ids['category'], position: 1, expectedVersion: 1 })],
  categoryRemove: [() => ({ id: ids['spare'], expectedVersion: 1 })],
  taxonomySet: [() => ({ code: 'market', name: 'Market' })],
  categoryMappingsSet: [
    () => ({
      ...{ taxonomy: 'market', expectedRevision: 1 },
      mappings: [{ categoryId: ids['category'], targetId: '1', targetPath: 'a > b' }],
    }),
  ],
  productDraftSet: [
    () => ({
      change: { productId: ids['thing'], title: 'Later', attributes: [attribute('text', 'a')] },
      publishAt: '2030-01-01T00:00:00.000Z',
      expectedDraftVersion: 1,
    }),
  ],
  productDraftDiscard: [() => ({ productId: ids['thing'], expectedDraftVersion: 9 })],
  collectionSet: [
    () => ({
      ...{ id: ids['collection'], handle: 'some', title: 'Some', descriptionHtml: 'a', seoTitle: 'a' },
      ...{ seoDescription: 'a', productIds: [ids['thing']], expectedVersion: 1 },
      translations: [{ locale: 'de', title: 'a', descriptionHtml: 'a', seoTitle: 'a', seoDescription: 'a' }],
    }),
    ...[
      condition('VENDOR', 'IS', ['a']),
      condition('TITLE', 'CONTAINS', ['a']),
      condition('TAG', 'IS', ['a']),
      condition('ATTRIBUTE', 'IS', ['a'], 'text'),
      condition('ATTRIBUTE', 'GREATER', ['1'], 'number'),
      condition('ATTRIBUTE', 'LESS', ['2026-01-31'], 'date'),
      condition('CREATED_WITHIN_DAYS', 'IS', ['1']),
      condition('PRICE', 'GREATER', ['1'], 'web/EUR'),
      condition('SELLABLE', 'IS', ['true'], 'web'),
    ].map((each, index) => () => ({
      ...{ handle: `rule-${index}`, title: 'Rule' },
      rule: { match: 'ALL', conditions: [each] },
    })),
    () => ({
      ...{ handle: 'rule-category', title: 'Rule' },
      rule: { match: 'ANY', conditions: [condition('CATEGORY', 'IS', [ids['category']!])] },
    }),
  ],
  collectionRemove: [() => ({ id: ids['collection'], expectedVersion: 9 })],
  channelSet: [
    () => ({
      ...{
        code: 'web',
        name: 'Web',
        currencies: ['EUR'],
        countries: ['DE'],
        locales: ['en', 'de'],
        locationIds: [NOBODYS],
      },
      ...{ serviceLevels: [level()], expectedVersion: 1 },
    }),
  ],
};

/** Fields that take arguments within an object: a question that leads to the object, with what is asked of it. */
const WITHIN: readonly (readonly [type: string, lead: (field: string) => string])[] = [
  ['Product', (field) => `{ productByHandle(handle: "bystander") { ${field} } }`],
  ['ProductVariant', (field) => `{ productByHandle(handle: "bystander") { variants { ${field} } } }`],
  ['Media', (field) => `{ productByHandle(handle: "thing") { media { ${field} } } }`],
  ['Category', (field) => `{ categoryByHandle(handle: "things") { ${field} } }`],
  ['Taxonomy', (field) => `{ taxonomy(code: "market") { ${field} } }`],
  ['Collection', (field) => `{ collectionByHandle(handle: "some") { ${field} } }`],
  ['ProductType', (field) => `{ productTypeByName(name: "Thing") { ${field} } }`],
  ['AttributeDefinition', (field) => `{ productTypeByName(name: "Thing") { attributes { ${field} } } }`],
  ['AttributeOption', (field) => `{ productTypeByName(name: "Thing") { attributes { options { ${field} } } } }`],
];

/** By the name of an argument. */
const GIVEN: Readonly<Record<string, unknown>> = {
  ...{ ...list(), codes: ['text'], kind: 'ACCESSORY', role: 'GALLERY', taxonomy: 'market', revision: 1 },
  includeRetired: true,
};

type Field = GraphQLField<unknown, unknown>;

function documentOf(kind: string, field: Field, within: (field: string) => string = (inner) => `{ ${inner} }`): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = everythingOf(SCHEMAS.products, getNamedType(field.type), 2) ?? '';
  return `${kind}(${declared}) ${within(`${field.name}(${given}) ${selection}`)}`;
}

/** Asks with every leaf of the arguments made hostile. @returns what was answered badly. */
async function tryAll(query: string, field: Field, args: Readonly<Record<string, unknown>>): Promise<string[]> {
  const wrong: string[] = [];
  const well = await execute(
    query,
    unconditional({ ...args, ...(args['input'] ? { input: unconditional(args['input']) } : {}) }),
  );
  const type = String(well.data?.[field.name]?.__typename);
  if (well.errors || /NotFound|InvalidInput|Conflict|HandleTaken/.test(type))
    wrong.push(`as it is: ${JSON.stringify(well).slice(0, 500)}`);
  for (const argument of field.args)
    for (const { where, what, value } of hostileChanges(argument.type, args[argument.name], argument.name)) {
      const { data, errors } = await execute(query, { ...unconditional(args), [argument.name]: value });
      if (errors === undefined && data) continue;
      const codes = codesOf(errors);
      if (codes.length === 0 || codes.some((code) => code !== 'BAD_USER_INPUT'))
        wrong.push(`${where} = ${JSON.stringify(what)?.slice(0, 120)}: ${JSON.stringify(errors).slice(0, 300)}`);
    }
  return wrong;
}

const fieldsOf = (name: string): Readonly<Record<string, Field>> => {
  const type = SCHEMAS.products.getType(name);
  return isObjectType(type) ? type.getFields() : {};
};
const taking = (name: string) =>
  Object.values(fieldsOf(name)).filter((field) => field.args.length > 0 && !field.name.startsWith('_'));

/** What the catalogue holds of a product that nobody names. */
const bystander = () =>
  execute(
    '{ productByHandle(handle: "bystander") { title descriptionHtml version revisions { edges { node { content } } } } }',
    {},
  );

it('has arguments for every field that takes some', () => {
  expect(taking('Query').map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(ROOTS)));
  expect(taking('Query').filter(({ name }) => !(name in ROOTS))).toEqual([]);
  expect(Object.keys(COMMANDS).sort()).toEqual(Object.keys(fieldsOf('Mutation')).sort());
  const objects = Object.keys(SCHEMAS.products.getTypeMap()).filter(
    (name) => !['Query', 'Mutation', 'Subscription'].includes(name),
  );
  expect(objects.filter((name) => !name.startsWith('_') && taking(name).length > 0).sort()).toEqual(
    WITHIN.map(([type]) => type).sort(),
  );
});

describe('a question with hostile arguments', () => {
  it.each(Object.entries(ROOTS))('%s answers, or says what is wrong with them', async (name, given) => {
    const field = fieldsOf('Query')[name]!;
    for (const args of given)
      expect(await tryAll(documentOf('query', field), field, args() as Record<string, unknown>)).toEqual([]);
  });

  const within = WITHIN.flatMap(([type, lead]) =>
    taking(type).map((field) => [`${type}.${field.name}`, field, lead] as const),
  );
  it.each(within)('%s answers, or says what is wrong with them', async (_, field, lead) => {
    const args = Object.fromEntries(field.args.map(({ name }) => [name, GIVEN[name]]));
    expect(await tryAll(documentOf('query', field, lead), field, args)).toEqual([]);
  });
});

describe('a command with hostile input', () => {
  it.each(Object.entries(COMMANDS))(
    '%s does it, or says what is wrong with it, and touches nothing else',
    async (name, given) => {
      const field = fieldsOf('Mutation')[name]!;
      const before = await bystander();
      for (const input of given)
        expect(await tryAll(documentOf('mutation', field), field, { input: input() })).toEqual([]);
      expect(await bystander()).toEqual(before);
    },
  );
});
