import { createBackoff } from '@kontor/kit/src/backoff.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import type { Deadlines } from '@kontor/kit/src/graph/deadlines.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';
import { recordedSpan } from '@kontor/kit/src/telemetry/tracing.ts';
import type { Timing } from '@kontor/kit/src/timing.ts';
import { GraphQLError } from 'graphql';
import { openCallScope } from './call-scope.ts';
import type { Route } from './route.ts';

export interface TrafficClientDeps {
  readonly timing: Timing;
  readonly deadlines: Deadlines;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Called for each retry. */
  readonly onRetry: () => void;
}

/**
 * Asks a subgraph with care: the version is chosen, headers are filtered, the time is bounded, upstreams that are down or busy are not asked, and
 * reads that were lost on the way are asked again within a budget. Calls that run stay on the upstream on which they started.
 * Beyond what its clients reject with, it rejects with SERVICE_UNAVAILABLE and `retryAfterMs` for what was not asked, and with BAD_REQUEST when the
 * call chose a version that there is not.
 * @param name of the subgraph.
 * @param route looked up at each call, as it changes while the router runs.
 */
export function createTrafficClient(name: string, route: () => Route, deps: TrafficClientDeps): GraphClient {
  const { timing, deadlines, random, onRetry } = deps;
  return {
    async execute<Data>(request: GraphRequest, call: Call): Promise<GraphResult<Data>> {
      const current = route();
      const upstream = current.upstreamFor(call);
      const { budget, policy } = current;
      const chosen = call.versions !== undefined && Object.hasOwn(call.versions, name);
      const { retry, timeoutMs } = policy;
      const scope = openCallScope(call.signal, timeoutMs, deadlines, () =>
        requestFault('TIMEOUT', `${name} did not answer within ${timeoutMs} ms.`),
      );
      budget.deposit();
      recordedSpan(call.trace)?.add({ 'kontor.subgraph.version': upstream.version });
      const scoped = { ...call, headers: current.headersFor(call.headers), signal: scope.signal };
      try {
        for (let retries = 0, backoff; ; retries += 1) {
          try {
            return await upstream.execute<Data>(request, scoped, chosen);
          } catch (error) {
            if (request.kind !== 'query' || retries >= retry.most || scope.signal.aborted) throw error;
            if (!wasLost(error) || !budget.withdraw()) throw error;
            backoff ??= createBackoff({ firstMs: retry.firstPauseMs, mostMs: retry.mostPauseMs, random });
            onRetry();
            await scope.pause(backoff.next(), timing);
          }
        }
      } finally {
        scope.close();
      }
    },

    async *subscribe<Data>(request: GraphRequest, call: Call): AsyncGenerator<GraphResult<Data>> {
      const current = route();
      const upstream = current.upstreamFor(call);
      upstream.check();
      yield* upstream.client.subscribe<Data>(request, { ...call, headers: current.headersFor(call.headers) });
    },
  };
}

/** Whether the service gave no answer for a reason that may be over at the next try. Not TIMEOUT: the time is that of all tries. */
function wasLost(error: unknown): boolean {
  if (error instanceof NoAnswerError) return error.reason === 'not sent' || error.reason === 'lost';
  return error instanceof GraphQLError && error.extensions['code'] === 'SERVICE_UNAVAILABLE';
}
