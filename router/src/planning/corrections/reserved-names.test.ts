import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { readReservedNames } from './reserved-names.ts';

test('reads all names of keys, requirements and contexts', () => {
  const names = readReservedNames(
    parse(`
      directive @other(key: String) on OBJECT
      type A @join__type(graph: X, key: "id code { one ... on B { two } }") @other(key: "never") {
        id: ID!
        fee: Int @join__field(graph: X, requires: "price(in: 1) size { width }", provides: "given")
        tax(in: Int): Int
          @join__field(graph: X, contextArguments: [{ context: "c", name: "in", type: "Int", selection: " { area { zip } }" }])
      }`),
  );
  expect([...names].sort()).toEqual(['area', 'code', 'id', 'one', 'price', 'size', 'two', 'width', 'zip']);
});
