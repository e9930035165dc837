import { Kind, parse, type FieldNode, type FragmentDefinitionNode } from 'graphql';
import { expect, it } from 'vitest';
import { selectsAny } from './selected-fields.ts';

function selects(source: string, variableValues: Record<string, unknown> = {}): boolean {
  const { definitions } = parse(source);
  const [operation] = definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
  const fragments = Object.fromEntries(
    definitions
      .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const fieldNodes = operation.selectionSet.selections as readonly FieldNode[];
  return selectsAny({ fieldNodes, fragments, variableValues }, ['totalCount', 'freshness.countsExact']);
}

it.each([
  ['{ list { totalCount } }', true],
  ['{ list { n: totalCount } }', true],
  ['{ list { ... { ...F } } } fragment F on L { freshness { countsExact } }', true],
  ['{ list { freshness { asOf } edges { totalCount } } }', false],
  ['{ list { totalCount @skip(if: true) } }', false],
  ['query ($yes: Boolean!) { list { totalCount @include(if: $yes) } }', true],
  ['query ($no: Boolean!) { list { ... @include(if: $no) { totalCount } } }', false],
  ['{ list { ...Gone } }', false],
])('%s asks for a count: %s', (source, expected) => {
  expect(selects(source, { yes: true, no: false })).toBe(expected);
});
