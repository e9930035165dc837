import type { FetchNode } from '@apollo/query-planner';
import { OperationTypeNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { nameInterfaceObjects, readInterfaceObjects } from './name-interface-objects.ts';

const OBJECTS = readInterfaceObjects(
  parse(`
    schema { query: Root }
    enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b-2", url: "") }
    type Root @join__type(graph: A) @join__type(graph: B) { media: [Medium!]! any: Any other: Medium @join__field(graph: B, type: "Film!") }
    interface Medium @join__type(graph: A) @join__type(graph: B, key: "id", isInterfaceObject: true) { id: ID! next: Medium }
    type Film implements Medium @join__type(graph: A) { id: ID! next: Medium }
    type Review @join__type(graph: B) { medium: Medium! }
    union Any = Film | Review`),
)!;
const fetchOf = (operation: string, serviceName = 'b-2'): FetchNode => ({
  kind: 'Fetch',
  serviceName,
  operation,
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
});

describe('a fetch from a subgraph that knows an interface as an object', () => {
  test.each([
    ['{media{id next{id}}}', '{media{__typename id next{__typename id}}}'],
    ['{any{...on Review{medium{id}}}}', '{any{...on Review{medium{__typename id}}}}'],
    [
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Medium{next{id}}}}',
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Medium{next{__typename id}}}}',
    ],
    ['{media{kind:__typename id}}', '{media{__typename kind:__typename id}}'],
  ])('asks for the type name in %s', (operation, expected) => {
    expect(nameInterfaceObjects(fetchOf(operation), OBJECTS).operation).toBe(expected);
  });

  test.each([['{media{__typename id}}'], ['{other{id}}'], ['{unknown{id}}'], ['{__typename}']])(
    'is the same object for %s',
    (operation) => {
      const fetch = fetchOf(operation);
      expect(nameInterfaceObjects(fetch, OBJECTS)).toBe(fetch);
    },
  );
});

test('a fetch from another subgraph is the same object', () => {
  const fetch = fetchOf('{media{id}}', 'a');
  expect(nameInterfaceObjects(fetch, OBJECTS)).toBe(fetch);
});

test('a supergraph without interface objects has none', () => {
  expect(
    readInterfaceObjects(parse('interface A @join__type(graph: X, isInterfaceObject: false) { id: ID! }')),
  ).toBeNull();
});
