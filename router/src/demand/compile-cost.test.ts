import fc from 'fast-check';
import { buildSchema, getOperationAST, GraphQLError, parse, validate, type DocumentNode } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { describe, expect, it } from 'vitest';
import { documents, SUPERGRAPH } from './fixture/cost-supergraph.ts';
import { naiveCost } from './fixture/naive-cost.ts';
import { compileCost } from './compile-cost.ts';
import { MOST } from './expression.ts';
import { readCosts } from './read-costs.ts';

const schema = buildSchema(SUPERGRAPH, { assumeValidSDL: true });
const costs = readCosts(SUPERGRAPH);

function prepared(text: string) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return { document, operation: getOperationAST(document)! };
}

function coerced(document: DocumentNode, variables: Record<string, unknown>) {
  const result = getVariableValues(schema, getOperationAST(document)!.variableDefinitions ?? [], variables);
  expect(result.errors).toBeUndefined();
  return result.coerced!;
}

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const { document, operation } = prepared(text);
  return compileCost({ costs, schema, document, operation })(coerced(document, variables));
}

const refusalOf = (run: () => unknown) => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof GraphQLError ? [error.extensions['code'], error.message] : error;
  }
};

describe('the cost of an operation', () => {
  it('is 1 for an object, an interface and a union, 0 for leaves, and 10 more for a mutation', () => {
    expect(costOf('{ name }')).toBe(0);
    expect(costOf('{ book { title } }')).toBe(1);
    expect(costOf('{ book { title author { name } } }')).toBe(2);
    expect(costOf('{ node { id } thing { ... on Book { title } } }')).toBe(2);
    expect(costOf('mutation { rename { title } }')).toBe(11);
    expect(costOf('subscription { changed { title } }')).toBe(1);
  });

  it('counts a list as often as it is long, 10 times when nothing tells', () => {
    expect(costOf('{ books { title author { name } } }')).toBe(20);
    expect(costOf('{ books { titles } }')).toBe(10);
    expect(costOf('{ shelf { title } }')).toBe(3);
    expect(costOf('{ matrix { title } }')).toBe(10);
  });

  it('takes a length from a literal, a variable, a default, or the assumed size', () => {
    const page = (given: string) => `{ page(${given}) { edges { node { title } } total } }`;
    expect(costOf(page('first: 5'))).toBe(1 + 5 * 2);
    expect(costOf(page('last: 7'))).toBe(1 + 7 * 2);
    expect(costOf(page('first: 0'))).toBe(1);
    const withVariable = 'query ($n: Int) { page(first: $n) { edges { node { title } } } }';
    expect(costOf(withVariable, { n: 30 })).toBe(61);
    expect(costOf('query ($n: Int = 4) { page(first: $n) { edges { node { title } } } }')).toBe(9);
    expect(costOf('{ feed { title } }')).toBe(24);
    expect(costOf('query ($n: Int) { feed(first: $n) { title } }')).toBe(24);
    expect(costOf('query ($n: Int) { feed(first: $n) { title } }', { n: null })).toBe(6);
    expect(costOf('query ($n: Int) { feed(first: $n) { title } }', { n: 8 })).toBe(8);
  });

  it('takes the larger of two slicing arguments', () => {
    expect(costOf('{ either(first: 3, last: 5) { title } }')).toBe(5);
    expect(costOf('{ either { title } }')).toBe(10);
  });

  it('refuses where exactly one slicing argument is required and there is none, or there are two', () => {
    const message = 'Query.page takes exactly one of the arguments that say how many: first, last.';
    const text = 'query ($first: Int, $last: Int) { page(first: $first, last: $last) { edges { node { title } } } }';
    expect(refusalOf(() => costOf(text))).toEqual(['BAD_USER_INPUT', message]);
    expect(refusalOf(() => costOf(text, { first: 1, last: 1 }))).toEqual(['BAD_USER_INPUT', message]);
    expect(refusalOf(() => costOf(text, { first: null }))).toEqual(['BAD_USER_INPUT', message]);
    expect(refusalOf(() => costOf('{ page { total } }'))).toEqual(['BAD_USER_INPUT', message]);
    expect(costOf(text, { last: 1, first: null })).toBe(3);
    expect(costOf('query ($skip: Boolean!) { page @skip(if: $skip) { total } }', { skip: true })).toBe(0);
  });

  it('takes lengths out of input objects, with their defaults, and of lists', () => {
    expect(costOf('{ search(input: { page: { first: 6 } }) { title } }')).toBe(6 + 2);
    expect(costOf('{ search(input: { page: {} }) { title } }')).toBe(12 + 2);
    expect(costOf('query ($n: Int) { search(input: { page: { first: $n } }) { title } }', { n: 5 })).toBe(5 + 2);
    expect(costOf('query ($n: Int) { search(input: { page: { first: $n } }) { title } }')).toBe(12 + 2);
    const whole = 'query ($i: SearchInput!) { search(input: $i) { title } }';
    expect(costOf(whole, { i: { page: { first: 9 } } })).toBe(9 + 2);
    expect(costOf(whole, { i: { page: {} } })).toBe(12 + 2);
    expect(costOf(whole, { i: {} })).toBe(10 + 1);
    expect(costOf('{ byIds(ids: ["a", "b", "c"]) { title } }')).toBe(3);
    expect(costOf('{ byIds(ids: "a") { title } }')).toBe(1);
    expect(costOf('query ($ids: [ID!]!) { byIds(ids: $ids) { title } }', { ids: ['a', 'b'] })).toBe(2);
    expect(costOf('query ($id: ID!) { byIds(ids: [$id, $id]) { title } }', { id: 'a' })).toBe(2);
  });

  it('counts a list that takes ids and has no size as at least as long as they are', () => {
    const text = 'query ($ids: [ID!]!) { lookup(ids: $ids) { title } }';
    expect(costOf(text, { ids: ['a'] })).toBe(10);
    expect(costOf(text, { ids: Array.from({ length: 250 }, String) })).toBe(250);
    expect(
      costOf('query ($ids: [ID!]!) { sizedLookup(ids: $ids) { title } }', { ids: Array.from({ length: 250 }, String) }),
    ).toBe(2);
  });

  it('weighs fields, types, arguments and input fields', () => {
    expect(costOf('{ heavy }')).toBe(5);
    expect(costOf('{ book { code size } }')).toBe(1 + 30 + 15);
    expect(costOf('{ vault { title } }')).toBe(40);
    expect(costOf('{ cheapVault { title } }')).toBe(2);
    expect(costOf('{ vaults { title } }')).toBe(400);
    expect(costOf('{ weighed(a: 1) }')).toBe(10);
    expect(costOf('{ weighed(a: null) }')).toBe(0);
    expect(costOf('{ weighed(list: [1, 2]) }')).toBe(3 * 3);
    expect(costOf('{ weighed(code: "x") }')).toBe(30);
    expect(costOf('{ weighed(input: { cost: 1, plain: 2, inner: [{ cost: 1 }, {}] }) }')).toBe(1 + 20 + 1 + 20 + 1);
    const variable = 'query ($i: WeighedInput, $l: [Int!]) { weighed(input: $i, list: $l) }';
    expect(costOf(variable, { i: { cost: 1, plain: 2, inner: [{ cost: 1 }, {}] }, l: [1, 2] })).toBe(43 + 9);
    expect(costOf(variable, { i: { cost: null } })).toBe(1);
    expect(costOf(variable, {})).toBe(0);
  });

  it('lets negative weights lower what they stand beside, and nothing below 0', () => {
    expect(costOf('{ book { discount { title } } }')).toBe(1);
    expect(costOf('{ book { author { name } discount { author { name } } } }')).toBe(2);
    expect(costOf('{ weighed(rebate: 1, a: 1) }')).toBe(8);
    expect(costOf('{ weighed(rebate: 1) }')).toBe(0);
  });

  it('charges an interface and a union as the dearest type behind it', () => {
    expect(costOf('{ node { rank } }')).toBe(1 + 9);
    expect(costOf('{ node { ... on Book { rank } } }')).toBe(1);
    expect(costOf('{ safe { __typename } }')).toBe(40);
    expect(costOf('{ node { parts { id } } }')).toBe(1 + 70);
  });

  it('adds what fields require of other subgraphs', () => {
    expect(costOf('{ book { price } }')).toBe(1 + 1);
    expect(costOf('{ books { price } }')).toBe(10 * 2);
  });

  it('follows @skip and @include on fields and fragments, literal or variable', () => {
    const text = `query ($yes: Boolean!, $no: Boolean = false) {
      a: book @skip(if: true) { title } b: book @include(if: $yes) { title }
      ...F @skip(if: $yes) ... @include(if: $no) { c: book { title } }
    } fragment F on Query { d: books { title } }`;
    expect(costOf(text, { yes: true })).toBe(1);
    expect(costOf(text, { yes: false })).toBe(10);
    expect(costOf(text, { yes: false, no: true })).toBe(11);
    expect(costOf('query ($a: Boolean!) { book @skip(if: $a) @include(if: $a) { title } }', { a: true })).toBe(0);
  });

  it('counts a fragment wherever it is spread, and lets each parent size its lists', () => {
    const text = `{
      a: page(first: 2) { ...Edges } b: page(first: 5) { ...Edges } c: feed(first: 3) { ...Title } d: unsizedPage { ...Edges }
    } fragment Edges on Page { ... on Page { edges { node { ...Title } } } } fragment Title on Book { author { name } }`;
    const node = 1 + 1 + 1;
    expect(costOf(text)).toBe(1 + 2 * node + (1 + 5 * node) + 3 * 2 + (1 + 10 * node));
  });

  it('charges nothing for introspection', () => {
    expect(costOf('{ __typename __schema { types { fields { name } } } __type(name: "Book") { name } }')).toBe(0);
  });

  it('takes nothing of variables from the prototype', () => {
    expect(costOf('query ($constructor: Int) { feed(first: $constructor) { title } }')).toBe(24);
    expect(costOf('query ($toString: Boolean = false) { book @include(if: $toString) { title } }')).toBe(0);
  });
});

describe('a hostile operation', () => {
  it('is as dear as it says, and never dearer than a number can tell', () => {
    expect(costOf('{ feed(first: 99999999) { title } }')).toBe(99_999_999);
    expect(
      costOf('{ feed(first: 2147483647) { more(first: 2147483647) { more(first: 2147483647) { title } } } }'),
    ).toBe(MOST);
    expect(costOf('{ feed(first: 2147483647) { more(first: 2147483647) { more(first: 0) { title } } } }')).toBe(MOST);
    expect(costOf('{ feed(first: -5) { title } }')).toBe(0);
  });

  it('costs work in proportion to its text when its fragments multiply', () => {
    const chain = Array.from(
      { length: 100 },
      (_, n) => `fragment F${n} on Book { ...F${n + 1} ...F${n + 1} a${n}: more(first: $n) { id } }`,
    );
    const text = `query ($n: Int) { book { ...F0 } } ${chain.join(' ')} fragment F100 on Book { more(first: $n) { id } }`;
    const { document, operation } = prepared(text);
    let reads = 0;
    const variables = new Proxy(
      { n: 1 },
      { getOwnPropertyDescriptor: (target, key) => ((reads += 1), Reflect.getOwnPropertyDescriptor(target, key)) },
    );
    const cost = compileCost({ costs, schema, document, operation });
    expect(cost(variables)).toBe(MOST);
    expect(reads).toBe(101);
    expect(cost({ n: 0 })).toBe(1);
  });

  it('walks through a large variable once, however often it is used', () => {
    const uses = Array.from({ length: 50 }, (_, n) => `a${n}: weighed(input: $i)`).join(' ');
    const { document, operation } = prepared(`query ($i: WeighedInput) { ${uses} }`);
    let walks = 0;
    const input = new Proxy({ cost: 1 }, { ownKeys: (target) => ((walks += 1), Reflect.ownKeys(target)) });
    expect(compileCost({ costs, schema, document, operation })({ i: input })).toBe(50 * 21);
    expect(walks).toBe(1);
  });

  it('is dearer than anything when a fragment spreads itself', () => {
    const document = parse('{ book { ...A } } fragment A on Book { title ...B } fragment B on Book { ...A }');
    expect(compileCost({ costs, schema, document, operation: getOperationAST(document)! })({})).toBe(MOST);
  });
});

describe('the compiled cost', () => {
  const variables = fc.record({
    n: fc.option(fc.integer({ min: 0, max: 50 })),
    m: fc.integer({ min: 0, max: 50 }),
    on: fc.boolean(),
    off: fc.boolean(),
    ids: fc.array(fc.constantFrom('a', 'b'), { maxLength: 20 }),
    input: fc.option(fc.record({ cost: fc.option(fc.integer()), plain: fc.integer() }, { requiredKeys: [] })),
  });

  it('equals a naive evaluation that spreads every fragment', () => {
    fc.assert(
      fc.property(documents, variables, (text, given) => {
        const { document, operation } = prepared(text);
        const values = coerced(document, given);
        expect(compileCost({ costs, schema, document, operation })(values)).toBe(
          naiveCost({ costs, schema, document, operation, variables: values }),
        );
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  it('never falls when a list gets longer', () => {
    fc.assert(
      fc.property(documents, variables, fc.nat({ max: 50 }), (text, given, more) => {
        const { document, operation } = prepared(text);
        const cost = compileCost({ costs, schema, document, operation });
        const longer = { ...given, m: given.m + more, ids: [...given.ids, ...Array.from({ length: more }, () => 'c')] };
        expect(cost(coerced(document, longer))).toBeGreaterThanOrEqual(cost(coerced(document, given)));
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});
