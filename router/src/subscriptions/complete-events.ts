import { requestFault } from '@kontor/kit/src/errors.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { faultsOf } from '@kontor/kit/src/graph/schema-engine.ts';
import type { CompiledSubscription } from '../execution/compile-plan.ts';
import type { Prepared } from '../pipeline/prepare-request.ts';
import { logFaults, reportErrors, type Reported, type Telling } from '../pipeline/report-errors.ts';
import type { CompletionError } from '../response/compile-response.ts';
import { createEventQueue } from './event-queue.ts';
import type { Upstreams } from './upstreams.ts';

/** Events of a subgraph that wait while the rest of one before them is fetched. */
const MOST_WAITING = 100;

/** One event as all who share it get it. Without data it is the last, and says why there are no more. */
export interface CompletedEvent {
  readonly data?: Record<string, unknown> | null;
  readonly errors: Reported;
}

export interface CompleteOptions {
  readonly plan: CompiledSubscription;
  readonly prepared: Prepared;
  readonly upstreams: Upstreams;
  readonly joinLate: boolean;
  /** Who asks; the rest of each event is fetched for the same. */
  readonly call: Call;
  readonly telling: Telling;
}

/**
 * The events of a subscription with what other subgraphs know of them, one after the other: while one is completed the next wait, and
 * when too many do, the subscription ends. Ends at once with the signal. Never throws: the last event may be an error.
 */
export async function* completeEvents(
  options: CompleteOptions,
  signal: AbortSignal,
): AsyncGenerator<CompletedEvent, void> {
  const { plan, prepared, upstreams, joinLate, telling } = options;
  const { shape, variables, coerced } = prepared;
  const call: Call = { ...options.call, signal };
  const waiting = createEventQueue<GraphResult>(MOST_WAITING);
  let leave = () => {};
  const stop = () => {
    leave();
    void waiting.return();
  };
  const take = (event: GraphResult) => {
    if (waiting.push(event)) return;
    leave();
    waiting.clear();
    waiting.fail(tooFast());
  };

  signal.addEventListener('abort', stop, { once: true });
  try {
    leave = upstreams.join(
      { subgraph: plan.subgraph, request: plan.request(variables), call, joinLate },
      { next: take, end: () => waiting.end(), fail: (error) => waiting.fail(error) },
    );
    for await (const event of waiting) {
      const outcome = await plan.complete(event, { call, variables, coerced });
      const completion: CompletionError[] = [];
      const data = shape.complete(outcome.data, completion);
      yield { data, errors: reportErrors(prepared, outcome.errors, completion, telling) };
    }
  } catch (error) {
    if (!signal.aborted) yield { errors: logFaults(faultsOf(error), telling) };
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

const tooFast = () =>
  requestFault(
    'SERVICE_UNAVAILABLE',
    'Events came faster than they could be completed from other services. Subscribe again.',
  );
