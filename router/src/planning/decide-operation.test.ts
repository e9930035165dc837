import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { decideOperation } from './decide-operation.ts';
import { normaliseOperation } from './normalise-operation.ts';

const schema = buildSchema(`
  interface Piece { label: String }
  type Part implements Piece { label: String size: Int whole: Any }
  type Item { id: ID! size: Int parts: [Part!]! }
  union Any = Part | Item
  type Order { code: String amount: Int query: Query }
  type Query { item(id: ID): Item any: Any piece: Piece status: String }
  type Mutation { pay(amount: Int): Order ship: Order }`);

/** What is left, in one line; null when there is nothing to ask. */
function decide(text: string, conditions: Record<string, boolean> = {}): string | null {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const { document: alone } = normaliseOperation(document, getOperationAST(document)!);
  const decided = decideOperation(schema, alone, new Map(Object.entries(conditions)));
  if (decided === null) return null;
  expect(validate(schema, decided)).toEqual([]);
  return normaliseOperation(decided, getOperationAST(decided)!).text.replaceAll(/\s+/g, ' ');
}

describe('deciding an operation', () => {
  test('drops what conditions leave out, the conditions themselves, and the variables that nothing uses any more', () => {
    const text = `query Q($a: Boolean!, $b: Boolean! = true, $id: ID) {
      item(id: $id) @include(if: $a) { id size @skip(if: $b) }
      status @skip(if: $a) @include(if: $b)
      ... @include(if: $b) { any { __typename } }
    }`;
    expect(decide(text, { a: true, b: false })).toBe('query Q($id: ID) { item(id: $id) { id size } }');
    expect(decide(text, { a: false, b: true })).toBe('query Q { status any { __typename } }');
    expect(decide(text, { a: false, b: false })).toBeNull();
  });

  test('asks a mutation that stands twice under different conditions as fields of one key, which are one', () => {
    const text = `mutation ($a: Boolean!, $b: Boolean!) { pay { code } ship { code } pay @skip(if: $a) @include(if: $b) { amount } }`;
    expect(decide(text, { a: false, b: true })).toBe('mutation { pay { code } ship { code } pay { amount } }');
    expect(decide(text, { a: true, b: true })).toBe('mutation { pay { code } ship { code } }');
  });

  test('asks an object of which nothing is left for its __typename, under a key that is free', () => {
    expect(decide('query ($a: Boolean!) { item { id @include(if: $a) @skip(if: $a) } }', { a: true })).toBe(
      '{ item { __typename } }',
    );
    expect(
      decide('query ($a: Boolean!) { item { id @include(if: $a) } any { ... on Item { __typename: size } } }', {
        a: false,
      }),
    ).toBe('{ item { ___typename: __typename } any { ... on Item { __typename: size } } }');
  });

  test('leaves out what the schema answers, at any depth of fragments, and on roots elsewhere', () => {
    expect(
      decide(
        '{ __schema { queryType { name } } t: __typename ...F } fragment F on Query { __type(name: "X") { name } }',
      ),
    ).toBeNull();
    expect(decide('mutation { ship { query { __typename status } } }')).toBe('mutation { ship { query { status } } }');
    expect(decide('mutation { ship { query { __typename } } }')).toBe('mutation { ship { query { __typename } } }');
    expect(decide('{ any { __typename } }')).toBe('{ any { __typename } }');
  });

  test('drops fragments that can apply to no object, also through fragments of wider types', () => {
    const text = `{ any { ...A } }
      fragment A on Any { ... on Piece { ...B label } }
      fragment B on Any { ...C ... on Part { size } }
      fragment C on Item { id }`;
    expect(decide(text)).toBe(
      '{ any { ...A } } fragment A on Any { ... on Piece { ...B label } } fragment B on Any { ... on Part { size } }',
    );
  });

  test('keeps a fragment apart that means different things in different places', () => {
    const text = `{ any { ...B } piece { ... on Part { whole { ... on Piece { ...B } } } } }
      fragment B on Any { ... on Item { id } ... on Part { size } }`;
    expect(decide(text)).toBe(
      '{ any { ...B } piece { ... on Part { whole { ... on Piece { ...B_2 } } } } } fragment B on Any { ... on Item { id } ... on Part { size } } fragment B_2 on Any { ... on Part { size } }',
    );
  });

  test('keeps aliases, arguments and the name', () => {
    expect(decide('query Named($id: ID) { a: item(id: $id) { b: size } }')).toBe(
      'query Named($id: ID) { a: item(id: $id) { b: size } }',
    );
  });
});
