import type { BaseContext, EncodedResult, GraphEngine } from '@kontor/kit/src/graph/engine.ts';
import type { GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { faultsOf, headersOf, needsSocket, statusOf } from '@kontor/kit/src/graph/schema-engine.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { ServiceMetrics } from '@kontor/kit/src/metrics.ts';
import { OperationTypeNode } from 'graphql';
import type { CompiledPlan, ExecutionOutcome } from '../execution/compile-plan.ts';
import type { CompletionError } from '../response/compile-response.ts';
import type { HeldGeneration } from '../planning/generations.ts';
import type { KnownOperation } from './known-operation.ts';
import { NO_VARIABLES, prepareRequest, type Charge, type Prepared, type PrepareOptions } from './prepare-request.ts';
import { formatErrors, logFaults, reportErrors, type Reported } from './report-errors.ts';
import type { ServedGenerations, ServedGraph, ServedGraphs } from './served-graphs.ts';
import { createRequestSharing } from './share-requests.ts';

export type { Charge } from './prepare-request.ts';

export interface RouterEngineOptions extends PrepareOptions {
  readonly generations: ServedGenerations;
  /** Which of the graphs of a generation is served. */
  readonly graph: (served: ServedGraphs) => ServedGraph;
  /** Its name in the metrics. */
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** Whose identical queries at one moment may be executed once for all; null for nobody's. Everything that tells two answers apart is in the name. */
  readonly sharedAs: (context: BaseContext) => string | null;
  readonly subscribe: GraphEngine['subscribe'];
}

/** The data of an answer as text. Those who share an execution share it. */
export interface WrittenData {
  /** JSON in UTF-8. */
  readonly json: Buffer;
  readonly errors: Reported;
  /** The bytes of the answer where it holds nothing but the data: made for the first who wants them. */
  alone?: Buffer;
}

const NO_HEADERS: Readonly<Record<string, string>> = {};
const BEGIN = Buffer.from('{"data":');
const END = Buffer.from('}\n');

/**
 * Executes operations over the current generation of a supergraph. A request ends on the generation on which it began. A text that was seen
 * before is neither parsed nor validated nor planned again.
 */
export function createRouterEngine(options: RouterEngineOptions): GraphEngine {
  const { generations, logger, metrics } = options;
  const sharing = createRequestSharing();

  const prepare = (operation: KnownOperation, request: GraphRequest, context: BaseContext): Promise<Prepared> => {
    if (operation.kind === OperationTypeNode.SUBSCRIPTION) throw needsSocket();
    return prepareRequest(options, operation, request, context);
  };

  const ask = async (prepared: Prepared, context: BaseContext): Promise<ExecutionOutcome> => {
    const { variant, variables, coerced, overrides } = prepared;
    const planned = variant.plan(coerced, overrides);
    if (planned === null) return { data: Object.create(null) as Record<string, unknown>, errors: [] };
    const plan = (planned instanceof Promise ? await planned : planned) as CompiledPlan;
    return plan.execute({ call: context, variables, coerced });
  };

  /** Runs a request on the current generation, and measures it. */
  const run = async <Made>(
    request: GraphRequest,
    context: BaseContext,
    execute: (prepared: Prepared) => Promise<{ readonly made: Made; readonly failed: boolean }>,
    refuse: (faults: Reported, headers: Readonly<Record<string, string>>) => Made,
  ): Promise<Made> => {
    const startedAt = performance.now();
    let held: HeldGeneration<ServedGraphs> | undefined;
    let operation: KnownOperation | undefined;
    let failed = true;
    try {
      held = generations.acquire();
      operation = options.graph(held.made).operations.find(request, options.limitsOf(context));
      const done = await execute(await prepare(operation, request, context));
      failed = done.failed;
      return done.made;
    } catch (error) {
      const faults = faultsOf(error);
      const { requestId } = context;
      const told = formatErrors(logFaults(faults, { logger, requestId }), requestId);
      return refuse(told, faults[0] ? headersOf(faults[0]) : NO_HEADERS);
    } finally {
      held?.release();
      metrics.operations.observe(
        { graph: options.name, operation: operation?.kind ?? 'invalid', outcome: failed ? 'error' : 'ok' },
        (performance.now() - startedAt) / 1000,
      );
    }
  };

  const reported = (
    prepared: Prepared,
    { errors }: ExecutionOutcome,
    completion: readonly CompletionError[],
    requestId: string,
  ): Reported => reportErrors(prepared, errors, completion, { logger, requestId });

  const write = async (prepared: Prepared, context: BaseContext): Promise<WrittenData> => {
    const outcome = await ask(prepared, context);
    const completion: CompletionError[] = [];
    const json = prepared.shape.writeBytes(outcome.data, completion);
    return { json, errors: reported(prepared, outcome, completion, context.requestId) };
  };

  return {
    execute: (request, context) =>
      run<GraphResult>(
        request,
        context,
        async (prepared) => {
          const outcome = await ask(prepared, context);
          const completion: CompletionError[] = [];
          const data = prepared.shape.complete(outcome.data, completion);
          const errors = reported(prepared, outcome, completion, context.requestId);
          const { extensions } = prepared.charge;
          return {
            made: {
              data,
              ...(errors.length > 0 ? { errors: formatErrors(errors, context.requestId) } : {}),
              ...(extensions ? { extensions } : {}),
            },
            failed: errors.length > 0,
          };
        },
        (errors) => ({ errors }),
      ),
    respond: (request, context) =>
      run<EncodedResult>(
        request,
        context,
        async (prepared) => {
          const { operation, variant, charge, variables } = prepared;
          const name = operation.kind === OperationTypeNode.QUERY ? options.sharedAs(context) : null;
          if (name === null) return encoded(await write(prepared, context), charge, context);
          const key = `${name}\n${prepared.overrides.join()}\n${variables === NO_VARIABLES ? '' : JSON.stringify(variables)}`;
          // Whoever asked first may leave: the others still want the answer.
          const data = await sharing.written(variant, key, () => write(prepared, { ...context, signal: undefined }));
          return encoded(data, charge, context);
        },
        (errors, headers) => ({
          status: statusOf(errors),
          headers,
          body: `{"errors":${JSON.stringify(errors)}}\n`,
        }),
      ),
    subscribe: options.subscribe,
    onSchema(listener) {
      const tell = () => {
        const held = generations.acquire();
        listener(options.graph(held.made).schema);
        held.release();
      };
      tell();
      return generations.onChange(tell);
    },
  };
}

/** An executed operation as JSON. */
function encoded(
  data: WrittenData,
  { headers, extensions }: Charge,
  { requestId }: BaseContext,
): { readonly made: EncodedResult; readonly failed: boolean } {
  const { json, errors } = data;
  if (errors.length === 0 && extensions === null)
    return { made: { status: 200, headers, body: (data.alone ??= Buffer.concat([BEGIN, json, END])) }, failed: false };
  const told = errors.length > 0 ? `"errors":${JSON.stringify(formatErrors(errors, requestId))},` : '';
  const after = extensions ? `,"extensions":${JSON.stringify(extensions)}` : '';
  const body = Buffer.concat([Buffer.from(`{${told}"data":`), json, Buffer.from(`${after}}\n`)]);
  return { made: { status: 200, headers, body }, failed: errors.length > 0 };
}
