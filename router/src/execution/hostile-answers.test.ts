import { requestFault } from '@kontor/kit/src/errors.ts';
import { describe, expect, it } from 'vitest';
import { entityFetch, rootFetch, runNodes } from './fixture/run-plan.ts';

const product = (id: unknown) => ({ __typename: 'Product', id });
/** Products of one subgraph, whose names another knows. */
const NAMES = {
  kind: 'Sequence' as const,
  nodes: [rootFetch('a', '{products{id}}'), entityFetch('b', ['products', '@'])],
};
const run = (products: unknown, entities: unknown, node = NAMES) =>
  runNodes(node, (_request, subgraph) =>
    subgraph === 'a'
      ? { data: { products } }
      : typeof entities === 'function'
        ? (entities as () => unknown)()
        : entities,
  );
const MALFORMED = {
  message: 'A service gave an answer that does not fit the question.',
  extensions: { code: 'INTERNAL' },
};
const MISFIT = { message: 'A service gave data that do not fit the schema.', extensions: { code: 'INTERNAL' } };

describe('an answer that does not fit', () => {
  it.each([
    ['null', null],
    ['a text', 'no'],
    ['an empty object', {}],
    ['data that are a list', { data: [] }],
    ['data without entities', { data: {} }],
    ['entities that are no list', { data: { _entities: { length: 2 } } }],
    ['too few entities', { data: { _entities: [{}] } }],
    ['too many entities', { data: { _entities: [{}, {}, {}] } }],
  ])('is an error at each position of the fetch when it is %s', async (_what, answer) => {
    const { data, errors } = await run([product(1), product(2)], answer);
    expect(data).toEqual({ products: [product(1), product(2)] });
    expect(errors).toEqual([0, 1].map((i) => ({ ...MALFORMED, path: ['products', i] })));
  });

  it('is an error of the root fields that were asked for', async () => {
    const { data, errors } = await runNodes(
      rootFetch(
        'a',
        'query($x:Boolean!$y:Boolean!){one two:three @include(if:$x) ...@skip(if:$y){four}five @skip(if:true)}',
      ),
      () => ({ data: 'no' }),
      { coerced: { x: false, y: false } },
    );
    expect(data).toEqual({});
    expect(errors).toEqual([
      { ...MALFORMED, path: ['one'] },
      { ...MALFORMED, path: ['four'] },
    ]);
  });

  it('loses nothing but the entities that are no objects', async () => {
    const { data, errors } = await run([1, 2, 3, 1].map(product), {
      data: { _entities: ['no', { name: 'Two' }, [{ name: 'Three' }]] },
    });
    expect(data).toEqual({ products: [product(1), { ...product(2), name: 'Two' }, product(3), product(1)] });
    expect(errors).toEqual([
      { ...MALFORMED, path: ['products', 0] },
      { ...MALFORMED, path: ['products', 3] },
      { ...MALFORMED, path: ['products', 2] },
    ]);
  });

  it.each([
    ['a text where a list must be', 'no'],
    ['an object where a list must be', {}],
    ['a number where an object must be', [1]],
    ['a list where an object must be', [[product(1)]]],
  ])('is one error without a fetch when there is %s on the way', async (_what, products) => {
    const { data, errors } = await run(products, () => expect.unreachable());
    expect(data).toEqual({ products });
    expect(errors).toEqual([{ ...MISFIT, path: ['products'] }]);
  });

  it('sends no fetch for nulls, objects without a type or of another type, and keys that are missing or null', async () => {
    const products = [
      null,
      {},
      { __typename: 7 },
      { __typename: 'Other', id: 1 },
      { __typename: 'Product' },
      product(null),
    ];
    const { data, errors } = await run(products, () => expect.unreachable());
    expect(data).toEqual({ products });
    expect(errors).toEqual([]);
  });

  it('keeps keys apart that are alike only as text', async () => {
    const asked: unknown[] = [];
    await runNodes(NAMES, ({ variables }, subgraph) => {
      if (subgraph === 'a') return { data: { products: [1, '1', true, 'true', [1], '[1]', [1], 1].map(product) } };
      const representations = variables!['representations'] as { id: unknown }[];
      asked.push(...representations.map(({ id }) => id));
      return { data: { _entities: representations.map(() => null) } };
    });
    expect(asked).toEqual([1, '1', true, 'true', [1], '[1]']);
  });

  it('cannot reach the prototype of an object', async () => {
    const poison =
      '{"__proto__":{"polluted":1},"constructor":{"polluted":1},"toString":"text","name":{"__proto__":{"polluted":1}}}';
    const { data, errors } = await run([product(1), product(1)], () => ({
      data: { _entities: [JSON.parse(poison) as object] },
    }));
    expect(errors).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    for (const merged of data['products'] as object[]) {
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
      expect(JSON.stringify(merged)).toBe(`{"__typename":"Product","id":1,${poison.slice(1)}`);
    }
  });

  it('takes a flatten path or a key of an inherited name as data alone', async () => {
    const node = {
      kind: 'Sequence' as const,
      nodes: [rootFetch('a', '{products{id}}'), entityFetch('b', ['products', '@', 'constructor'])],
    };
    const { errors } = await run([{}, { constructor: null }], () => expect.unreachable(), node);
    expect(errors).toEqual([]);
    const keyed = { ...node, nodes: [node.nodes[0]!, entityFetch('b', ['products', '@'], { key: 'toString' })] };
    expect((await run([product(1)], () => expect.unreachable(), keyed)).errors).toEqual([]);
  });

  it('is an error and no exception when it is deeper than the stack', async () => {
    const deep = (): unknown => JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    const { errors } = await runNodes(
      { kind: 'Sequence', nodes: [rootFetch('a', '{x{a}}'), rootFetch('b', '{x{a}}')] },
      () => ({ data: { x: deep() } }),
    );
    expect(errors).toEqual([{ message: 'Maximum call stack size exceeded', extensions: { code: 'INTERNAL' } }]);
  });

  it('never takes the place of what another subgraph gave when it is null', async () => {
    const { data } = await runNodes(
      { kind: 'Sequence', nodes: [rootFetch('a', '{x{p}l{q}}'), rootFetch('b', '{x{p}l{q}}')] },
      (_request, subgraph) =>
        subgraph === 'a' ? { data: { x: { p: 1 }, l: [{ q: 1 }, null] } } : { data: { x: null, l: [null, { q: 2 }] } },
    );
    expect(data).toEqual({ x: { p: 1 }, l: [{ q: 1 }, { q: 2 }] });
  });
});

describe('a subgraph that does not answer', () => {
  it('costs its own positions, without the HTTP status of the error', async () => {
    const { data, errors } = await run([1, 2, 1].map(product), () => {
      throw requestFault('SERVICE_UNAVAILABLE', 'Not there.');
    });
    expect(data).toEqual({ products: [1, 2, 1].map(product) });
    expect(errors).toEqual(
      [0, 1, 2].map((i) => ({
        message: 'Not there.',
        path: ['products', i],
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      })),
    );
  });

  it('is told at no more than a hundred positions', async () => {
    const { errors } = await run(
      Array.from({ length: 500 }, (_, id) => product(id)),
      () => {
        throw requestFault('TIMEOUT', 'Too slow.');
      },
    );
    expect(errors.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, i) => ['products', i]));
  });

  it('is an error when nobody knows the subgraph, or its client throws at once', async () => {
    const { compilePlan } = await import('./compile-plan.ts');
    const { CALL } = await import('./fixture/federation.ts');
    const plan = { kind: 'QueryPlan', node: rootFetch('a', '{x}') } as const;
    const outcomes = [
      undefined,
      {
        execute: () => {
          throw new Error('at once');
        },
      },
    ].map((client) =>
      compilePlan(plan, { facts: { possibleTypes: {} }, clients: () => client as never, operation: 'query' }).execute({
        call: CALL,
        variables: {},
        coerced: {},
      }),
    );
    expect((await Promise.all(outcomes)).map(({ errors }) => errors)).toEqual([
      [{ message: 'A service is not known here.', path: ['x'], extensions: { code: 'SERVICE_UNAVAILABLE' } }],
      [{ message: 'at once', path: ['x'], extensions: { code: 'INTERNAL' } }],
    ]);
  });

  it('refuses a variable that has the name of the representations', async () => {
    const node = {
      ...NAMES,
      nodes: [NAMES.nodes[0]!, entityFetch('b', ['products', '@'], { variableUsages: ['representations'] })],
    };
    const { errors } = await run([product(1)], () => expect.unreachable(), node);
    expect(errors).toEqual([
      { message: 'No variable may have the name representations: rename it.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});
