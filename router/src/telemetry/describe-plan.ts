import type { FetchNode, PlanNode, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';
import type { FetchTiming } from './plan-report.ts';

/** A node of a plan as people and programs read it. */
export type DescribedNode =
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly DescribedNode[] }
  | { readonly kind: 'Flatten'; readonly path: string; readonly node: DescribedNode | null }
  | {
      readonly kind: 'Condition';
      readonly variable: string;
      readonly then: DescribedNode | null;
      readonly otherwise: DescribedNode | null;
    }
  | { readonly kind: 'Subscription'; readonly primary: DescribedNode; readonly rest: DescribedNode | null }
  | DescribedFetch;

/** One request to a subgraph. */
export interface DescribedFetch {
  readonly kind: 'Fetch';
  readonly subgraph: string;
  readonly operationName: string | null;
  readonly operation: string;
  /** What of an entity must be known to ask for it, as a selection; null for root fields. */
  readonly requires: string | null;
  /** How often it was sent, and when: not at all where nothing had to be asked for. */
  readonly timings: readonly FetchTiming[];
}

type Timings = ReadonlyMap<FetchNode, readonly FetchTiming[]>;

/** Describes a plan, with what was measured of each fetch. */
export function describePlan(node: PlanNode | SubscriptionNode, timings: Timings): DescribedNode {
  const describe = (child: PlanNode) => describePlan(child, timings);
  const maybe = (child: PlanNode | undefined) => (child ? describe(child) : null);
  switch (node.kind) {
    case 'Fetch':
      return describeFetch(node, timings);
    case 'Flatten':
      return { kind: 'Flatten', path: node.path.join('.'), node: maybe(node.node) };
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.map(describe) };
    case 'Condition':
      return {
        kind: 'Condition',
        variable: node.condition,
        then: maybe(node.ifClause),
        otherwise: maybe(node.elseClause),
      };
    case 'Subscription':
      return { kind: 'Subscription', primary: describeFetch(node.primary, timings), rest: maybe(node.rest) };
    case 'Defer': {
      // All is delivered at once: what is deferred comes after the rest.
      const parts = [node.primary.node, ...node.deferred.map((each) => each.node)];
      return { kind: 'Sequence', nodes: parts.flatMap((part) => (part ? [describe(part)] : [])) };
    }
  }
}

function describeFetch(fetch: FetchNode, timings: Timings): DescribedFetch {
  const { serviceName, operationName, operation, requires } = fetch;
  return {
    kind: 'Fetch',
    subgraph: serviceName,
    operationName: operationName ?? null,
    operation,
    requires: requires ? selectionText(requires) : null,
    timings: timings.get(fetch) ?? [],
  };
}

const selectionText = (selections: readonly QueryPlanSelectionNode[]): string =>
  `{ ${selections.map(oneSelection).join(' ')} }`;

function oneSelection(selection: QueryPlanSelectionNode): string {
  if (selection.kind === 'InlineFragment') {
    const on = selection.typeCondition === undefined ? '' : ` on ${selection.typeCondition}`;
    return `...${on} ${selectionText(selection.selections)}`;
  }
  const { alias, name, selections } = selection;
  const field = alias === undefined ? name : `${alias}: ${name}`;
  return selections && selections.length > 0 ? `${field} ${selectionText(selections)}` : field;
}
