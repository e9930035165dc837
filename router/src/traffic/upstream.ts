import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { createBulkhead, type Bulkhead } from './bulkhead.ts';
import { createCircuitBreaker, type BreakerState, type CircuitBreaker, type Verdict } from './circuit-breaker.ts';
import { createErrorWindow, type ErrorWindow, type WindowCounts } from './error-window.ts';
import type { TrafficPolicy, VersionConfig } from './traffic-config.ts';

/**
 * How a call ended, in metrics: `fault` is an answer that says that the service is broken, `unavailable` no answer, `refused` that it was not
 * asked, `cancelled` that its caller gave it up.
 */
export const OUTCOMES = ['ok', 'fault', 'unavailable', 'timeout', 'refused', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const VERDICTS: Readonly<Record<Outcome, Verdict>> = {
  ok: 'alive',
  fault: 'alive',
  unavailable: 'unreachable',
  timeout: 'slow',
  refused: 'unknown',
  cancelled: 'unknown',
};

/**
 * Codes of errors that are the version's own doing. The router asks only what the subgraph's schema has, as a service that it trusts: a version
 * that finds the document or the token wrong does not fit. Everything else is an answer to what the client asked.
 */
const FAULTS: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL',
  'INTERNAL_SERVER_ERROR',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'UNAUTHENTICATED',
]);

export interface UpstreamDeps {
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Called after a call failed that counts against the version. */
  readonly onFailure: (upstream: Upstream) => void;
}

/** One version of a subgraph: who answers, whether it is well, and how much it has to do. */
export interface Upstream {
  readonly subgraph: string;
  readonly version: string;
  readonly urls: readonly string[] | undefined;
  readonly client: GraphClient;
  /**
   * Asks once. Rejects as its client does, and with NoAnswerError (refused) when it is down or has too much to do.
   * @param call its signal bounds the call, whether the client minds it or not.
   * @param chosen by a tester: not counted against the version.
   */
  execute<Data>(request: GraphRequest, call: BoundedCall, chosen: boolean): Promise<GraphResult<Data>>;
  /** @throws NoAnswerError (refused) while it counts as down. */
  check(): void;
  /** Takes other limits over. Counts and the breaker's state stay where their limits did not change. */
  configure(policy: TrafficPolicy): void;
  /** Calls by how they ended, since the start. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** What counts for a roll-back. */
  recent(): WindowCounts;
  /** Begins to count for a roll-back anew. */
  forgive(): void;
  breaker(): BreakerState;
  readonly running: number;
  readonly queued: number;
}

/** A call that has a signal in any case. */
export type BoundedCall = Call & { readonly signal: AbortSignal };

/** Makes the upstream of one version. */
export function createUpstream(
  subgraph: string,
  { name: version, urls }: Pick<VersionConfig, 'name' | 'urls'>,
  client: GraphClient,
  firstPolicy: TrafficPolicy,
  deps: UpstreamDeps,
): Upstream {
  const { now, random, onFailure } = deps;
  const outcomes: Record<Outcome, number> = { ok: 0, fault: 0, unavailable: 0, timeout: 0, refused: 0, cancelled: 0 };
  let policy = firstPolicy;
  let breaker: CircuitBreaker = createCircuitBreaker(subgraph, policy.breaker, now);
  let bulkhead: Bulkhead = createBulkhead(subgraph, policy.bulkhead, random);
  let window: ErrorWindow = windowOf(policy, now);

  const record = (outcome: Outcome, chosen: boolean) => {
    outcomes[outcome] += 1;
    if (chosen || outcome === 'cancelled') return;
    const failed = outcome !== 'ok';
    window.add(failed);
    if (failed) onFailure(upstream);
  };
  const refuse = (error: unknown, call: BoundedCall, chosen: boolean) => {
    record(call.signal.aborted ? outcomeOf(call.signal.reason, call) : 'refused', chosen);
    return error;
  };

  const upstream: Upstream = {
    subgraph,
    version,
    urls,
    client,
    async execute<Data>(request: GraphRequest, call: BoundedCall, chosen: boolean) {
      const places = bulkhead;
      const guard = breaker;
      let probe: boolean;
      try {
        // What is down is refused at once, not after a wait for a place.
        guard.check();
        if (!places.tryEnter()) await places.wait(call.signal);
      } catch (error) {
        throw refuse(error, call, chosen);
      }
      try {
        probe = guard.admit();
      } catch (error) {
        places.leave();
        throw refuse(error, call, chosen);
      }
      let outcome: Outcome = 'fault';
      try {
        call.signal.throwIfAborted();
        const result = await withinSignal(client.execute<Data>(request, call), call.signal);
        outcome = isFault(result.errors) ? 'fault' : 'ok';
        return result;
      } catch (error) {
        outcome = outcomeOf(error, call);
        throw error;
      } finally {
        places.leave();
        guard.settle(probe, VERDICTS[outcome]);
        record(outcome, chosen);
      }
    },
    check: () => breaker.check(),
    configure(next) {
      if (!same(policy.breaker, next.breaker)) breaker = createCircuitBreaker(subgraph, next.breaker, now);
      if (!same(policy.bulkhead, next.bulkhead)) bulkhead = createBulkhead(subgraph, next.bulkhead, random);
      if (!same(policy.rollback, next.rollback)) window = windowOf(next, now);
      policy = next;
    },
    outcomes,
    recent: () => window.counts(),
    forgive: () => window.clear(),
    breaker: () => breaker.state(),
    get running() {
      return bulkhead.running;
    },
    get queued() {
      return bulkhead.queued;
    },
  };
  return upstream;
}

const windowOf = ({ rollback }: TrafficPolicy, now: () => number) =>
  createErrorWindow(rollback === false ? 60_000 : rollback.windowMs, now);

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

/** Ends with the signal even if the client does not mind it. The listener goes with the signal, which is of this call alone. */
function withinSignal<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    answer.then(resolve, reject);
  });
}

/** Whether any error says that the version is broken. Reads what a subgraph sent: anything may stand there. */
function isFault(errors: readonly (GraphQLFormattedError | null | undefined)[] | undefined): boolean {
  if (!errors || errors.length === 0) return false;
  return errors.some((error) => FAULTS.has(error?.extensions?.['code']));
}

function outcomeOf(error: unknown, call: BoundedCall): Outcome {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  if (code === 'TIMEOUT') return 'timeout';
  if (call.signal.aborted) return 'cancelled';
  if (error instanceof NoAnswerError && error.reason === 'unusable') return 'fault';
  return code === 'SERVICE_UNAVAILABLE' ? 'unavailable' : 'fault';
}
