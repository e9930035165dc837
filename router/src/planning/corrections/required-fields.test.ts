import { parse, print, type DocumentNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { separateRequiredFields } from './required-fields.ts';

const GRAPHS =
  'enum join__Graph { CAT @join__graph(name: "catalogue", url: "") SHIP @join__graph(name: "ship-ping", url: "") }';
const linesOf = (document: DocumentNode) =>
  print(document)
    .split('\n')
    .map((line) => line.trim());

describe('a supergraph with a required field with arguments', () => {
  const fields = separateRequiredFields(
    parse(`${GRAPHS}
      type Product @join__type(graph: CAT, key: "id") @join__type(graph: SHIP, key: "id") {
        id: ID!
        price(currency: String!): Int @join__field(graph: CAT) @join__field(graph: SHIP, external: true)
        category: Category @join__field(graph: CAT) @join__field(graph: SHIP, external: true)
        fee: Int @join__field(graph: SHIP, requires: "id price(currency: \\"USD\\") category { ... on Deep { rank(of: 1) } }")
        feeEur: Int @join__field(graph: SHIP, requires: "price(currency: \\"EUR\\")")
        feeToo: Int @join__field(graph: SHIP, requires: "price(currency: \\"USD\\")")
      }
      interface Category { id: ID! }
      type Deep implements Category { id: ID! rank(of: Int): Int }`),
  );

  test('has a field for each use of it, with its arguments and owners', () => {
    expect(Object.fromEntries(fields.names)).toEqual({
      _required_0_price: 'price',
      _required_1_rank: 'rank',
      _required_2_price: 'price',
    });
    const lines = linesOf(fields.supergraph);
    for (const line of [
      '_required_0_price(currency: String!): Int @join__field(graph: CAT) @join__field(graph: SHIP, external: true)',
      '_required_2_price(currency: String!): Int @join__field(graph: CAT) @join__field(graph: SHIP, external: true)',
      '_required_1_rank(of: Int): Int',
    ])
      expect(lines.filter((candidate) => candidate === line)).toHaveLength(1);
  });

  test('requires these fields instead', () => {
    const lines = linesOf(fields.supergraph);
    expect(lines).toContain(
      'fee: Int @join__field(graph: SHIP, requires: "id _required_0_price(currency: \\"USD\\") category { ... on Deep { _required_1_rank(of: 1) } }")',
    );
    expect(lines).toContain(
      'feeToo: Int @join__field(graph: SHIP, requires: "_required_0_price(currency: \\"USD\\")")',
    );
  });

  test('tells which slot of a representation each value belongs to', () => {
    expect(Object.fromEntries(fields.requirementsOf('ship-ping', 'Product', 'fee'))).toEqual({
      price: new Set(['_required_0_price']),
      'category.rank': new Set(['_required_1_rank']),
    });
    expect(fields.requirementsOf('catalogue', 'Product', 'fee').size).toBe(0);
    expect(fields.requirementsOf('ship-ping', 'Product', 'constructor').size).toBe(0);
  });
});

test('adds a field of an interface to all implementations, and of an object to its interfaces', () => {
  const { supergraph } = separateRequiredFields(
    parse(`${GRAPHS}
      interface Item { id: ID! price(in: Int): Int tax: Int @join__field(graph: SHIP, requires: "price(in: 1)") }
      type Book implements Item { id: ID! price(in: Int): Int }
      type Lamp implements Item { id: ID! price(in: Int): Int size(in: Int): Int weight: Int @join__field(graph: SHIP, requires: "size(in: 2) price(in: 2)") }
      type Other { price(in: Int): Int }`),
  );
  const counts = Object.fromEntries(
    supergraph.definitions.flatMap((definition) =>
      'fields' in definition && 'name' in definition
        ? [
            [
              definition.name.value,
              definition.fields?.map(({ name }) => name.value).filter((name) => name.startsWith('_')),
            ],
          ]
        : [],
    ),
  );
  expect(counts).toEqual({
    Item: ['_required_0_price', '_required_2_price'],
    Book: ['_required_0_price', '_required_2_price'],
    Lamp: ['_required_0_price', '_required_2_price', '_required_1_size'],
    Other: [],
  });
});

test('avoids names that the supergraph has already', () => {
  const { names } = separateRequiredFields(
    parse(
      `type A { price(in: Int): Int _required_0_price: Int fee: Int @join__field(graph: B, requires: "price(in: 1)") }`,
    ),
  );
  expect([...names]).toEqual([['_required_1_price', 'price']]);
});

test('answers the same document where nothing is required with arguments', () => {
  const document = parse('type A { id: ID! price(in: Int): Int fee: Int @join__field(graph: B, requires: "id") }');
  const fields = separateRequiredFields(document);
  expect(fields.supergraph).toBe(document);
  expect(fields.names.size).toBe(0);
  expect(fields.requirementsOf('B', 'A', 'fee').size).toBe(0);
});
