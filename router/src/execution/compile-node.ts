import type { DeferNode, FetchNode, PlanNode } from '@apollo/query-planner';
import { compileFetch, type CompiledFetch, type FetchOptions } from './fetch.ts';
import { compileFlattenPath } from './flatten-path.ts';
import { isWanted, type Node } from './run.ts';

const nothing: Node = () => undefined;

/**
 * Compiles a node of a plan.
 * @param path where it stands: Flatten nodes around it, outermost first.
 * @param fetches takes every fetch that is met.
 */
export function compileNode(
  node: PlanNode | undefined,
  path: readonly (string | number)[],
  options: FetchOptions,
  fetches: CompiledFetch[],
): Node {
  const compile = (child: PlanNode | undefined): Node => compileNode(child, path, options, fetches);
  switch (node?.kind) {
    case undefined:
      return nothing;
    case 'Fetch':
      return compileFetchNode(node, path, options, fetches);
    case 'Flatten':
      return compileNode(node.node, [...path, ...node.path], options, fetches);
    case 'Sequence':
      return inSequence(node.nodes.map(compile));
    case 'Parallel':
      return inParallel(node.nodes.map(compile));
    case 'Condition':
      return either(node.condition, compile(node.ifClause), compile(node.elseClause));
    case 'Defer':
      return inSequence([compile(node.primary.node), ...wavesOf(node).map((wave) => inParallel(wave.map(compile)))]);
  }
}

/** Compiles a fetch at a path and adds it to the fetches of its plan. */
function compileFetchNode(
  node: FetchNode,
  path: readonly (string | number)[],
  options: FetchOptions,
  fetches: CompiledFetch[],
): Node {
  const fetch = compileFetch(node, compileFlattenPath(path), options);
  fetches.push(fetch);
  return fetch.node;
}

function inSequence(nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  return (run) => runFrom(run, 0);

  function runFrom(run: Parameters<Node>[0], first: number): Promise<void> | undefined {
    for (let i = first; i < nodes.length && isWanted(run); i++) {
      const pending = nodes[i]!(run);
      if (pending !== undefined) return i + 1 < nodes.length ? pending.then(() => runFrom(run, i + 1)) : pending;
    }
    return undefined;
  }
}

function inParallel(nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  return (run) => {
    let first: Promise<void> | undefined;
    let all: Promise<void>[] | undefined;
    for (const node of nodes) {
      const pending = node(run);
      if (pending === undefined) continue;
      if (first === undefined) first = pending;
      else if (all === undefined) all = [first, pending];
      else all.push(pending);
    }
    return all === undefined ? first : Promise.all(all).then(() => undefined);
  };
}

/** A variable of a condition is a non-null Boolean: a value that is missing cannot be true. */
function either(variable: string, then: Node, otherwise: Node): Node {
  return (run) => {
    const { coerced } = run.request;
    return Object.hasOwn(coerced, variable) && coerced[variable] === true ? then(run) : otherwise(run);
  };
}

/**
 * The deferred nodes in the order of what they depend on: those of one wave may run at the same time. All is delivered at once,
 * so that they start when everything before them is there.
 */
function wavesOf({ deferred }: DeferNode): (PlanNode | undefined)[][] {
  const waves: (PlanNode | undefined)[][] = [];
  let left = deferred.map(({ depends, node }) => ({ node, needs: depends.map(({ id }) => id), gives: fetchIds(node) }));
  while (left.length > 0) {
    const waiting = left.filter(({ needs }, i) =>
      left.some(({ gives }, other) => other !== i && needs.some((id) => gives.has(id))),
    );
    // Nodes that wait for each other would wait for ever.
    const ready = waiting.length < left.length ? left.filter((node) => !waiting.includes(node)) : left;
    waves.push(ready.map(({ node }) => node));
    left = left.filter((node) => !ready.includes(node));
  }
  return waves;
}

function fetchIds(node: PlanNode | undefined, ids = new Set<string>()): ReadonlySet<string> {
  switch (node?.kind) {
    case 'Fetch':
      if (node.id !== undefined) ids.add(node.id);
      break;
    case 'Flatten':
      fetchIds(node.node, ids);
      break;
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) fetchIds(child, ids);
      break;
    case 'Condition':
      fetchIds(node.ifClause, ids);
      fetchIds(node.elseClause, ids);
      break;
    case 'Defer':
      fetchIds(node.primary.node, ids);
      for (const child of node.deferred) fetchIds(child.node, ids);
      break;
    case undefined:
  }
  return ids;
}
