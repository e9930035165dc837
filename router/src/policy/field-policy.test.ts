import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { composeSubgraphs } from '../composition/compose-subgraphs.ts';
import { readFieldPolicy } from './field-policy.ts';
import { assertRootFieldsDecided } from './root-fields.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@authenticated", "@requiresScopes", "@policy", "@interfaceObject"])\n`;
const compose = (...sdls: string[]): string => {
  const { supergraphSdl, errors } = composeSubgraphs(
    sdls.map((text, index) => ({
      name: `s${index}`,
      routingUrl: '',
      files: [{ path: 'schema.graphql', text: LINK + text }],
    })),
  );
  expect(errors).toEqual([]);
  return supergraphSdl!;
};
const keysOf = (sdl: string, type: string, field: string) =>
  readFieldPolicy(sdl)
    .requirementOf(type, field)
    .map(({ key }) => key);

describe('the policy of a supergraph', () => {
  test('is open when nothing is declared', () => {
    const policy = readFieldPolicy(compose('type Query { a: Int }'));
    expect(policy.open).toBe(true);
    expect(policy.requirementOf('Query', 'a')).toEqual([]);
  });

  test('demands what stands at the field, at its type and at the type it answers with', () => {
    const sdl = compose(`
      type Query { box: Box @authenticated plain: Int }
      type Box @requiresScopes(scopes: [["box"]]) { code: Code @policy(policies: [["open", "look"], ["own"]]) size: Size name: String }
      scalar Code @requiresScopes(scopes: [["code"], ["all"]])
      enum Size @authenticated { S }`);
    expect(keysOf(sdl, 'Query', 'box')).toEqual(['authenticated', 'scopes:[["box"]]']);
    expect(keysOf(sdl, 'Box', 'code')).toEqual([
      'scopes:[["box"]]',
      'policies:[["look","open"],["own"]]',
      'scopes:[["all"],["code"]]',
    ]);
    expect(keysOf(sdl, 'Box', 'size')).toEqual(['scopes:[["box"]]', 'authenticated']);
    expect(keysOf(sdl, 'Box', 'name')).toEqual(['scopes:[["box"]]']);
    expect(keysOf(sdl, 'Box', '__typename')).toEqual(['scopes:[["box"]]']);
    expect(keysOf(sdl, 'Query', 'plain')).toEqual([]);
  });

  test('demands what every subgraph demands of a shared field', () => {
    const sdl = compose(
      'type Query { a: Int @shareable @requiresScopes(scopes: [["one"]]) }',
      'type Query { a: Int @shareable @requiresScopes(scopes: [["two"], ["three"]]) }',
    );
    expect(keysOf(sdl, 'Query', 'a')).toEqual(['scopes:[["one","three"],["one","two"]]']);
  });

  test.each([
    ['as composition writes it', (sdl: string) => sdl],
    [
      'when composition left the interface open',
      (sdl: string) =>
        sdl.replace(
          /interface Named[^{]*\{[^}]*\}/,
          'interface Named @join__type(graph: S0) { name: String secret: String }',
        ),
    ],
  ])('demands of an interface what every implementation demands, %s', (_case, change) => {
    const sdl = change(
      compose(`
        type Query { named: Named things: [Thing] }
        interface Named { name: String secret: String }
        type Open implements Named { name: String secret: String @requiresScopes(scopes: [["secret"]]) }
        type Closed implements Named @requiresScopes(scopes: [["closed"]]) { name: String secret: String }
        union Thing = Open | Closed`),
    );
    expect(keysOf(sdl, 'Query', 'named')).toEqual(['scopes:[["closed"]]']);
    expect(keysOf(sdl, 'Named', 'name')).toEqual(['scopes:[["closed"]]']);
    expect(keysOf(sdl, 'Named', 'secret').sort()).toEqual(['scopes:[["closed"]]', 'scopes:[["secret"]]']);
    expect(keysOf(sdl, 'Open', 'name')).toEqual([]);
    expect(keysOf(sdl, 'Open', 'secret')).toEqual(['scopes:[["secret"]]']);
    // A union may hold what the caller does not see; its fragments are decided one by one.
    expect(keysOf(sdl, 'Query', 'things')).toEqual([]);
    expect(keysOf(sdl, 'Closed', 'name')).toEqual(['scopes:[["closed"]]']);
  });

  test('reads the directives under the names by which they are linked', () => {
    const sdl = `
      schema @link(url: "https://specs.apollo.dev/link/v1.0")
        @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "known", for: SECURITY)
        @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@needs" }], for: SECURITY)
      { query: Query }
      type Query { a: Int @known b: Int @needs(scopes: [["s"]]) c: Int @policy(policies: [["p"]]) }`;
    expect(keysOf(sdl, 'Query', 'a')).toEqual(['authenticated']);
    expect(keysOf(sdl, 'Query', 'b')).toEqual(['scopes:[["s"]]']);
    expect(keysOf(sdl, 'Query', 'c')).toEqual(['policies:[["p"]]']);
  });

  test('takes a list without alternatives, and an alternative without names, as fulfilled', () => {
    const sdl = 'type Query { a: Int @requiresScopes(scopes: []) b: Int @requiresScopes(scopes: [["x"], []]) }';
    expect(readFieldPolicy(sdl).open).toBe(true);
  });

  test.each(['@requiresScopes', '@policy(policies: null)', '@requiresScopes(scopes: [[1]])'])(
    'cannot be read from %s',
    (directive) => {
      expect(() => readFieldPolicy(`type Query { a: Int ${directive} }`)).toThrow(/at Query\.a has no lists of names/);
    },
  );

  test('answers for names of prototypes like for any other', () => {
    const policy = readFieldPolicy('type Query { a: Int @authenticated constructor: Int }');
    expect(policy.requirementOf('__proto__', 'constructor')).toEqual([]);
    expect(policy.requirementOf('Query', 'constructor')).toEqual([]);
  });
});

describe('root fields', () => {
  const schema = buildSchema('type Query { a: Int } type Subscription { b: Int }');

  test('are decided when each requires something', () => {
    const policy = readFieldPolicy('type Query { a: Int @authenticated } type Subscription { b: Int @authenticated }');
    expect(() => assertRootFieldsDecided(schema, policy)).not.toThrow();
  });

  test('stop the router when one of them requires nothing', () => {
    const policy = readFieldPolicy('type Query { a: Int @authenticated } type Subscription { b: Int }');
    expect(() => assertRootFieldsDecided(schema, policy)).toThrow('Subscription.b has no entry in the policy table');
  });
});
