import { describe, expect, it } from 'vitest';
import { composeSubgraphs } from '../composition/compose-subgraphs.ts';
import { readCosts } from './read-costs.ts';

const SDL = `
  type Query {
    products(first: Int = 10 @weight(weight: 2), last: Int): Products
      @sized(slicingArguments: ["first", "last"], sizedFields: ["edges"], requireOneSlicingArgument: false)
    tags: [String!] @sized(assumedSize: 50) @weight(weight: 3)
    find(input: FindInput): Product
  }
  type Products { edges: [Product!] }
  type Product @key(fields: "id") @weight(weight: 4) { id: ID! size: Size code: Code rank: Int @weight(weight: -1) }
  input FindInput { text: String @weight(weight: 5) other: Int }
  enum Size @weight(weight: 6) { S M }
  scalar Code @weight(weight: 7)
`;

function supergraph(imports: string, sdl: string): string {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", ${imports}])\n`;
  const { supergraphSdl, errors } = composeSubgraphs([
    { name: 'products', routingUrl: 'http://127.0.0.1/products', files: [{ path: 'p.graphql', text: link + sdl }] },
  ]);
  expect(errors).toEqual([]);
  return supergraphSdl!;
}

/** Maps and sets as plain objects. */
const plain = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  if (value instanceof Set) return [...value];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
};

const EXPECTED = {
  Query: {
    fields: {
      products: {
        arguments: { first: 2 },
        listSize: {
          slicingArguments: ['first', 'last'],
          sizedFields: ['edges'],
          requireOneSlicingArgument: false,
        },
      },
      tags: {
        arguments: {},
        weight: 3,
        listSize: { assumedSize: 50, slicingArguments: [], sizedFields: [], requireOneSlicingArgument: true },
      },
    },
  },
  Product: { weight: 4, fields: { rank: { arguments: {}, weight: -1 } } },
  FindInput: { fields: { text: { arguments: {}, weight: 5 } } },
  Size: { weight: 6, fields: {} },
  Code: { weight: 7, fields: {} },
};

describe('the costs of a composed supergraph', () => {
  it.each([
    ['"@cost", "@listSize"', 'cost', 'listSize'],
    ['{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@long" }', 'price', 'long'],
    ['"@cost"', 'cost', 'federation__listSize'],
    ['"@listSize"', 'federation__cost', 'listSize'],
  ])('are read when subgraphs import %s', (imports, cost, listSize) => {
    const sdl = SDL.replaceAll('@weight', `@${cost}`).replaceAll('@sized', `@${listSize}`);
    expect(plain(readCosts(supergraph(imports, sdl)).types)).toEqual(EXPECTED);
  });

  it('are none when no subgraph has any', () => {
    const sdl = 'type Query { a: Int }';
    expect(readCosts(supergraph('"@tag"', sdl)).types.size).toBe(0);
  });

  it('say what a field requires of another subgraph', () => {
    const { supergraphSdl } = composeSubgraphs([
      {
        name: 'products',
        routingUrl: 'http://127.0.0.1/1',
        files: [
          {
            path: 'a.graphql',
            text: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize"])
              type Query { product: Product }
              type Product @key(fields: "id") { id: ID! maker: Maker variants: [Variant] @listSize(assumedSize: 3) }
              type Variant { sku: Int } type Maker { name: String }`,
          },
        ],
      },
      {
        name: 'prices',
        routingUrl: 'http://127.0.0.1/2',
        files: [
          {
            path: 'b.graphql',
            text: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@shareable"])
              type Product @key(fields: "id") {
                id: ID! maker: Maker @external variants: [Variant] @external
                price: Int @requires(fields: "variants { sku } maker { name }")
              }
              type Variant { sku: Int @external } type Maker { name: String @external }`,
          },
        ],
      },
    ]);
    const fields = readCosts(supergraphSdl!).types.get('Product')!.fields;
    expect(fields.get('price')).toEqual({ arguments: new Map(), required: 4 });
  });
});

describe('the costs of a supergraph by hand', () => {
  const read = (link: string, rest: string) =>
    plain(readCosts(`schema ${link} { query: Query } ${rest}`).types) as Record<string, unknown>;

  it('are read behind the prefix of a link that imports nothing, or that is renamed itself', () => {
    const both = (cost: string, listSize: string) =>
      `type Query { a: [Int] @${cost}(weight: "1.5") @${listSize}(assumedSize: 2) }`;
    const expected = {
      Query: {
        fields: {
          a: {
            arguments: {},
            weight: 1.5,
            listSize: { assumedSize: 2, slicingArguments: [], sizedFields: [], requireOneSlicingArgument: true },
          },
        },
      },
    };
    expect(read('@link(url: "https://specs.apollo.dev/cost/v0.1")', both('cost', 'cost__listSize'))).toEqual(expected);
    expect(
      read('@link(url: "https://specs.apollo.dev/cost/v0.1", as: "price")', both('price', 'price__listSize')),
    ).toEqual(expected);
  });

  it('are none without the link, for another specification, and where they are malformed', () => {
    const type = 'type Query { a: Int @cost(weight: 5) b: Int @cost(weight: "x") c: Int @cost d: [Int] @listSize }';
    expect(read('', type)).toEqual({});
    expect(read('@link(url: "https://specs.apollo.dev/cost/v1.0", import: ["@cost"])', type)).toEqual({});
    expect(read('@link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", 5, {}])', type)).toEqual({
      Query: { fields: { a: { arguments: {}, weight: 5 } } },
    });
  });
});
