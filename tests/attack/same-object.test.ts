import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codesOf } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { accessOf, composeOwn, startOwnRouter, type OwnRouter } from './fixture/own-supergraph.ts';
import { KEYS, startProjectRouter } from './fixture/project-router.ts';

const SECRET = 'only-for-those-with-the-scope';
const SUPERGRAPH = composeOwn({
  catalogue: `
    type Query { product: Product node: Node named: Named any: Anything products: ProductConnection! }
    interface Node { id: ID! }
    interface Named { id: ID! cost: String }
    union Anything = Product | Vault
    type Product implements Node & Named @key(fields: "id") {
      id: ID!
      title: String
      cost: String @requiresScopes(scopes: [["costs:read"]])
      vault: Vault
      twin: Product
    }
    type Vault @requiresScopes(scopes: [["costs:read"]]) { key: String }
    type ProductConnection { edges: [ProductEdge!]! }
    type ProductEdge { node: Product! }`,
  prices: `
    type Product @key(fields: "id") {
      id: ID!
      cost: String @external
      margin: String @requires(fields: "cost") @requiresScopes(scopes: [["costs:read"]])
      price: String
    }`,
});

const PRODUCT = { __typename: 'Product', id: '1', title: 'Parka', cost: SECRET };
const VAULT = { __typename: 'Vault', key: SECRET };
/** A subgraph that gives everything, asked or not, under every alias of its document. */
const everything = (text: string): Record<string, unknown> => {
  const full: Record<string, unknown> = { ...PRODUCT, vault: VAULT, key: SECRET };
  for (const [, alias] of text.matchAll(/(\w+)\s*:\s*(?:cost|key|margin)\b/g)) full[alias!] = SECRET;
  for (const [, alias] of text.matchAll(/(\w+)\s*:\s*title\b/g)) full[alias!] = 'Parka';
  return { ...full, twin: { ...full, twin: full } };
};

const caller = (subject: string, scopes: readonly string[]): Caller => ({
  role: 'integration',
  subject,
  channel: 'web',
  scopes,
});

let router: OwnRouter;
beforeAll(async () => {
  router = await startOwnRouter({
    supergraphSdl: SUPERGRAPH,
    access: accessOf({ outsider: caller('outsider', []), insider: caller('insider', ['costs:read']) }),
    subgraphs: {
      catalogue({ query }) {
        const product = everything(query);
        const entities = /_entities/.test(query) ? { _entities: [product] } : {};
        return {
          product,
          node: product,
          named: product,
          any: product,
          products: { edges: [{ node: product }] },
          ...entities,
          ...Object.fromEntries([...query.matchAll(/(\w+)\s*:\s*product\b/g)].map(([, alias]) => [alias, product])),
        };
      },
      prices: ({ variables }) => ({
        _entities: (variables!['representations'] as unknown[]).map(() => ({
          __typename: 'Product',
          id: '1',
          margin: SECRET,
          price: '10',
        })),
      }),
    },
  });
});
afterAll(() => router.service.stop());
beforeEach(() => void router.asked.splice(0));

/** Ways to one guarded field of one object. */
const WAYS: readonly (readonly [string, string])[] = [
  ['the field itself', '{ product { title cost } }'],
  ['node of an interface', '{ node { ... on Product { cost } } }'],
  ['an interface that has it', '{ named { cost } }'],
  ['an interface, as its implementation', '{ named { id ... on Product { cost } } }'],
  ['an interface within an interface', '{ node { ... on Named { cost } } }'],
  ['a union', '{ any { ... on Product { cost } } }'],
  ['a union, as an interface', '{ any { ... on Named { cost } ... on Node { id } } }'],
  ['an edge', '{ products { edges { node { id cost } } } }'],
  ['an alias that is the name of another field', '{ product { id: cost } }'],
  ['an alias that is __typename', '{ product { __typename: cost } }'],
  ['an alias of the name of the key', '{ product { title id: cost price } }'],
  ['a named fragment', '{ product { ...Sly } } fragment Sly on Product { cost }'],
  ['a fragment on an interface', '{ product { ...Sly } } fragment Sly on Named { cost }'],
  [
    'fragments within fragments',
    '{ product { ...A } } fragment A on Node { ...B } fragment B on Product { ... { ... on Named { cost } } }',
  ],
  ['itself within itself', '{ product { twin { twin { cost } } } }'],
  ['a field that requires it', '{ product { title margin } }'],
  ['a field that requires it beside its own name', '{ product { cost: title margin price } }'],
  ['an object of a guarded type', '{ product { title vault { key } } }'],
  ['the type of a guarded type', '{ product { vault { __typename } } }'],
  ['a guarded member of a union', '{ any { ... on Vault { key } __typename } }'],
  ['a directive that includes it', 'query ($yes: Boolean = true) { product { cost @include(if: $yes) } }'],
  ['a fragment that is included', 'query ($no: Boolean = false) { product { ... @skip(if: $no) { cost } } }'],
  ['the same object twice', '{ a: product { id } b: product { cost } }'],
];

describe('a guarded field', () => {
  test.each(WAYS)('is not told to those without its scope by %s', async (_way, query) => {
    for (const headers of [{}, { accept: 'application/json;q=0.9' }]) {
      const { text } = await send(router.url, { query }, 'outsider', headers);
      expect(text).not.toContain(SECRET);
      const { errors } = JSON.parse(text) as { errors?: unknown };
      expect(codesOf(errors)).toContain('FORBIDDEN');
    }
    // Not asked either: no document of a subgraph names it.
    for (const { request } of router.asked) expect(request.query).not.toMatch(/\b(?:cost|margin|key|vault)\b(?!\s*:)/);
  });

  // A response key that says the type is refused to everybody.
  const open = WAYS.filter(([, query]) => !query.includes('__typename: cost'));
  test.each(open)('is told to those with its scope by %s, whoever asked before', async (_way, query) => {
    expect((await send(router.url, { query }, 'outsider')).text).not.toContain(SECRET);
    const { text } = await send(router.url, { query }, 'insider');
    if (!/__typename \}/.test(query)) expect(text).toContain(SECRET);
    expect((await send(router.url, { query }, 'outsider')).text).not.toContain(SECRET);
  });

  test('is not told where an open field is asked whose subgraph sends it along', async () => {
    const { text } = await send(
      router.url,
      { query: '{ product { id title price twin { id } } node { id } any { __typename } }' },
      'outsider',
    );
    expect(text).not.toContain(SECRET);
    expect(JSON.parse(text)).toMatchObject({ data: { product: { title: 'Parka', price: '10', twin: { id: '1' } } } });
  });

  test('is not told to anybody by a variable, a default or the name of an operation', async () => {
    const query = 'query cost($cost: String = "cost") { product { title } }';
    const { text } = await send(router.url, { query, variables: { cost: 'cost' }, operationName: 'cost' }, 'outsider');
    expect(text).not.toContain(SECRET);
  });
});

test('a partner sees nothing of stock levels, prices lists and customers in the graph of the project', async () => {
  const project = await startProjectRouter(() => ({
    stockLevels: [{ __typename: 'StockLevel', available: SECRET }],
    priceLists: [{ __typename: 'PriceList', code: SECRET }],
    customerByEmail: { __typename: 'Customer', id: SECRET },
    channel: { __typename: 'Channel', code: 'web' },
  }));
  const queries = [
    '{ channel { code } stockLevels(variantId: "1") { available } }',
    '{ priceLists { code } }',
    '{ __typename: priceLists { code } }',
    '{ ... on Query { ...Sly } } fragment Sly on Query { customerByEmail(email: "a@example.com") { id } }',
    'query ($no: Boolean = false) { priceLists @skip(if: $no) { code } }',
    'mutation { productUpdate(input: { productId: "1", expectedVersion: 1 }) { __typename } }',
  ];
  for (const query of queries) {
    const { errors, data } = await ask(project.url, { query }, KEYS.partner);
    expect(codesOf(errors)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(data ?? null)).not.toContain(SECRET);
  }
  expect(project.asked.filter(({ subgraph }) => subgraph !== 'products')).toEqual([]);
  await project.stop();
});
