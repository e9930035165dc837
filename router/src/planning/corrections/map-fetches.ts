import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';

/** What stands in the place of a fetch: itself, or several that may run at the same time. */
export type FetchMapping = (fetch: FetchNode) => readonly [FetchNode, ...FetchNode[]];

/** Maps every fetch of a plan. Parts in which no fetch changes stay the same objects, and so does the whole. */
export function mapFetches(plan: QueryPlan, map: FetchMapping): QueryPlan {
  if (!plan.node) return plan;
  const node = plan.node.kind === 'Subscription' ? mapSubscription(plan.node, map) : mapNode(plan.node, map);
  return node === plan.node ? plan : { ...plan, node };
}

/** The primary fetch asks root fields, which require nothing: it stays one. */
function mapSubscription(node: SubscriptionNode, map: FetchMapping): SubscriptionNode {
  const [primary] = map(node.primary);
  const rest = node.rest && mapNode(node.rest, map);
  if (primary === node.primary && rest === node.rest) return node;
  return rest ? { ...node, primary, rest } : { ...node, primary };
}

function mapNode(node: PlanNode, map: FetchMapping): PlanNode {
  switch (node.kind) {
    case 'Fetch':
      return parallel(map(node));
    case 'Flatten':
      return mapFlatten(node, map);
    case 'Sequence':
    case 'Parallel': {
      const nodes = node.nodes.map((child) => mapNode(child, map));
      return nodes.every((child, index) => child === node.nodes[index]) ? node : { ...node, nodes };
    }
    case 'Condition': {
      const ifClause = node.ifClause && mapNode(node.ifClause, map);
      const elseClause = node.elseClause && mapNode(node.elseClause, map);
      if (ifClause === node.ifClause && elseClause === node.elseClause) return node;
      return { ...node, ...(ifClause && { ifClause }), ...(elseClause && { elseClause }) };
    }
    case 'Defer':
      throw new TypeError('The planner is configured without @defer.');
  }
}

/** Each of several fetches is flattened on its own, so that below a path stands one fetch, as the planner has it. */
function mapFlatten(node: Extract<PlanNode, { kind: 'Flatten' }>, map: FetchMapping): PlanNode {
  const child = mapNode(node.node, map);
  if (child === node.node) return node;
  if (child.kind !== 'Parallel') return { ...node, node: child };
  return { ...child, nodes: child.nodes.map((part) => ({ ...node, node: part })) };
}

const parallel = (nodes: readonly [PlanNode, ...PlanNode[]]): PlanNode =>
  nodes.length === 1 ? nodes[0] : { kind: 'Parallel', nodes: [...nodes] };
