import { buildSchema, execute, parse, type GraphQLResolveInfo } from 'graphql';
import { expect, it } from 'vitest';
import { selects } from './selection.ts';

const schema = buildSchema(
  'type Query { page: Page } type Page { tags: [String] list: List } type List { total: Int items: [Item] } type Item { id: ID }',
);

/** What the resolver of `page` sees. */
function infoOf(query: string, variableValues: Record<string, unknown> = {}): GraphQLResolveInfo {
  let seen: GraphQLResolveInfo | undefined;
  const page = (_args: unknown, _ctx: unknown, info: GraphQLResolveInfo) => void (seen = info);
  void execute({ schema, document: parse(query), rootValue: { page }, variableValues });
  return seen!;
}

it('sees fields however they are named, at any depth and through fragments', () => {
  const info = infoOf(
    '{ page { labels: tags ...Lists } } fragment Lists on Page { list { ... on List { items { id } } } }',
  );
  expect(selects(info, 'tags')).toBe(true);
  expect(selects(info, 'list', 'items', 'id')).toBe(true);
  expect(selects(info, 'list', 'total')).toBe(false);
  expect(selects(info, 'items')).toBe(false);
});

it('puts selections of one field together', () => {
  const info = infoOf('{ page { list { total } } page { list { items { id } } } }');
  expect([selects(info, 'list', 'total'), selects(info, 'list', 'items')]).toEqual([true, true]);
});

it.each([
  [true, true],
  [false, false],
])('obeys @include and @skip with a variable that is %s', (all, expected) => {
  const info = infoOf(
    'query ($all: Boolean!) { page { tags @include(if: $all) ... @skip(if: $all) { list { total } } } }',
    { all },
  );
  expect([selects(info, 'tags'), selects(info, 'list')]).toEqual([expected, !expected]);
});
