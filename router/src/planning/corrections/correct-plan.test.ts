import type { QueryPlan } from '@apollo/query-planner';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { correctPlan, createCorrections, planCorrectly } from './correct-plan.ts';

const graphs = 'enum join__Graph { A @join__graph(name: "a", url: "") }';
const PLAIN = parse(`${graphs} type A @join__type(graph: A, key: "id") { id: ID! name: String }`);
const WITH_ARGUMENTS = parse(
  `${graphs} type A @join__type(graph: A, key: "id") { id: ID! price(in: Int): Int fee: Int @join__field(graph: A, requires: "price(in: 1)") }`,
);
const PLAN: QueryPlan = {
  kind: 'QueryPlan',
  node: {
    kind: 'Fetch',
    serviceName: 'a',
    operation: '{a{id}}',
    operationName: undefined,
    operationKind: 'query' as never,
  },
};

describe('a plan that needs no correction', () => {
  test('is the planner’s own, over the supergraph as it is', () => {
    const corrections = createCorrections(PLAIN);
    expect(corrections.supergraph).toBe(PLAIN);
    expect(planCorrectly(parse('{ a { name } }'), corrections, () => PLAN)).toBe(PLAN);
  });

  test('is the planner’s own where other plans of the supergraph need one', () => {
    const corrections = createCorrections(WITH_ARGUMENTS);
    expect(corrections.supergraph).not.toBe(WITH_ARGUMENTS);
    expect(correctPlan(PLAN, corrections)).toBe(PLAN);
  });
});

test('a plan over interface objects is the planner’s own where it asks for their type names', () => {
  const corrections = createCorrections(
    parse(
      `${graphs} type Query { a: A } interface A @join__type(graph: A, key: "id", isInterfaceObject: true) { id: ID! }`,
    ),
  );
  expect(correctPlan(PLAN, corrections)).toEqual({
    ...PLAN,
    node: { ...PLAN.node, operation: '{a{__typename id}}' },
  });
  const named: QueryPlan = correctPlan(PLAN, corrections);
  expect(correctPlan(named, corrections)).toBe(named);
});

describe('planCorrectly', () => {
  test('plans with other names for those that collide, and tells which', () => {
    const planned: string[] = [];
    const plan = planCorrectly(
      parse('{ a { id: name _required_0_price: name } }'),
      createCorrections(WITH_ARGUMENTS),
      (document) => {
        planned.push(...JSON.stringify(document).match(/_asked_\w+/g)!);
        return PLAN;
      },
    );
    expect(planned).toEqual(['_asked_0_id', '_asked_0__required_0_price']);
    expect(plan).toEqual({
      ...PLAN,
      responseKeys: { _asked_0_id: 'id', _asked_0__required_0_price: '_required_0_price' },
    });
  });
});
