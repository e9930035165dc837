import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createFingerprint } from './fingerprint.ts';
import { indexSupergraph } from './index-supergraph.ts';
import { openSupergraph } from './open-supergraph.ts';
import { supergraphOf } from './fixture/supergraph-of.ts';

const BASE = {
  books: `
    type Query { book(id: ID!, in: Shelf): Book  media: [Media!]!  search(filter: Filter): [Found!]! }
    interface Media { id: ID!  title: String }
    type Book implements Media @key(fields: "id") {
      id: ID!  title: String  pages: Int @shareable  author: Author  weight: Int }
    type Film implements Media { id: ID!  title: String }
    type Author @key(fields: "id") { id: ID!  name: String }
    union Found = Book | Author
    enum Shelf { TOP LOW }
    input Filter { words: [String!]  not: Filter  order: Order }
    input Order { by: String }
    type Unused { id: ID! }`,
  stock: `
    type Book @key(fields: "id") { id: ID!  weight: Int @external  cost: Int @requires(fields: "weight")  copies: Int }
    type Author @key(fields: "id") { id: ID!  born: Int }`,
  reviews: 'type Book @key(fields: "id") { id: ID!  stars: Int }',
};

type Graphs = Readonly<Record<string, string>>;
type Replacement = readonly [graph: keyof typeof BASE, from: string, to: string];

function changed(...replacements: readonly Replacement[]): Graphs {
  const graphs: Record<string, string> = { ...BASE };
  for (const [graph, from, to] of replacements) {
    if (!graphs[graph]!.includes(from)) throw new Error(`"${from}" is not in ${graph}.`);
    graphs[graph] = graphs[graph]!.replace(from, to);
  }
  return graphs;
}

const fingerprintOn = (sdl: string) => createFingerprint(indexSupergraph(parse(sdl)));

const OPERATIONS = {
  title: '{ book(id: 1) { title } }',
  stars: '{ book(id: 1) { title stars } }',
  copies: '{ book(id: 1) { copies } }',
  cost: '{ book(id: 1) { cost } }',
  media: '{ media { ...M } } fragment M on Media { title }',
  search: 'query Search($filter: Filter) { search(filter: $filter) { ... on Author { name born } } }',
  directive: '{ book(id: 1) { title @loud } }',
};
type OperationName = keyof typeof OPERATIONS;

const CHANGES: readonly (readonly [string, Graphs, OperationName])[] = [
  [
    'a selected field is moved to another subgraph',
    changed(['stock', 'copies: Int', ''], ['reviews', 'stars: Int', 'stars: Int  copies: Int']),
    'copies',
  ],
  [
    'a selected field is overridden',
    changed(['reviews', 'stars: Int', 'stars: Int  copies: Int @override(from: "stock")']),
    'copies',
  ],
  [
    'a selected field is overridden for some requests',
    changed(['reviews', 'stars: Int', 'stars: Int  copies: Int @override(from: "stock", label: "percent(5)")']),
    'copies',
  ],
  [
    'a selected field is shared with another subgraph',
    changed(
      ['stock', 'copies: Int', 'copies: Int @shareable'],
      ['reviews', 'stars: Int', 'stars: Int  copies: Int @shareable'],
    ),
    'copies',
  ],
  [
    'a selected interface is implemented by another type',
    changed(['books', 'type Unused', 'type Song implements Media { id: ID!  title: String }  type Unused']),
    'media',
  ],
  [
    'a field of an implementation is resolved elsewhere than the interface says',
    changed(['reviews', 'stars: Int', 'stars: Int  title: String @override(from: "books")']),
    'media',
  ],
  ['a selected union gets a member', changed(['books', 'Book | Author', 'Book | Author | Film']), 'search'],
  [
    'a selected field begins to require another',
    changed(['reviews', 'stars: Int', 'copies: Int @external  stars: Int @requires(fields: "copies")']),
    'stars',
  ],
  [
    'what a selected field requires is resolved elsewhere',
    changed(['reviews', 'stars: Int', 'stars: Int  weight: Int @override(from: "books")']),
    'cost',
  ],
  [
    'a selected type gets another key',
    changed(
      [
        'books',
        'type Book implements Media @key(fields: "id")',
        'type Book implements Media @key(fields: "id") @key(fields: "isbn")',
      ],
      ['books', 'pages: Int', 'pages: Int  isbn: ID'],
    ),
    'stars',
  ],
  [
    'the key of a selected type holds other fields',
    changed(
      ['reviews', '@key(fields: "id") { id: ID!', '@key(fields: "isbn") { isbn: ID'],
      [
        'books',
        'type Book implements Media @key(fields: "id")',
        'type Book implements Media @key(fields: "id") @key(fields: "isbn")',
      ],
      ['books', 'pages: Int', 'pages: Int  isbn: ID'],
    ),
    'stars',
  ],
  [
    'another subgraph knows a selected type',
    { ...BASE, more: 'type Book @key(fields: "id") { id: ID!  more: Int }' },
    'title',
  ],
  ['a selected field is hidden from clients', changed(['reviews', 'stars: Int', 'stars: Int @inaccessible']), 'stars'],
  ['a selected field becomes non-null', changed(['reviews', 'stars: Int', 'stars: Int!']), 'stars'],
  ['an argument of a selected field has another type', changed(['books', 'in: Shelf)', 'in: String)']), 'title'],
  ['an enum of an argument gets a value', changed(['books', 'TOP LOW', 'TOP LOW MID']), 'title'],
  ['an input deep in a variable gets a field', changed(['books', 'by: String', 'by: String  up: Boolean']), 'search'],
];

const KEPT: readonly (readonly [string, Graphs, OperationName])[] = [
  ['an unrelated type is added', changed(['books', 'type Unused', 'type More { id: ID! }  type Unused']), 'stars'],
  [
    'an unrelated entity is added to two subgraphs, with a root field',
    changed(
      ['books', 'type Query {', 'type Shop @key(fields: "id") { id: ID! }  type Query { shop: Shop '],
      ['stock', 'type Author', 'type Shop @key(fields: "id") { id: ID!  open: Boolean }  type Author'],
    ),
    'stars',
  ],
  [
    'a selected type gets a field that is not selected',
    changed(['reviews', 'stars: Int', 'stars: Int  best: String']),
    'stars',
  ],
  [
    'a field that is not selected is moved',
    changed(['stock', 'copies: Int', ''], ['reviews', 'stars: Int', 'stars: Int  copies: Int']),
    'stars',
  ],
  ['descriptions change', changed(['reviews', 'stars: Int', '"How good." stars: Int']), 'stars'],
  [
    'an interface that is not selected is implemented by another type',
    changed(
      ['books', 'Author @key', 'Author implements Named @key'],
      ['books', 'type Unused', 'interface Named { name: String }  type Unused'],
    ),
    'cost',
  ],
];

const base = supergraphOf(BASE);
const before = fingerprintOn(base);

describe('a fingerprint', () => {
  it.each(CHANGES)('changes when %s', (_name, graphs, operation) => {
    expect(before(OPERATIONS[operation])).toMatch(/^[\w-]{43}$/);
    expect(fingerprintOn(supergraphOf(graphs))(OPERATIONS[operation])).not.toBe(before(OPERATIONS[operation]));
  });

  it.each(KEPT)('stays when %s', (_name, graphs, operation) => {
    expect(before(OPERATIONS[operation])).toMatch(/^[\w-]{43}$/);
    expect(fingerprintOn(supergraphOf(graphs))(OPERATIONS[operation])).toBe(before(OPERATIONS[operation]));
  });

  it('stays when only the addresses of subgraphs change', () => {
    const moved = fingerprintOn(base.replaceAll('.test/graphql', '.example/graphql'));
    expect(moved(OPERATIONS.stars)).toBe(before(OPERATIONS.stars));
  });

  it('stays only where the plan does, whatever the change and the operation', () => {
    const planOn = (sdl: string) => {
      const opened = openSupergraph(sdl, false);
      return (text: string) => JSON.stringify(opened.plan(text, []));
    };
    const planBefore = planOn(base);
    let compared = 0;
    for (const [name, graphs] of [...CHANGES, ...KEPT]) {
      const sdl = supergraphOf(graphs);
      const [after, planAfter] = [fingerprintOn(sdl), planOn(sdl)];
      for (const text of Object.values(OPERATIONS)) {
        if (before(text) === null || before(text) !== after(text)) continue;
        compared += 1;
        expect({ name, text, plan: planAfter(text) }).toEqual({ name, text, plan: planBefore(text) });
      }
    }
    expect(compared).toBeGreaterThan(30);
  });

  it('differs between operations', () => {
    expect(before('{ book(id: 1) { stars } }')).not.toBe(before('{ book(id: 1) { copies } }'));
  });

  it.each([
    ['a field that is not there', '{ nothing }'],
    ['a field of Object.prototype', '{ constructor }'],
    ['a type that is not there', '{ media { ... on Nothing { id } } }'],
    ['a directive that is not there', OPERATIONS.directive],
    ['a fragment that is not there', '{ media { ...Nothing } }'],
    ['a root type that is not there', 'mutation { a }'],
    ['selections on a scalar', '{ book(id: 1) { title { x } } }'],
    ['several operations', 'query A { media { id } } query B { media { id } }'],
  ])('is null for %s', (_name, text) => {
    expect(before(text)).toBeNull();
  });

  it('is null where arguments come from an ancestor, and in a supergraph with extensions', () => {
    const withContext = base.replace(
      /(\n {2}stars: Int @join__field\()graph: REVIEWS/,
      '$1graph: REVIEWS, contextArguments: [{ context: "c", name: "a", type: "Int", selection: "{ id }" }]',
    );
    expect(withContext).not.toBe(base);
    expect(fingerprintOn(withContext)(OPERATIONS.stars)).toBeNull();
    expect(fingerprintOn(withContext)(OPERATIONS.title)).toBe(before(OPERATIONS.title));
    expect(fingerprintOn(`${base}\nextend type Unused { more: Int }`)(OPERATIONS.title)).toBeNull();
  });
});
