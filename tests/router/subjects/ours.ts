import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { Call, GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { compilePlan, type CompiledPlan } from '@kontor/router/src/execution/compile-plan.ts';
import { explainNulls } from '@kontor/router/src/pipeline/explain-nulls.ts';
import { restoreResponseKeys } from '@kontor/router/src/planning/corrections/restore-response-keys.ts';
import { loadGeneration, type Generation } from '@kontor/router/src/planning/generation.ts';
import { normaliseOperation } from '@kontor/router/src/planning/normalise-operation.ts';
import { createVariableCoercer } from '@kontor/router/src/response/coerce-variables.ts';
import { compileResponse, type CompletionError } from '@kontor/router/src/response/compile-response.ts';
import { getOperationAST, parse, type OperationDefinitionNode } from 'graphql';
import type { Request } from '../generate/subgraph.ts';
import type { Federation } from './federation.ts';
import type { Answer, Subject } from './subject.ts';

export interface Ours extends Subject {
  /** What clients see of the supergraph. */
  readonly apiSdl: string;
  stop(): Promise<void>;
}

type Prepared = (variables: Readonly<Record<string, unknown>>) => Promise<Answer>;

/** Answers as our router does: plans of its thread, compiled, and compiled responses. */
export async function createOurs(federation: Federation): Promise<Ours> {
  const generation = await loadGeneration(federation.supergraphSdl);
  const requests = new Map<string, Request>();
  const clients = new Map(federation.model.subgraphs.map((name) => [name, clientOf(federation, name, requests)]));
  const prepared = new Map<string, Promise<Prepared>>();
  let count = 0;

  const prepare = async (document: string, operationName: string | undefined): Promise<Prepared> => {
    const whole = parse(document);
    const operation = getOperationAST(whole, operationName)!;
    const response = compileResponse({ schema: generation.schema, document: whole, operation });
    const coerce = createVariableCoercer(generation.schema, operation);
    const plan = await planFor(generation, document, operation, (name) => clients.get(name)!);
    return async (variables) => {
      const { coerced, errors: refused } = coerce(variables);
      if (refused) return { data: null, errors: refused.map((error) => error.toJSON()) };
      const shape = response.shapeFor(coerced);
      const requestId = String((count += 1));
      requests.set(requestId, { mutations: 0 });
      const call: Call = { caller: guestOf('web'), requestId };
      const outcome = await plan({ call, variables, coerced });
      requests.delete(requestId);
      const completion: CompletionError[] = [];
      const data = JSON.parse(shape.writeJson(outcome.data, completion)) as Answer['data'];
      return { data, errors: [...outcome.errors, ...explainNulls(completion, outcome.errors, [])] };
    };
  };

  return {
    apiSdl: generation.apiSdl,
    async execute(document, variables, operationName) {
      const key = `${operationName ?? ''} ${document}`;
      let known = prepared.get(key);
      if (!known) prepared.set(key, (known = prepare(document, operationName)));
      return (await known)(variables);
    },
    stop: () => generation.close(),
  };
}

async function planFor(
  generation: Generation,
  document: string,
  operation: OperationDefinitionNode,
  clients: (name: string) => GraphClient,
): Promise<CompiledPlan['execute']> {
  const { text } = normaliseOperation(parse(document), operation);
  const plan = await generation.plan({ text });
  const compiled = compilePlan(plan, { facts: generation.facts, clients, operation: operation.operation });
  return async (request) => restoreResponseKeys(plan, await compiled.execute(request));
}

function clientOf({ ask }: Federation, name: string, requests: ReadonlyMap<string, Request>): GraphClient {
  return {
    execute: async (question, { requestId }) => (await ask(name, question, requests.get(requestId)!)) as never,
    subscribe: () => {
      throw new Error('There are no subscriptions here.');
    },
  };
}
