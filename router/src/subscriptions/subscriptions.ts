import { requestFault } from '@kontor/kit/src/errors.ts';
import type { BaseContext, GraphEngine } from '@kontor/kit/src/graph/engine.ts';
import type { GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { faultsOf, InvalidDocument } from '@kontor/kit/src/graph/schema-engine.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { systemTiming, type Timing } from '@kontor/kit/src/timing.ts';
import { OperationTypeNode } from 'graphql';
import type { CompiledSubscription } from '../execution/compile-plan.ts';
import type { HeldGeneration } from '../planning/generations.ts';
import type { OperationVariant } from '../pipeline/known-operation.ts';
import { prepareRequest, type Prepared, type PrepareOptions } from '../pipeline/prepare-request.ts';
import { formatErrors, logFaults, reportErrors } from '../pipeline/report-errors.ts';
import type { ServedGenerations, ServedGraph, ServedGraphs } from '../pipeline/served-graphs.ts';
import type { CompletionError } from '../response/compile-response.ts';
import { completeEvents, type CompletedEvent } from './complete-events.ts';
import { createEventQueue } from './event-queue.ts';
import { rootFieldOf } from './root-field.ts';
import { createSharedStreams, type SharedStreams } from './shared-streams.ts';
import { spreadOverTime } from './spread-over-time.ts';
import type { SubscriptionEnd, SubscriptionMetrics } from './subscription-metrics.ts';
import { questionKey, type Upstreams } from './upstreams.ts';

/** Events that wait for one client; it reads too slowly when there are more. */
const MOST_UNREAD = 100;
/** Different subscriptions of clients at a time; those who share one count once. */
const MOST_SUBSCRIPTIONS = 100_000;

export interface SubscriptionOptions extends PrepareOptions {
  readonly generations: ServedGenerations;
  /** Which of the graphs of a generation is served. */
  readonly graph: (served: ServedGraphs) => ServedGraph;
  /** Its name in the metrics. */
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: SubscriptionMetrics;
  /** The same for all graphs of a process. */
  readonly upstreams: Upstreams;
  /**
   * Fields of `Subscription` whose events do not build on each other, and whose streams begin with no snapshot: one may join them at any
   * time. None by default: the others are joined until their first event has arrived.
   */
  readonly withoutSnapshot?: ReadonlySet<string>;
  readonly timing?: Timing;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/**
 * Makes the subscriptions of one graph. A subscription is owned by one subgraph; what others know of an event is fetched for each event,
 * for the caller of the subscription. Callers whom nothing tells apart share identical subscriptions: one upstream, and one execution for
 * each event.
 *
 * A subscription ends at once when its client leaves. What ends it from here is told by a last event that has errors and no data: the
 * subgraph broke off or the client reads too slowly (SERVICE_UNAVAILABLE), or another schema is served (SUBSCRIPTION_SCHEMA_CHANGED, all of
 * them within a second): clients subscribe again.
 * An invalid document is answered by one event with errors; what else refuses a subscription before it has begun is thrown.
 */
export function createSubscriptions(options: SubscriptionOptions): GraphEngine['subscribe'] {
  const { generations, timing = systemTiming, random = Math.random } = options;
  const feeds = createSharedStreams<CompletedEvent>({ most: MOST_SUBSCRIPTIONS });
  const open = new Set<Subscription>();
  generations.onChange(() => spreadOverTime([...open], (each) => each.schemaChanged(), { timing, random }));
  return (request, context) => new Subscription(options, { feeds, open }, request, context);
}

/** What the subscriptions of one graph have in common. */
interface Shared {
  readonly feeds: SharedStreams<CompletedEvent>;
  readonly open: Set<Subscription>;
}

/** One subscription of one client. It begins with the first `next`. */
class Subscription implements AsyncIterableIterator<GraphResult, undefined> {
  readonly #options: SubscriptionOptions;
  readonly #shared: Shared;
  readonly #request: GraphRequest;
  readonly #context: BaseContext;
  readonly #events = createEventQueue<GraphResult>(MOST_UNREAD);
  #state: 'new' | 'open' | 'over' = 'new';
  #held: HeldGeneration<ServedGraphs> | undefined;
  #leave: (() => void) | undefined;
  /** Told beside the first event. */
  #extensions: Readonly<Record<string, unknown>> | null = null;
  #failed = false;

  constructor(options: SubscriptionOptions, shared: Shared, request: GraphRequest, context: BaseContext) {
    this.#options = options;
    this.#shared = shared;
    this.#request = request;
    this.#context = context;
  }

  next() {
    if (this.#state === 'new') void this.#begin();
    return this.#events.next();
  }

  return() {
    this.#close('left');
    return this.#events.return();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** The signal of the context was aborted. */
  handleEvent() {
    void this.return();
  }

  schemaChanged() {
    this.#endWith(
      requestFault('SUBSCRIPTION_SCHEMA_CHANGED', 'The schema has changed. Subscribe again.'),
      'schema changed',
    );
  }

  async #begin() {
    const { generations, graph, name, metrics, limitsOf } = this.#options;
    const { signal } = this.#context;
    this.#state = 'open';
    metrics.open.inc({ graph: name });
    if (signal?.aborted) return void this.return();
    signal?.addEventListener('abort', this);
    try {
      this.#held = generations.acquire();
      this.#shared.open.add(this);
      const operation = graph(this.#held.made).operations.find(this.#request, limitsOf(this.#context));
      if (operation.kind !== OperationTypeNode.SUBSCRIPTION)
        throw requestFault('BAD_REQUEST', 'This is not a subscription.');
      const prepared = await prepareRequest(this.#options, operation, this.#request, this.#context);
      this.#extensions = prepared.charge.extensions;
      const plan = await prepared.variant.plan(prepared.coerced, prepared.overrides);
      if (plan === null) return this.#answerWithout(prepared);
      if (!('request' in plan)) throw new Error('A subscription has the plan of a query.');
      if (this.#isOpen()) this.#join(prepared, plan);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** A function, since it changes while something is awaited. */
  #isOpen = () => this.#state === 'open';

  #join(prepared: Prepared, plan: CompiledSubscription) {
    const { upstreams, logger, withoutSnapshot } = this.#options;
    const call = { ...this.#context, signal: undefined };
    const { requestId } = call;
    const joinLate = withoutSnapshot !== undefined && withoutSnapshot.has(rootFieldOf(plan) ?? '');
    const question = questionKey(call, prepared.variables);
    this.#leave = this.#shared.feeds.join(
      {
        key: question && [idOf(prepared.variant), prepared.overrides.join('\0'), question].join('\n'),
        joinLate,
        open: (signal) =>
          this.#completed({ plan, prepared, upstreams, joinLate, call, telling: { logger, requestId } }, signal),
      },
      { next: (event) => this.#take(event), end: () => this.#end(), fail: (error) => this.#refuse(error) },
    );
  }

  async *#completed(options: Parameters<typeof completeEvents>[0], signal: AbortSignal) {
    const { metrics, name } = this.#options;
    for await (const event of completeEvents(options, signal)) {
      metrics.events.inc({ graph: name, outcome: event.errors.length > 0 ? 'error' : 'ok' });
      yield event;
    }
  }

  #take(event: CompletedEvent) {
    this.#failed = event.data === undefined;
    if (this.#events.push(this.#present(event))) return;
    this.#events.clear();
    this.#endWith(requestFault('SERVICE_UNAVAILABLE', 'This client reads too slowly. Subscribe again.'), 'slow');
  }

  #present({ data, errors }: CompletedEvent): GraphResult {
    const extensions = this.#extensions;
    this.#extensions = null;
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors.length > 0 ? { errors: formatErrors(errors, this.#context.requestId) } : {}),
      ...(extensions ? { extensions } : {}),
    };
  }

  /** The caller may see nothing of it, or has left it all out by a condition. */
  #answerWithout(prepared: Prepared) {
    if (!this.#isOpen()) return;
    const { logger } = this.#options;
    const { requestId } = this.#context;
    const completion: CompletionError[] = [];
    const data = prepared.shape.complete({}, completion);
    const errors = reportErrors(prepared, [], completion, { logger, requestId });
    this.#close('completed');
    this.#events.end(this.#present({ data, errors }));
  }

  #end() {
    this.#close(this.#failed ? 'failed' : 'completed');
    this.#events.end();
  }

  #refuse(error: unknown) {
    if (!this.#isOpen()) return;
    if (error instanceof InvalidDocument) return this.#endWith(error, 'refused');
    this.#close('refused');
    this.#events.fail(error);
  }

  #endWith(error: unknown, end: SubscriptionEnd) {
    if (!this.#isOpen()) return;
    const { logger } = this.#options;
    const { requestId } = this.#context;
    this.#close(end);
    this.#events.end({ errors: formatErrors(logFaults(faultsOf(error), { logger, requestId }), requestId) });
  }

  #close(end: SubscriptionEnd) {
    const { name, metrics } = this.#options;
    const began = this.#state === 'open';
    this.#state = 'over';
    if (!began) return;
    this.#context.signal?.removeEventListener('abort', this);
    this.#shared.open.delete(this);
    this.#leave?.();
    this.#held?.release();
    metrics.open.dec({ graph: name });
    metrics.ended.inc({ graph: name, end });
  }
}

/** A variant belongs to one operation of one graph of one generation. */
const ids = new WeakMap<OperationVariant, number>();
let nextId = 1;
function idOf(variant: OperationVariant): number {
  let id = ids.get(variant);
  if (id === undefined) ids.set(variant, (id = nextId++));
  return id;
}
