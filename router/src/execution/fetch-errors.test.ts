import { describe, expect, it } from 'vitest';
import { entityFetch, rootFetch, runNodes } from './fixture/run-plan.ts';

const product = (id: unknown) => ({ __typename: 'Product', id });
const failing = (errors: unknown, products: unknown = [1, null, 2, 1].map((id) => id && product(id)), more = {}) =>
  runNodes(
    {
      kind: 'Sequence',
      nodes: [rootFetch('a', '{shop{products{id}}}'), entityFetch('b', ['shop', 'products', '@'], more)],
    },
    ({ variables }, subgraph) =>
      subgraph === 'a'
        ? { data: { shop: { products } } }
        : { data: { _entities: (variables!['representations'] as []).map(() => null) }, errors },
  );
const pathsOf = async (path: unknown) => (await failing([{ message: 'no', path }])).errors.map((error) => error.path);

describe('an error of an entity', () => {
  it('stands at every position that the entity has in the response, with its extensions', async () => {
    const extensions = { code: 'FORBIDDEN', scope: 'x' };
    const { errors } = await failing([{ message: 'no', path: ['_entities', 0, 'name', 3], extensions, locations: [] }]);
    expect(errors).toEqual([
      { message: 'no', path: ['shop', 'products', 0, 'name', 3], extensions },
      { message: 'no', path: ['shop', 'products', 3, 'name', 3], extensions },
    ]);
  });

  it('counts representations, not positions: dropped and repeated objects have none of their own', async () => {
    expect(await pathsOf(['_entities', 1])).toEqual([['shop', 'products', 2]]);
  });

  it.each([
    ['no path', undefined],
    ['a path that is none', 'products'],
    ['a path of objects', ['_entities', {}, 'name']],
    ['a path that is too long', new Array(201).fill('a')],
    ['an entity that was not asked for', ['_entities', 7, 'name']],
    ['an entity of a strange number', ['_entities', -1]],
    ['all entities', ['_entities']],
    ['something else', ['products', 0]],
  ])('stands at the place above the list when it names %s', async (_what, path) => {
    expect(await pathsOf(path)).toEqual([['shop', 'products']]);
  });

  it('bears the name that clients know when the planner had another', async () => {
    const outputRewrites = [{ kind: 'KeyRenamer', path: ['... on Product', 'name__alias_0'], renameKeyTo: 'name' }];
    const { errors } = await failing([{ message: 'no', path: ['_entities', 1, 'name__alias_0'] }], undefined, {
      outputRewrites,
    });
    expect(errors.map(({ path }) => path)).toEqual([['shop', 'products', 2, 'name']]);
  });

  it('is told in a hundred places at most, and all errors together are a thousand at most', async () => {
    const many = Array.from({ length: 300 }, () => product(1));
    expect((await failing([{ message: 'no', path: ['_entities', 0] }], many)).errors).toHaveLength(100);
    const list = Array.from({ length: 50 }, () => ({ message: 'no', path: ['_entities', 0] }));
    expect((await failing(list, many)).errors).toHaveLength(1_000);
  });

  it.each([[null], ['text'], [{}], [{ message: 5, extensions: 'x' }]])('may be no error at all: %j', async (given) => {
    expect((await failing([given])).errors).toEqual([
      { message: 'A service gave an error without a message.', path: ['shop', 'products'] },
    ]);
  });
});

describe('an error of a root fetch', () => {
  it('keeps its path, and goes without one when it had none', async () => {
    const { data, errors } = await runNodes(rootFetch('a', '{a b}'), () => ({
      data: { a: 1, b: null },
      errors: [{ message: 'one', path: ['b', 0] }, { message: 'two' }],
    }));
    expect(data).toEqual({ a: 1, b: null });
    expect(errors).toEqual([{ message: 'one', path: ['b', 0] }, { message: 'two' }]);
  });

  it('stands below every position of a fetch of root fields within the response', async () => {
    const { data, errors } = await runNodes(
      {
        kind: 'Sequence',
        nodes: [
          rootFetch('a', '{jobs{id}}'),
          { kind: 'Flatten', path: ['jobs', '@', 'query'], node: rootFetch('b', '{me{name}}') },
        ],
      },
      (_request, subgraph) =>
        subgraph === 'a'
          ? { data: { jobs: [{ query: {} }, { query: null }, { query: {} }] } }
          : { data: { me: { name: null } }, errors: [{ message: 'no', path: ['me', 'name'] }] },
    );
    expect(data).toEqual({
      jobs: [{ query: { me: { name: null } } }, { query: null }, { query: { me: { name: null } } }],
    });
    expect(errors.map(({ path }) => path)).toEqual([0, 2].map((i) => ['jobs', i, 'query', 'me', 'name']));
  });
});
