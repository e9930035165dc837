import type { BaseContext, EncodedResult, GraphEngine } from '@kontor/kit/src/graph/engine.ts';
import type { GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { faultsOf, headersOf, needsSocket, statusOf } from '@kontor/kit/src/graph/schema-engine.ts';
import { checkTokens } from '@kontor/kit/src/graph/limits.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { ServiceMetrics } from '@kontor/kit/src/metrics.ts';
import { OperationTypeNode } from 'graphql';
import type { CompiledPlan, ExecutionOutcome, FetchObserver } from '../execution/compile-plan.ts';
import { askerOf } from '../execution/share-in-flight.ts';
import type { CompletionError } from '../response/compile-response.ts';
import type { HeldGeneration } from '../planning/generations.ts';
import type { KnownOperation } from './known-operation.ts';
import { prepareRequest, type Charge, type Prepared, type PrepareOptions } from './prepare-request.ts';
import { formatErrors, logFaults, reportErrors, type Reported } from './report-errors.ts';
import type { ServedGenerations, ServedGraph, ServedGraphs } from './served-graphs.ts';
import { createRequestSharing } from './share-requests.ts';
import { createPlanReport, wantsPlan, type PlanReport } from '../telemetry/plan-report.ts';

export type { Charge } from './prepare-request.ts';

export interface RouterEngineOptions extends PrepareOptions {
  readonly generations: ServedGenerations;
  /** Which of the graphs of a generation is served. */
  readonly graph: (served: ServedGraphs) => ServedGraph;
  /** Its name in the metrics. */
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** Whose identical queries at one moment may be executed once for all. */
  readonly isShared: (context: BaseContext) => boolean;
  readonly subscribe: GraphEngine['subscribe'];
  /** Told of each request to a subgraph. */
  readonly observe?: FetchObserver;
  /** Whether whoever asks with `extensions: { queryPlan: true }` is told the plan: not to be given to strangers. */
  readonly exposePlans?: boolean;
}

/** The data of an answer as text. Those who share an execution share it. */
export interface WrittenData {
  /** The answer where it holds nothing but the data: JSON in UTF-8. */
  readonly alone: Buffer;
  readonly errors: Reported;
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

  const reportFor = (request: GraphRequest): PlanReport | null =>
    options.exposePlans && wantsPlan(request) ? createPlanReport(options.observe) : null;

  const ask = async (
    prepared: Prepared,
    context: BaseContext,
    report: PlanReport | null,
  ): Promise<ExecutionOutcome> => {
    const { variant, variables, coerced, overrides } = prepared;
    const planned = variant.plan(coerced, overrides);
    if (planned === null) return { data: Object.create(null) as Record<string, unknown>, errors: [] };
    const plan = planned instanceof Promise ? await planned : planned;
    report?.take(plan.queryPlan);
    const observe = report ? report.observe : options.observe;
    return (plan as CompiledPlan).execute({ call: context, variables, coerced, ...(observe ? { observe } : {}) });
  };

  /** Runs a request on the current generation, and measures it. */
  const run = async <Made>(
    request: GraphRequest,
    context: BaseContext,
    execute: (prepared: Prepared) => Promise<{ readonly made: Made; readonly errors: Reported }>,
    refuse: (faults: Reported, headers: Readonly<Record<string, string>>) => Made,
  ): Promise<Made> => {
    const startedAt = performance.now();
    let held: HeldGeneration<ServedGraphs> | undefined;
    let operation: KnownOperation | undefined;
    let errors: Reported | undefined;
    try {
      held = generations.acquire();
      operation = options.graph(held.made).operations.find(request, options.limitsOf(context));
      const done = await execute(await prepare(operation, request, context));
      errors = done.errors;
      return done.made;
    } catch (error) {
      const faults = faultsOf(error);
      const { requestId } = context;
      errors = formatErrors(logFaults(faults, { logger, requestId }), requestId);
      return refuse(errors, faults[0] ? headersOf(faults[0]) : NO_HEADERS);
    } finally {
      held?.release();
      const kind = operation?.kind ?? 'invalid';
      metrics.operations.observe({ graph: options.name, kind, name: operation?.name, startedAt, errors, context });
    }
  };

  const reported = (
    prepared: Prepared,
    { errors }: ExecutionOutcome,
    completion: readonly CompletionError[],
    requestId: string,
  ): Reported => reportErrors(prepared, errors, completion, { logger, requestId });

  const write = async (prepared: Prepared, context: BaseContext, report: PlanReport | null): Promise<WrittenData> => {
    const outcome = await ask(prepared, context, report);
    const completion: CompletionError[] = [];
    const alone = prepared.shape.writeBytes(outcome.data, completion, BEGIN, END);
    return { alone, errors: reported(prepared, outcome, completion, context.requestId) };
  };

  return {
    execute(request, context) {
      const report = reportFor(request);
      return run<GraphResult>(
        request,
        context,
        async (prepared) => {
          const outcome = await ask(prepared, context, report);
          const completion: CompletionError[] = [];
          const data = prepared.shape.complete(outcome.data, completion);
          const errors = reported(prepared, outcome, completion, context.requestId);
          const extensions = extensionsOf(prepared.charge, report);
          return {
            made: {
              data,
              ...(errors.length > 0 ? { errors: formatErrors(errors, context.requestId) } : {}),
              ...(extensions ? { extensions } : {}),
            },
            errors,
          };
        },
        (errors) => ({ errors }),
      );
    },
    respond(request, context) {
      const report = reportFor(request);
      return run<EncodedResult>(
        request,
        context,
        async (prepared) => {
          const { operation, variant, charge, coerced } = prepared;
          const shareable = operation.kind === OperationTypeNode.QUERY && report === null;
          if (!shareable || !options.isShared(context)) {
            const data = await write(prepared, context, report);
            return encoded(data, { ...charge, extensions: extensionsOf(charge, report) }, context);
          }
          const asked = Object.keys(coerced).length === 0 ? '' : JSON.stringify(coerced);
          const key = `${askerOf(context)}\n${prepared.overrides.join()}\n${asked}`;
          // Whoever asked first may leave: the others still want the answer.
          const data = await sharing.written(variant, key, () =>
            write(prepared, { ...context, signal: undefined }, null),
          );
          return encoded(data, charge, context);
        },
        (errors, headers) => ({
          status: statusOf(errors),
          code: errors[0]?.extensions?.['code'],
          headers,
          body: `{"errors":${JSON.stringify(errors)}}\n`,
        }),
      );
    },
    subscribe: options.subscribe,
    admit: (query, context) => checkTokens(query, options.limitsOf(context).tokens),
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

/** What is told beside the data. */
const extensionsOf = ({ extensions }: Charge, report: PlanReport | null): Charge['extensions'] =>
  report ? { ...extensions, queryPlan: report.tell() } : extensions;

/** An executed operation as JSON. */
function encoded(
  data: WrittenData,
  { headers, extensions }: Charge,
  { requestId }: BaseContext,
): { readonly made: EncodedResult; readonly errors: Reported } {
  const { alone, errors } = data;
  if (errors.length === 0 && extensions === null) return { made: { status: 200, headers, body: alone }, errors };
  const told = errors.length > 0 ? `"errors":${JSON.stringify(formatErrors(errors, requestId))},` : '';
  const after = extensions ? `,"extensions":${JSON.stringify(extensions)}` : '';
  const json = alone.subarray(BEGIN.length, alone.length - END.length);
  const body = Buffer.concat([Buffer.from(`{${told}"data":`), json, Buffer.from(`${after}}\n`)]);
  return { made: { status: 200, headers, body }, errors };
}
