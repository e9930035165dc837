import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { mapFetches } from './map-fetches.ts';

const fetch = (serviceName: string): FetchNode => ({
  kind: 'Fetch',
  serviceName,
  operation: '{a}',
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
});
const plan = (node: PlanNode): QueryPlan => ({ kind: 'QueryPlan', node });
const twice = (node: FetchNode): [FetchNode, ...FetchNode[]] =>
  node.serviceName === 'b' ? [fetch('b1'), fetch('b2')] : [node];

describe('mapFetches', () => {
  test('answers the same plan when no fetch changes', () => {
    const node: PlanNode = {
      kind: 'Sequence',
      nodes: [
        fetch('a'),
        { kind: 'Parallel', nodes: [{ kind: 'Flatten', path: ['x', '@'], node: fetch('c') }] },
        { kind: 'Condition', condition: 'yes', ifClause: fetch('d') },
      ],
    };
    const same = plan(node);
    expect(mapFetches(same, twice)).toBe(same);
    const empty: QueryPlan = { kind: 'QueryPlan' };
    expect(mapFetches(empty, twice)).toBe(empty);
  });

  test('runs parts of a fetch at the same time, each below the path', () => {
    const before = fetch('a');
    expect(
      mapFetches(
        plan({
          kind: 'Sequence',
          nodes: [
            before,
            { kind: 'Flatten', path: ['x', '@'], node: { kind: 'Condition', condition: 'no', elseClause: fetch('b') } },
            { kind: 'Flatten', path: ['y'], node: fetch('b') },
          ],
        }),
        twice,
      ),
    ).toEqual(
      plan({
        kind: 'Sequence',
        nodes: [
          before,
          {
            kind: 'Flatten',
            path: ['x', '@'],
            node: {
              kind: 'Condition',
              condition: 'no',
              elseClause: { kind: 'Parallel', nodes: [fetch('b1'), fetch('b2')] },
            },
          },
          {
            kind: 'Parallel',
            nodes: [
              { kind: 'Flatten', path: ['y'], node: fetch('b1') },
              { kind: 'Flatten', path: ['y'], node: fetch('b2') },
            ],
          },
        ],
      }),
    );
  });

  test('maps the primary fetch of a subscription and what follows an event', () => {
    const renamed = (node: FetchNode): [FetchNode] => [fetch(`${node.serviceName}!`)];
    expect(
      mapFetches({ kind: 'QueryPlan', node: { kind: 'Subscription', primary: fetch('a'), rest: fetch('c') } }, renamed),
    ).toEqual({ kind: 'QueryPlan', node: { kind: 'Subscription', primary: fetch('a!'), rest: fetch('c!') } });
  });
});
