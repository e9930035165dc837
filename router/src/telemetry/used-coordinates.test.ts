import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readSchemaCoordinates } from './schema-coordinates.ts';
import { readUsedCoordinates } from './used-coordinates.ts';

const schema = buildSchema(`
  interface Named { name: String }
  type Product implements Named { name: String old: String @deprecated(reason: "use name") self(deep: Boolean @deprecated(reason: "always")): Product }
  enum Order { NEW CHEAP OLD @deprecated(reason: "nobody sorts so") }
  input Range { from: Int upTo: Int @deprecated(reason: "use to") to: Int }
  input Filter { order: Order ranges: [Range!] either: Filter tag: String }
  input Plain { tag: String }
  type Query { product(filter: Filter, plain: Plain): Product named: Named constructor: Int }
`);
const read = (text: string) => readUsedCoordinates(schema, parse(text));

describe('what a document uses', () => {
  it('is each field once, by the type it is selected on, without introspection', () => {
    expect(
      read(`{
        a: product { name __typename ...P }
        b: product { name }
        named { name ... on Product { old } }
        constructor
        __schema { types { name } }
      }
      fragment P on Product { self { name } }`).written,
    ).toEqual([
      'Query.product',
      'Product.name',
      'Query.named',
      'Named.name',
      'Product.old',
      'Query.constructor',
      'Product.self',
    ]);
  });

  it('is arguments, fields of inputs and values of enums that are written in it', () => {
    expect(
      read(
        '{ product(filter: { order: OLD, ranges: [{ from: 1 }], either: { tag: "x" } }) { self(deep: true) { name } } }',
      ).written,
    ).toEqual([
      'Query.product',
      'Query.product(filter:)',
      'Filter.order',
      'Order.OLD',
      'Filter.ranges',
      'Range.from',
      'Filter.either',
      'Filter.tag',
      'Product.self',
      'Product.self(deep:)',
      'Product.name',
    ]);
  });

  it('is what is deprecated in the values of variables', () => {
    const { sent } = read(
      'query ($filter: Filter!, $order: [Order!], $plain: Plain) { product(filter: $filter, plain: $plain) { name } a: product(filter: { order: NEW }) { name } }',
    );
    expect(sent!({ filter: { order: 'CHEAP', ranges: [{ to: 1 }] } })).toEqual(new Set());
    expect(
      sent!({
        filter: { order: 'OLD', either: { either: { ranges: { upTo: 3 } } } },
        plain: { tag: 'x' },
      }),
    ).toEqual(new Set(['Order.OLD', 'Range.upTo']));
    expect(sent!({ order: ['NEW', 'OLD'] })).toEqual(new Set(['Order.OLD']));
    const hostile = JSON.parse('{"filter":{"__proto__":{"upTo":1},"ranges":[null,7,"x"],"order":{}}}') as object;
    expect(sent!(hostile as Record<string, unknown>)).toEqual(new Set());
  });

  it('needs no look at variables that can hold nothing deprecated', () => {
    expect(read('query ($plain: Plain) { product(plain: $plain) { name } }').sent).toBeNull();
  });
});

describe('what a schema offers', () => {
  it('is every field, and whatever is deprecated with its reason', () => {
    expect(Object.fromEntries(readSchemaCoordinates(schema))).toEqual({
      'Named.name': null,
      'Product.name': null,
      'Product.old': 'use name',
      'Product.self': null,
      'Product.self(deep:)': 'always',
      'Order.OLD': 'nobody sorts so',
      'Range.upTo': 'use to',
      'Query.product': null,
      'Query.named': null,
      'Query.constructor': null,
    });
  });
});
