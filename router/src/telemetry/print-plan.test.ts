import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createPlanReport, wantsPlan } from './plan-report.ts';

const fetchNode = (serviceName: string, operation: string, requires?: FetchNode['requires']): FetchNode => ({
  kind: 'Fetch',
  serviceName,
  operation,
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
  ...(requires ? { requires } : {}),
});
const products = fetchNode('products', '{variants{__typename id title}}');
const prices = fetchNode(
  'prices',
  'query($representations:[_Any!]!){_entities(representations:$representations){...on ProductVariant{price}}}',
  [
    {
      kind: 'InlineFragment',
      typeCondition: 'ProductVariant',
      selections: [
        { kind: 'Field', name: '__typename' },
        { kind: 'Field', name: 'dimensions', alias: 'size', selections: [{ kind: 'Field', name: 'width' }] },
      ],
    },
  ],
);
const stock = fetchNode('stock', '{levels}');
const planOf = (node: PlanNode): QueryPlan => ({ kind: 'QueryPlan', node });

/** The report of a plan whose fetches took these times. */
function report(node: PlanNode, fetches: readonly [FetchNode, number, number, object?][] = []) {
  const made = createPlanReport();
  const now = performance.now();
  made.take(planOf(node));
  for (const [fetch, start, end, more] of fetches)
    made.observe({
      node: fetch,
      subgraph: fetch.serviceName,
      operationName: undefined,
      startedAt: now + start,
      endedAt: now + end,
      representations: 0,
      shared: false,
      errors: 0,
      ...more,
    });
  return made.tell();
}
/** Times differ from run to run. */
const withoutTimes = (text: string) => text.replaceAll(/\d+\.\d+/g, 'N');

describe('the text of a plan', () => {
  it('shows who is asked for what, in which order, and how long it took', () => {
    const node: PlanNode = {
      kind: 'Sequence',
      nodes: [
        products,
        {
          kind: 'Parallel',
          nodes: [{ kind: 'Flatten', path: ['variants', '@'], node: prices }, stock],
        },
      ],
    };
    const { text } = report(node, [
      [products, 1, 3],
      [prices, 3, 5, { representations: 24, shared: true }],
      [prices, 5, 6, { representations: 1, errors: 2 }],
    ]);
    expect(withoutTimes(text)).toBe(`Sequence {
  Fetch products {
    # N ms, from N to N
    {
      variants {
        __typename
        id
        title
      }
    }
  }
  Parallel {
    Flatten variants.@ {
      Fetch prices {
        # N ms, from N to N; 24 entities; shared with another request
        # N ms, from N to N; 1 entity; 2 errors
        { ... on ProductVariant { __typename size: dimensions { width } } } =>
        query ($representations: [_Any!]!) {
          _entities(representations: $representations) {
            ... on ProductVariant {
              price
            }
          }
        }
      }
    }
    Fetch stock {
      # not sent
      {
        levels
      }
    }
  }
}
`);
  });

  it('shows conditions with both sides, and deferred parts after the rest', () => {
    const condition: PlanNode = { kind: 'Condition', condition: 'more', ifClause: stock, elseClause: products };
    expect(report(condition).text).toMatch(
      /^If \$more \{\n {2}Fetch stock [^]*^If not \$more \{\n {2}Fetch products /m,
    );
    const deferred: PlanNode = {
      kind: 'Defer',
      primary: { node: products },
      deferred: [{ depends: [], queryPath: [], node: stock }],
    };
    expect(report(deferred).text).toMatch(/^Sequence \{\n {2}Fetch products [^]*\n {2}Fetch stock /);
  });

  it('says so when nothing had to be asked', () => {
    expect(createPlanReport().tell()).toEqual({ text: 'Nothing had to be asked.\n', node: null });
  });
});

describe('a request for the plan', () => {
  it('is extensions with queryPlan: true, and nothing else', () => {
    const query = '{ a }';
    expect(wantsPlan({ query, extensions: { queryPlan: true } })).toBe(true);
    expect(wantsPlan({ query })).toBe(false);
    for (const extensions of [{}, { queryPlan: 'true' }, Object.create({ queryPlan: true }) as object])
      expect(wantsPlan({ query, extensions: extensions as Record<string, unknown> })).toBe(false);
  });
});
