import { describe, expect, it } from 'vitest';
import { entityFetch, rootFetch, runNodes } from './fixture/run-plan.ts';

type Products = { size: { width?: number; height?: number; unit?: { name: string } } }[];

/** Two positions of one product, whose size another subgraph knows. */
async function sizes(...more: object[]): Promise<Products> {
  const { data, errors } = await runNodes(
    {
      kind: 'Sequence',
      nodes: [
        rootFetch('a', '{products{id}}'),
        entityFetch('b', ['products', '@'], { select: 'size{width}' }),
        ...(more as never[]),
      ],
    },
    ({ variables }, subgraph) => {
      if (subgraph === 'a') return { data: { products: [1, 1].map((id) => ({ __typename: 'Product', id })) } };
      const entities = variables!['representations'] as unknown[];
      const answers: Record<string, object> = {
        b: { size: { __typename: 'Size', id: 1, width: 1 } },
        c: { size: { height: 2 } },
        d: { unit: { name: 'mm' } },
      };
      return { data: { _entities: entities.map(() => structuredClone(answers[subgraph])) } };
    },
  );
  expect(errors).toEqual([]);
  return data['products'] as Products;
}

describe('positions that share an entity', () => {
  it('share the objects below them when no other fetch writes there', async () => {
    const [one, two] = await sizes();
    expect(one!.size).toEqual({ __typename: 'Size', id: 1, width: 1 });
    expect(two!.size).toBe(one!.size);
  });

  it.each([
    ['merges into the same object', entityFetch('c', ['products', '@'], { select: 'size{height}' }), { height: 2 }],
    [
      'goes on from there',
      entityFetch('d', ['products', '@', 'size'], { type: 'Size', select: 'unit{name}' }),
      { unit: { name: 'mm' } },
    ],
  ])('have objects of their own when another fetch %s', async (_what, node, added) => {
    const [one, two] = await sizes(node);
    expect(one!.size).toMatchObject({ width: 1, ...added });
    expect(two!.size).toEqual(one!.size);
    expect(two!.size).not.toBe(one!.size);
  });
});
