import { parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { orderKeys } from './order-keys.ts';

test('puts resolvable keys of a subgraph first, and leaves the order of subgraphs alone', () => {
  const ordered = orderKeys(
    parse(`type Item
      @join__type(graph: A, key: "id", resolvable: false)
      @join__type(graph: B, key: "sku")
      @join__type(graph: A, key: "code { one }")
      @join__type(graph: C)
      @join__type(graph: A, key: "pid", resolvable: false)
      @join__type(graph: A, key: "name", resolvable: true) { id: ID! }`),
  );
  expect(print(ordered).match(/graph: \w+(, key: "[^"]+")?/g)).toEqual([
    'graph: A, key: "code { one }"',
    'graph: B, key: "sku"',
    'graph: A, key: "name"',
    'graph: C',
    'graph: A, key: "id"',
    'graph: A, key: "pid"',
  ]);
});

test('answers the same document where references come after keys, or alone', () => {
  const document = parse(`
    type Item
      @join__type(graph: A, key: "id", resolvable: false)
      @join__type(graph: B, key: "id")
      @join__type(graph: B, key: "sku", resolvable: false) { id: ID! }
    interface Plain @join__type(graph: A) { id: ID! }
    union Any = Item`);
  expect(orderKeys(document)).toBe(document);
});
