/**
 * Markup in every text that the catalogue takes, from the command to the pages of the channels: what a page shows as HTML is safe to
 * render, and what is a text stays one, letter by letter.
 */
import { NAMED_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import { buildChannelGraph } from '@kontor/kit/src/graph/sdl.ts';
import { asGuest, asStaff, callAs } from '@kontor/testkit/src/callers.ts';
import { getNamedType, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSafeHtml, HOSTILE_HTML } from './fixture/hostile-html.ts';
import { everythingOf } from './idor-documents.ts';
import { startIdorSystem, type IdorSystem, type Json } from './idor-system.ts';

const EDITOR = asStaff(NAMED_SCOPES);
const ALL = HOSTILE_HTML.join('\n');
/** A text on one line, short enough for every field. */
const LINE = '<img src=x onerror=alert(1)><script>alert(2)</script>" onload="x';
const LANGUAGES = ['en', 'de', 'de-AT'];

let system: IdorSystem;
const ids: Record<string, string> = {};

async function command(name: string, input: object, selection = ''): Promise<Json> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${selection} ... on UserError { code message path } } }`;
  const answer = (await system.done('products', query, { input }, EDITOR))[name];
  expect(answer, name).not.toHaveProperty('code');
  return answer;
}

const inAll = (text: string) => LANGUAGES.map((locale) => ({ locale, text }));
const HTML = { descriptionHtml: ALL, seoTitle: LINE, seoDescription: LINE };

beforeAll(async () => {
  system = await startIdorSystem();
  const attributes = [
    { code: 'care', kind: 'RICH_TEXT', isLocalizable: true, labels: inAll(LINE) },
    { code: 'note', kind: 'TEXT', labels: inAll(LINE), isFilterable: true, isSearchable: true },
    { code: 'choice', kind: 'ENUM', isFilterable: true, options: [{ code: 'a', labels: inAll(LINE) }] },
    { code: 'own', kind: 'RICH_TEXT', scope: 'VARIANT' },
  ];
  await command('productTypeSet', { name: LINE, labels: inAll(LINE), attributes });
  const category = { handle: 'hostile', name: LINE, names: inAll(LINE) };
  ids['category'] = (await command('categorySet', category, '... on CategorySaved { category { id } }')).category.id;
  const product = {
    ...{ handle: 'hostile', title: LINE, vendor: LINE, productType: LINE, tags: [LINE], status: 'ACTIVE', ...HTML },
    categoryIds: [ids['category']],
    options: [{ name: LINE, words: inAll(LINE), values: [{ value: LINE, words: inAll(LINE) }] }],
    variants: [{ optionValues: [LINE], sku: LINE, barcode: LINE, attributes: [{ code: 'own', value: ALL }] }],
    media: [{ url: 'https://img.example/a.jpg', altText: LINE, altTexts: inAll(LINE) }],
    attributes: [
      ...[null, ...LANGUAGES].map((locale) => ({ code: 'care', value: ALL, locale })),
      { code: 'note', value: LINE },
      { code: 'choice', value: 'a' },
    ],
    texts: [null, 'web', 'mobile', 'b2b'].flatMap((channel) =>
      LANGUAGES.map((locale) => ({ channel, locale, title: LINE, ...HTML })),
    ),
  };
  const made = await command('productCreate', product, '... on ProductCreated { product { id } }');
  ids['product'] = made.product.id;
  for (const channel of ['web', 'mobile', 'b2b', 'pos', 'marketplace'])
    await command('productPublicationSet', { channel, productIds: [ids['product']], published: true });
  const translations = LANGUAGES.map((locale) => ({ locale, title: LINE, ...HTML }));
  await command('collectionSet', {
    ...{ handle: 'hostile', title: LINE, ...HTML, translations, productIds: [ids['product']] },
  });
});
afterAll(() => system.stop());

type Channel = 'web' | 'mobile' | 'b2b';
const schemaOf = (channel: Channel): GraphQLSchema =>
  buildChannelGraph(readSdl(new URL(`../../bffs/${channel}/schema.graphql`, import.meta.url)), {});

/** Asks a page for everything that it shows. */
async function page(channel: Channel, name: string, args: Readonly<Record<string, unknown>>, call: Call) {
  const schema = schemaOf(channel);
  const field = schema.getQueryType()!.getFields()[name]!;
  const given = field.args.filter((argument) => argument.name in args);
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const query = `query (${declared}) { ${name}(${passed}) ${everythingOf(schema, getNamedType(field.type), 4)} }`;
  const graph = system.stack.services[channel].graph();
  const { data, errors } = await graph.execute<Json>({ query, variables: args }, call);
  expect(errors).toBeUndefined();
  return data[name];
}

/** Every HTML of an answer: what is called so, and values of rich text. */
function* htmlsOf(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* htmlsOf(each);
  if (typeof value !== 'object' || value === null) return;
  if (value.kind === 'RICH_TEXT') yield* [value.value].flat();
  for (const [name, each] of Object.entries(value)) {
    if (name.endsWith('Html') && typeof each === 'string') yield each;
    yield* htmlsOf(each);
  }
}

const PAGES: readonly (readonly [Channel, string, (locale: string) => Readonly<Record<string, unknown>>, number])[] = [
  ['web', 'productPage', (locale) => ({ handle: 'hostile', locale }), 3],
  ['web', 'collectionPage', (locale) => ({ handle: 'hostile', locale }), 1],
  ['web', 'categoryPage', (locale) => ({ handle: 'hostile', locale }), 0],
  ['web', 'searchPage', (locale) => ({ query: 'onerror', locale }), 0],
  ['mobile', 'productScreen', (locale) => ({ id: ids['product'], locale }), 1],
  ['mobile', 'feed', (locale) => ({ query: 'onerror', locale }), 0],
  ['b2b', 'catalogPage', (locale) => ({ query: 'onerror', locale }), 0],
];

it.each(PAGES.flatMap((each) => LANGUAGES.map((locale) => [each[0], each[1], locale, each] as const)))(
  'shows nothing but safe HTML on %s.%s in %s, and texts as they are',
  async (channel, name, locale, [, , args, least]) => {
    const shown = await page(channel, name, args(locale), channel === 'b2b' ? BUYER : asGuest(channel));
    const htmls = [...htmlsOf(shown)];
    expect(htmls.length).toBeGreaterThanOrEqual(least);
    for (const html of htmls) expectSafeHtml(html);
    // A text is no HTML: it is neither cut nor escaped on its way, and pages show it as a text.
    expect(JSON.stringify(shown)).toContain(JSON.stringify(LINE).slice(1, -1));
    expect(JSON.stringify(shown)).not.toContain('evil.example');
  },
);

const BUYER = callAs({ role: 'staff', subject: 'buyer', channel: 'b2b', scopes: [] });

it('keeps every rich text safe in what editors read, too', async () => {
  const query = `query ($id: ID!) { product(id: $id) { descriptionHtml translations { descriptionHtml }
    attributes { kind value text } variants { attributes { kind value } } revisions { edges { node { content } } } } }`;
  const { product } = await system.done('products', query, { id: ids['product'] }, EDITOR);
  const htmls = [...htmlsOf(product)];
  expect(htmls.length).toBeGreaterThan(12);
  for (const html of htmls) expectSafeHtml(html);
});

it.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,<script>',
  '//evil.example/x',
  'https:/\n/x',
  'x',
])('takes no image at %j', async (url) => {
  const query = `mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { __typename } }`;
  const input = { productId: ids['product'], media: [{ url }] };
  const { productUpdate } = await system.done('products', query, { input }, EDITOR);
  expect(productUpdate.__typename).toBe('InvalidInput');
});

it('would see that it is unsafe as it was sent', () => {
  const passing = HOSTILE_HTML.filter((html) => {
    try {
      expectSafeHtml(html);
      return true;
    } catch {
      return false;
    }
  });
  // Only what is escaped, what is merely not closed, and what stays within its quotes.
  expect(passing).toEqual(HOSTILE_HTML.filter((html) => /^&lt;|^<td colspan|a<\/div>$/.test(html)));
});
