import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { INTERNAL_LIMITS, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import type { QueryPlan } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import * as graphql from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { readCosts } from '../demand/compile-cost.ts';
import { compilePlan } from '../execution/compile-plan.ts';
import { createPlanCache, type PlanCache } from '../planning/plan-cache.ts';
import { readFieldPolicy } from '../policy/field-policy.ts';
import type { Compiled } from './known-operation.ts';
import { createKnownOperations } from './known-operations.ts';

const SDL = 'type Query { item(id: ID!): Item items: [Item!] } type Item { id: ID! name: String }';
const PLAN: QueryPlan = {
  kind: 'QueryPlan',
  node: {
    kind: 'Fetch',
    serviceName: 'items',
    operation: '{ items { id } }',
    operationName: undefined,
    operationKind: graphql.OperationTypeNode.QUERY,
  },
};
const GUEST = guestOf('web');

function known() {
  const planned: string[] = [];
  const plans: PlanCache<Compiled> = createPlanCache<Compiled>({
    plan: async ({ text }) => {
      planned.push(text);
      return PLAN;
    },
    make: (queryPlan) => ({
      ...compilePlan(queryPlan, { facts: { possibleTypes: {} }, operation: 'query', clients: () => ({}) as never }),
      queryPlan,
    }),
  });
  const operations = createKnownOperations({
    schema: buildSchema(SDL),
    facts: { subgraphs: [], possibleTypes: {}, overrideLabels: [], labelsByField: {}, labelsOfKeys: [] },
    policy: readFieldPolicy(SDL),
    costs: readCosts(SDL),
    plans,
    introspection: true,
  });
  return { operations, planned };
}

describe('the operations that a graph knows', () => {
  it('are made once for a text: it is not parsed, validated, measured or planned again', async () => {
    const { operations, planned } = known();
    const query = '{ items { id } }';
    const first = operations.find({ query }, INTERNAL_LIMITS);
    const plan = await first.for(GUEST).plan({}, []);
    const parse = vi.spyOn(graphql.Lexer.prototype, 'advance');
    try {
      for (let again = 0; again < 10; again += 1) {
        const operation = operations.find({ query }, INTERNAL_LIMITS);
        expect(operation).toBe(first);
        expect(operation.for(guestOf('web'))).toBe(first.for(GUEST));
        // At once, not as a promise: nobody waits for the planner.
        expect(operation.for(GUEST).plan({}, [])).toBe(plan);
      }
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    expect(planned).toHaveLength(1);
  });

  it('are shared by texts that differ in what does not matter', () => {
    const { operations } = known();
    const first = operations.find(
      { query: 'query A { items { id } } query B { items { name } }', operationName: 'A' },
      INTERNAL_LIMITS,
    );
    expect(operations.find({ query: '# again\nquery A {\n  items { id, }\n}' }, INTERNAL_LIMITS)).toBe(first);
    expect(operations.find({ query: 'query A { items { name } }' }, INTERNAL_LIMITS)).not.toBe(first);
  });

  it('are planned once for each combination of conditions that occurs', async () => {
    const { operations, planned } = known();
    const { for: of } = operations.find(
      { query: 'query ($a: Boolean!) { items { id name @include(if: $a) } }' },
      INTERNAL_LIMITS,
    );
    for (const a of [true, false, true, false]) await of(GUEST).plan({ a }, []);
    expect(planned.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(['{ items { id name } }', '{ items { id } }']);
  });

  it('refuse a known text to a caller who may send less', () => {
    const { operations } = known();
    const query = `{ items { ${Array.from({ length: PUBLIC_LIMITS.aliases + 1 }, (_, index) => `a${index}: id`).join(' ')} } }`;
    const long = `{ items { id } } # ${'x'.repeat(PUBLIC_LIMITS.tokens)}`;
    operations.find({ query }, INTERNAL_LIMITS);
    expect(() => operations.find({ query }, PUBLIC_LIMITS)).toThrow(/aliases/);
    operations.find({ query: long }, INTERNAL_LIMITS);
    // Comments are no tokens.
    expect(operations.find({ query: long }, PUBLIC_LIMITS).kind).toBe('query');
    const tokens = `{ ${'items { id } '.repeat(40)} ${'a: items { id } '.repeat(200)} }`;
    expect(() => operations.find({ query: tokens }, PUBLIC_LIMITS)).toThrow(/tokens/);
  });

  it('are not kept when they are wrong', () => {
    const { operations } = known();
    for (let again = 0; again < 2; again += 1) {
      expect(() => operations.find({ query: '{ nothing }' }, INTERNAL_LIMITS)).toThrow('The document is not valid.');
      expect(() => operations.find({ query: '{ items { id } }', operationName: 'X' }, INTERNAL_LIMITS)).toThrow(
        /names no operation/,
      );
    }
  });
});
