import { describe, expect, test } from 'vitest';
import { composeSubgraphs } from './compose-subgraphs.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n';
const source = (name: string, sdl: string) => ({
  name,
  routingUrl: `http://127.0.0.1/${name}`,
  files: [
    { path: 'link.graphql', text: LINK },
    { path: `${name}.graphql`, text: sdl },
  ],
});

const PRODUCTS = source(
  'products',
  'type Query { product: Product } type Product @key(fields: "id") { id: ID! title: String }',
);
const PRICES = source('prices', 'type Product @key(fields: "id") { id: ID! price: Int }');

describe('composition', () => {
  test('gives the same text in whatever order the subgraphs come', () => {
    const { supergraphSdl, errors, hints } = composeSubgraphs([PRODUCTS, PRICES]);
    expect(errors).toEqual([]);
    expect(hints).toEqual([]);
    expect(supergraphSdl).toContain('PRICES @join__graph(name: "prices", url: "http://127.0.0.1/prices")');
    expect(composeSubgraphs([PRICES, PRODUCTS]).supergraphSdl).toBe(supergraphSdl);
  });

  test('names the subgraphs and the coordinate of a field that two of them define', () => {
    const { supergraphSdl, errors } = composeSubgraphs([
      PRODUCTS,
      source('stock', 'type Product @key(fields: "id") { id: ID! title: String }'),
    ]);
    expect(supergraphSdl).toBeNull();
    expect(errors).toEqual([expect.stringMatching(/^INVALID_FIELD_SHARING \[products, stock\] Product\.title .*\S$/)]);
  });

  test('names the one subgraph that is wrong in itself', () => {
    const { errors } = composeSubgraphs([PRODUCTS, source('stock', 'type Query { stock: Nothing }')]);
    expect(errors).toEqual([expect.stringMatching(/^INVALID_GRAPHQL \[stock\] .*Nothing/)]);
    expect(composeSubgraphs([PRODUCTS, source('stock', 'type Query {')]).errors).toEqual([
      expect.stringMatching(/^INVALID_GRAPHQL \[stock\] .*\(stock\.graphql:1:\d+\)/),
    ]);
  });

  test('hints at descriptions that differ, in one line that names the subgraphs and the coordinate', () => {
    const { hints } = composeSubgraphs([
      PRODUCTS,
      source('prices', '"Something else." type Product @key(fields: "id") { "The key." id: ID! }'),
      source('stock', '"Another thing." type Product @key(fields: "id") { id: ID! }'),
    ]);
    expect(hints).toEqual([
      expect.stringMatching(/^INCONSISTENT_DESCRIPTION \[.*\] Product [^\n]*"prices"[^\n]*"stock"/),
    ]);
  });
});
