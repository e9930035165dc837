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

test('separates a field that is required without the arguments that it takes, itself or in an implementation', () => {
  const { supergraph, names } = separateRequiredFields(
    parse(`${GRAPHS}
      type Bag {
        size(ratio: Float = 1): Float
        content: Item
        name: String @join__field(graph: SHIP, requires: "size content { size id }")
        nick: String @join__field(graph: SHIP, requires: "size(ratio: 2)")
      }
      interface Item { id: ID! size: Float }
      type Book implements Item { id: ID! size(ratio: Float = 1): Float }
      type Lamp implements Item { id: ID! size: Float }
      type Other { id: ID! size: Float label: String @join__field(graph: SHIP, requires: "size id") }`),
  );
  expect([...names]).toEqual([
    ['_required_0_size', 'size'],
    ['_required_1_size', 'size'],
  ]);
  const lines = linesOf(supergraph);
  for (const line of [
    'name: String @join__field(graph: SHIP, requires: "_required_0_size content { _required_0_size id }")',
    'nick: String @join__field(graph: SHIP, requires: "_required_1_size(ratio: 2)")',
    'label: String @join__field(graph: SHIP, requires: "size id")',
  ])
    expect(lines).toContain(line);
  expect(lines.filter((line) => line === '_required_0_size: Float')).toHaveLength(2);
  expect(lines.filter((line) => line === '_required_0_size(ratio: Float = 1): Float')).toHaveLength(2);
});

test('separates what an argument takes from each type of its context', () => {
  const { supergraph } = separateRequiredFields(
    parse(`
      type Cart @context(name: "a__owner") { id: ID! total(currency: String): Int line: Line }
      type List @context(name: "a__owner") { id: ID! total(currency: String): Int line: Line }
      type Line {
        share(rate: Int): Int @join__field(graph: A, contextArguments: [
          { context: "a__owner", name: "of", type: "Int", selection: " { total(currency: \\"USD\\") }" }
          { context: "a__owner", name: "id", type: "ID", selection: "{ id }" }
        ])
      }`),
  );
  const text = print(supergraph);
  expect(text).toContain('selection: "{ _required_0_total(currency: \\"USD\\") }"');
  expect(text).toContain('selection: "{ id }"');
  expect(text.match(/_required_0_total\(currency: String\): Int/g)).toHaveLength(2);
});

test('tells all values that belong in one slot for objects of different types', () => {
  const { requirementsOf } = separateRequiredFields(
    parse(`${GRAPHS}
      union Any = Book | Lamp
      type Bag { content: Any fee: Int @join__field(graph: SHIP, requires: "content { ... on Book { size(of: 1) } ... on Lamp { size(of: 2) } }") }
      type Book { size(of: Int): Int }
      type Lamp { size(of: Int): Int }`),
  );
  expect(Object.fromEntries(requirementsOf('ship-ping', 'Bag', 'fee'))).toEqual({
    'content.size': new Set(['_required_0_size', '_required_1_size']),
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

test('answers the same document where nothing that is required takes arguments', () => {
  const document = parse('type A { id: ID! price(in: Int): Int fee: Int @join__field(graph: B, requires: "id") }');
  const fields = separateRequiredFields(document);
  expect(fields.supergraph).toBe(document);
  expect(fields.names.size).toBe(0);
  expect(fields.requirementsOf('B', 'A', 'fee').size).toBe(0);
});
