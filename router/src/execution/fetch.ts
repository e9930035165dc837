import type { FetchNode } from '@apollo/query-planner';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { compileContext, contextVariables, type ContextGroup } from './context-values.ts';
import type { PlanOptions, SubgraphClient, SubgraphRequest } from './execution.ts';
import { compileAnswer, type AnswerTaker } from './answer.ts';
import { failureOf, misfitInTree, reportAtTargets, type FetchPlace, type FetchTargets } from './fetch-errors.ts';
import { readFetchSelection } from './fetch-selection.ts';
import { collectPositions, type FlattenPath } from './flatten-path.ts';
import { writeField, type JsonObject } from './json-value.ts';
import type { Merge } from './merge.ts';
import { compileRequires } from './representation-shape.ts';
import { createRepresentations } from './representations.ts';
import { compileRewrites, renamedFields } from './rewrite.ts';
import { isWanted, note, type Node, type Run } from './run.ts';
import { wasShared } from './share-in-flight.ts';
import type { TypeConditions } from './type-conditions.ts';

/** At most so many requests of one fetch at a time, where objects have different values of a context. */
const MAX_PARALLEL_CONTEXTS = 16;

/** What the nodes of a plan have in common. */
export interface FetchOptions {
  readonly clients: PlanOptions['clients'];
  readonly operation: PlanOptions['operation'];
  readonly conditions: TypeConditions;
  readonly merge: Merge;
}

/** A fetch of a plan, compiled. */
export interface CompiledFetch {
  readonly subgraph: string;
  readonly node: Node;
  readonly place: FetchPlace;
  readonly answer: AnswerTaker;
  /** The request without representations. */
  request(variables: Readonly<Record<string, unknown>>): SubgraphRequest;
}

/** Compiles a Fetch node, of root fields or of entities, whose answer belongs at a path of the tree. */
export function compileFetch(fetch: FetchNode, path: FlattenPath, options: FetchOptions): CompiledFetch {
  const { serviceName: subgraph, operation: query, operationName, operationKind: kind, requires } = fetch;
  const { clients, conditions, merge } = options;
  const queryJson = JSON.stringify(query);
  const fresh = options.operation !== 'query';
  const renamed = renamedFields(fetch.outputRewrites);
  const isEntityFetch = requires !== undefined;
  const place: FetchPlace = {
    path,
    isEntityFetch,
    selection: readFetchSelection(query, isEntityFetch, renamed),
    renamed,
  };
  const shapeOf = compileRequires(requires ?? [], fetch.inputRewrites, conditions);
  const answer = compileAnswer(place, compileRewrites(fetch.outputRewrites, conditions), merge);
  const contextOf = compileContext(fetch.contextRewrites, conditions);
  const fromContext = contextVariables(fetch.contextRewrites);
  // The document of an entity fetch has a variable of its own by this name.
  const clashes = isEntityFetch && (fetch.variableUsages ?? []).includes('representations');
  const usages = (fetch.variableUsages ?? []).filter((name) => !fromContext.includes(name));
  return { subgraph, node, place, answer, request: requestWith };

  function node(run: Run): Promise<void> | undefined {
    if (!isWanted(run)) return undefined;
    try {
      return start(run);
    } catch (error) {
      return void note(run, failureOf(error));
    }
  }

  function start(run: Run): Promise<void> | undefined {
    if (clashes) throw requestFault('BAD_USER_INPUT', 'No variable may have the name representations: rename it.');
    if (path.steps.length === 0 && contextOf === null) return fetchFor(run, [run.root], null);
    const positions = collectPositions(run.root, path, conditions, contextOf !== null);
    if (positions.misfit) note(run, misfitInTree(place));
    if (positions.objects.length === 0) return undefined;
    if (contextOf === null) return fetchFor(run, positions.objects, null);
    return fetchGroups(run, contextOf(positions));
  }

  /** The next group starts when one of those before it has ended. */
  function fetchGroups(run: Run, groups: readonly ContextGroup[]): Promise<void> | undefined {
    if (groups.length === 1) return fetchFor(run, groups[0]!.objects, groups[0]!.values);
    let next = 0;
    const lane = async () => {
      for (let group = groups[next++]; group !== undefined && isWanted(run); group = groups[next++])
        await fetchFor(run, group.objects, group.values);
    };
    return Promise.all(Array.from({ length: Math.min(groups.length, MAX_PARALLEL_CONTEXTS) }, lane)).then(
      () => undefined,
    );
  }

  function fetchFor(run: Run, objects: readonly JsonObject[], context: JsonObject | null): Promise<void> | undefined {
    const request = requestWith(run.request.variables);
    if (context !== null) Object.assign(request.variables, context);
    if (!isEntityFetch) return send(run, request, { objects, indexes: null, count: 0 });
    const { list, indexes } = createRepresentations(objects, shapeOf, conditions);
    if (list.length === 0) return undefined;
    request.variables['representations'] = list;
    return send(run, request, { objects, indexes, count: list.length });
  }

  function requestWith(variables: Readonly<Record<string, unknown>>): SubgraphRequest {
    const used: JsonObject = {};
    for (const name of usages) {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (value !== undefined) writeField(used, name, value);
    }
    return { query, variables: used, operationName, queryJson, kind, fresh };
  }

  function send(run: Run, request: SubgraphRequest, targets: FetchTargets): Promise<void> | undefined {
    const { observe, call } = run.request;
    const startedAt = observe ? performance.now() : 0;
    const answered = (result: unknown): void => {
      const errors = run.errors.length;
      answer.take(run, targets, result);
      if (observe) ended(result, errors);
    };
    const failed = (reason: unknown): void => {
      const errors = run.errors.length;
      reportAtTargets(run, place, targets, failureOf(reason));
      if (observe) ended(null, errors);
    };
    const ended = (result: unknown, errors: number): void =>
      observe?.({
        node: fetch,
        subgraph,
        operationName,
        startedAt,
        endedAt: performance.now(),
        representations: targets.count,
        shared: wasShared(result),
        errors: run.errors.length - errors,
      });
    try {
      return client().execute(request, call).then(answered, failed);
    } catch (error) {
      return void failed(error);
    }
  }

  function client(): SubgraphClient {
    const found = clients(subgraph) as SubgraphClient | undefined;
    if (found === undefined) throw requestFault('SERVICE_UNAVAILABLE', 'A service is not known here.');
    return found;
  }
}
