import { printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { apiSchemaOf } from './api-schema.ts';
import { composeSubgraphs } from './compose-subgraphs.ts';

const link = (version: string, imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/${version}", import: [${imports}])\n`;
const LINK = link('v2.9', '"@key", "@external", "@requires"');
const source = (name: string, text: string) => ({ name, routingUrl: '', files: [{ path: `${name}.graphql`, text }] });
const PRODUCTS = 'type Query { product: Product open: Int } type Product @key(fields: "id") { id: ID! cost: Int }';
const PRICES =
  'type Product @key(fields: "id") { id: ID! cost: Int @external margin: Int @requires(fields: "cost") } type Mutation { set: Int }';
const TABLE = { 'Query.product': 'read', 'Mutation.set': 'write', 'Query.elsewhere': 'read' };

describe('a policy table', () => {
  test('stands in the supergraph at the fields that it names, and clients see nothing of it', () => {
    const sources = [source('products', LINK + PRODUCTS), source('prices', LINK + PRICES)];
    const guarded = composeSubgraphs(sources, TABLE);
    expect(guarded).toMatchObject({ errors: [], hints: [] });
    const lines = guarded.supergraphSdl!.split('\n').filter((line) => line.includes('@requiresScopes(scopes: [['));
    expect(lines.map((line) => line.trim().replace(/@join__field\([^)]*\) /, ''))).toEqual([
      expect.stringMatching(/^directive @requiresScopes/),
      'set: Int @requiresScopes(scopes: [["write"]])',
      'product: Product @requiresScopes(scopes: [["read"]])',
    ]);
    const plain = composeSubgraphs(sources).supergraphSdl!;
    expect(plain).not.toContain('requiresScopes');
    expect(printSchema(apiSchemaOf(guarded.supergraphSdl!))).toBe(printSchema(apiSchemaOf(plain)));
  });

  test('is written under the name by which a subgraph imports the directive', () => {
    const renamed = link('v2.5', '{ name: "@requiresScopes", as: "@scoped" }');
    const { supergraphSdl, errors } = composeSubgraphs(
      [source('a', `${renamed} extend type Query { product: Int }`)],
      TABLE,
    );
    expect(errors).toEqual([]);
    expect(supergraphSdl).toContain('scopes: [["read"]]');
  });

  test('does not reach a field of which another field needs the value, unless the table names both', () => {
    const sources = [source('products', LINK + PRODUCTS), source('prices', LINK + PRICES)];
    expect(composeSubgraphs(sources, { ...TABLE, 'Product.cost': 'cost' }).errors).toEqual([
      expect.stringMatching(/^MISSING_TRANSITIVE_AUTH_REQUIREMENTS \[prices\] Product\.margin /),
    ]);
    expect(composeSubgraphs(sources, { ...TABLE, 'Product.cost': 'cost', 'Product.margin': 'cost' }).errors).toEqual(
      [],
    );
  });

  test.each([
    ['the subgraph links no federation', 'type Query { product: Int }', 'link federation v2.5 or later'],
    ['its federation is too old', `${link('v2.4', '')} type Query { product: Int }`, 'link federation v2.5 or later'],
    [
      'the SDL requires scopes for the same field',
      `${link('v2.9', '"@requiresScopes"')} type Query { product: Int @requiresScopes(scopes: [["mine"]]) }`,
      '"Query.product" requires scopes in the SDL and in the policy table',
    ],
  ])('cannot be written when %s', (_case, text, message) => {
    const { supergraphSdl, errors } = composeSubgraphs([source('a', text)], TABLE);
    expect(supergraphSdl).toBeNull();
    expect(errors).toEqual([expect.stringContaining(message)]);
    expect(errors[0]).toMatch(/^INVALID_POLICY \[a\] /);
  });
});
