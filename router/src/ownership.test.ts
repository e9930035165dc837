import { describe, expect, test } from 'vitest';
import { shopSupergraph } from './fixture/shop.ts';
import { readOwnership } from './ownership.ts';

const ownership = readOwnership(
  shopSupergraph({
    first: `
      type Query { thing: Thing found: Found }
      union Found = Thing
      interface Named { name: String }
      type Thing implements Named @key(fields: "id") { id: ID! name: String size: Int! weight: Int shared: Int @shareable }`,
    second: `
      type Query { unused: Int }
      type Thing @key(fields: "id") { id: ID! size: Int! @external area: Int @requires(fields: "size") weight: Int @federation__override(from: "first") shared: Int @shareable }`,
  }),
);
const owners = (type: string, field: string) => [...ownership.subgraphsOf(type, field)].sort();

describe('the subgraphs that resolve a field alone', () => {
  test('are all that know the type, for its key and for its name', () => {
    expect(owners('Thing', 'id')).toEqual(['first', 'second']);
    expect(owners('Thing', '__typename')).toEqual(['first', 'second']);
    expect(owners('Found', '__typename')).toEqual(['first']);
  });

  test('are those that define it, without those that only refer to it', () => {
    expect(owners('Thing', 'name')).toEqual(['first']);
    expect(owners('Thing', 'shared')).toEqual(['first', 'second']);
    expect(owners('Thing', 'size')).toEqual(['first']);
    expect(owners('Named', 'name')).toEqual(['first']);
  });

  test('are without the one that a field was taken from', () => {
    expect(owners('Thing', 'weight')).toEqual(['second']);
  });

  test('are none where fields of another subgraph are required, or nothing is known', () => {
    expect(owners('Thing', 'area')).toEqual([]);
    expect(owners('Thing', 'colour')).toEqual([]);
  });
});
