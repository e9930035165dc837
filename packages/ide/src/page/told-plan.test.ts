import { describe, expect, it } from 'vitest';
import { takePlan } from './told-plan.ts';

const timing = (startMs: number) => ({ startMs, endMs: startMs + 1, representations: 0, shared: false, errors: 0 });
const fetch = (subgraph: string, ...starts: number[]) => ({ kind: 'Fetch', subgraph, timings: starts.map(timing) });

describe('the plan in an answer', () => {
  it('is taken out of it, and leaves the other extensions', () => {
    const queryPlan = { text: 'Fetch a {}', node: null };
    const data = { a: 1 };
    expect(takePlan({ data, extensions: { queryPlan, cost: 3 } })).toEqual({
      result: { data, extensions: { cost: 3 } },
      plan: { text: 'Fetch a {}', fetches: [] },
    });
    expect(takePlan({ data, extensions: { queryPlan } }).result).toEqual({ data });
  });

  it('has the fetches that were sent in the order of their beginnings, wherever they stand', () => {
    const node = {
      kind: 'Sequence',
      nodes: [
        fetch('products', 0),
        {
          kind: 'Parallel',
          nodes: [
            { kind: 'Flatten', path: 'a.@', node: fetch('stock', 5, 3) },
            { kind: 'Condition', variable: 'x', then: fetch('prices', 4), otherwise: fetch('orders') },
          ],
        },
      ],
    };
    const { plan } = takePlan({ extensions: { queryPlan: { text: '', node } } });
    expect(plan?.fetches.map(({ subgraph, startMs }) => `${subgraph} ${startMs}`)).toEqual([
      'products 0',
      'stock 3',
      'prices 4',
      'stock 5',
    ]);
  });

  it('is none when the service tells none', () => {
    for (const extensions of [undefined, { cost: 1 }, { queryPlan: null }, { queryPlan: 'x' }]) {
      const result = extensions ? { extensions } : {};
      expect(takePlan(result)).toEqual({ result, plan: undefined });
    }
  });
});
