import { QueryPlanner } from '@apollo/query-planner';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { composeSubgraphs } from '../composition/compose-subgraphs.ts';
import { apiSchemaOf } from '../composition/api-schema.ts';
import { buildContract } from './build-contract.ts';
import { contractSdl } from './contract-sdl.ts';

const FILTER = { include: ['public'], exclude: ['private'] };
const compose = (
  sdls: readonly string[],
  spec = '"@key", "@shareable", "@tag", "@inaccessible", "@requires", "@external"',
) => {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${spec}])\n`;
  const { supergraphSdl, errors } = composeSubgraphs(
    sdls.map((text, index) => ({
      name: `s${index}`,
      routingUrl: '',
      files: [{ path: 'a.graphql', text: link + text }],
    })),
  );
  expect(errors).toEqual([]);
  return supergraphSdl!;
};
const sdlOf = (...sdls: string[]) =>
  contractSdl(buildContract(compose(sdls), FILTER)!)
    .replace(/^#.*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('a contract', () => {
  test('shows tagged fields and the fields of tagged types, with what they need, and nothing else', () => {
    expect(
      sdlOf(`
        type Query { a(order: Order, filter: Filter): A @tag(name: "public") b: B secret: Secret }
        type Mutation { change(input: Hidden): A }
        type A { one: Int @tag(name: "public") two: Int }
        type B @tag(name: "public") { unreached: Int }
        type Secret { code: Code }
        scalar Code
        enum Order { UP DOWN @tag(name: "private") }
        input Filter { from: Day to: Day @tag(name: "private") inner: Inner }
        input Inner { x: Int }
        input Hidden { y: Int }
        scalar Day`),
    ).toBe(
      'type A { one: Int } scalar Day input Filter { from: Day inner: Inner } input Inner { x: Int } enum Order { UP } ' +
        'type Query { a(order: Order, filter: Filter): A }',
    );
  });

  test('leaves out what is excluded of a tagged type, whichever subgraph excludes it', () => {
    expect(
      sdlOf(
        'type Query { a: A @tag(name: "public") } type A @key(fields: "id") @tag(name: "public") { id: ID! cost: Int @shareable }',
        'type A @key(fields: "id") { id: ID! cost: Int @shareable @tag(name: "private") price: Int inner: Int @tag(name: "private") @tag(name: "public") }',
      ),
    ).toBe('type A { id: ID! price: Int } type Query { a: A }');
  });

  test('shows the members of a union and the implementations of an interface that are tagged', () => {
    expect(
      sdlOf(`
        type Query { found: Found @tag(name: "public") named: Named @tag(name: "public") }
        union Found = A | B
        interface Named @tag(name: "public") { name: Int }
        interface Inner { name: Int }
        type A implements Named & Inner @tag(name: "public") { name: Int }
        type B implements Named { name: Int }
        type C implements Named @tag(name: "public") { name: Int more: Int @tag(name: "private") }`),
    ).toBe(
      'type A implements Named { name: Int } type C implements Named { name: Int } union Found = A ' +
        'interface Named { name: Int } type Query { found: Found named: Named }',
    );
  });

  test('does not show what nobody sees, nor anything when nothing is tagged', () => {
    expect(
      sdlOf('type Query { a: A @tag(name: "public") } type A @tag(name: "public") { one: Int two: Int @inaccessible }'),
    ).toBe('type A { one: Int } type Query { a: A }');
    expect(buildContract(compose(['type Query { a: Int }']), FILTER)).toBeNull();
    expect(
      buildContract(compose(['type Query { a: Int } type Mutation { b: Int @tag(name: "public") }']), FILTER),
    ).toBeNull();
  });

  test('reads tags under the name by which they are linked', () => {
    const sdl = compose(
      ['type Query { a: Int @label(name: "public") b: Int }'],
      '{ name: "@tag", as: "@label" }, { name: "@inaccessible", as: "@hidden" }',
    );
    expect(contractSdl(buildContract(sdl, FILTER)!)).toContain('type Query {\n  a: Int\n}');
  });

  test.each([
    [
      'type Query { a: A @tag(name: "public") } type A { one: Int }',
      'Query.a is in the contract and needs A, of which nothing is.',
    ],
    [
      'type Query { a: U @tag(name: "public") } union U = A type A { one: Int }',
      'Query.a is in the contract and needs U, of which nothing is.',
    ],
    [
      'type Query { a: S @tag(name: "public") } scalar S @tag(name: "private")',
      'Query.a is in the contract and needs S, of which nothing is.',
    ],
    [
      'type Query { a(b: Int! @tag(name: "private")): Int @tag(name: "public") }',
      'Query.a.b is required and cannot be left out of the contract.',
    ],
    [
      'type Query { i: I @tag(name: "public") } interface I @tag(name: "public") { a: Int b: Int } type A implements I { a: Int @tag(name: "public") b: Int }',
      'I.b is in the contract and needs A.b, which is not.',
    ],
    [
      'type Query { a: E @tag(name: "public") } enum E { X @tag(name: "private") }',
      'Query.a is in the contract and needs E, of which nothing is.',
    ],
  ])('names what it cannot show alone: %s', (sdl, message) => {
    expect(() => buildContract(compose([sdl]), FILTER)).toThrow(new Error(message));
  });

  test('is planned over keys and required fields that it hides', () => {
    const contract = buildContract(
      compose([
        'type Query { a: A @tag(name: "public") } type A @key(fields: "id") { id: ID! weight: Int name: String @tag(name: "public") }',
        'type A @key(fields: "id") { id: ID! weight: Int @external postage: Int @requires(fields: "weight") @tag(name: "public") }',
      ]),
      FILTER,
    )!;
    const supergraph = Supergraph.build(contract, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
    const operation = operationFromDocument(supergraph.apiSchema(), parse('{ a { name postage } }'));
    const plan = JSON.stringify(new QueryPlanner(supergraph).buildQueryPlan(operation));
    expect(plan).toContain('{a{__typename id name weight}}');
    expect(apiSchemaOf(contract).getType('A')).toHaveProperty('_fields.name');
    expect(() => operationFromDocument(supergraph.apiSchema(), parse('{ a { id } }'))).toThrow(
      'Cannot query field "id"',
    );
  });
});
