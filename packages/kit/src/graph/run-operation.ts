import type { GraphEndpoint } from './endpoint.ts';
import type { Call, GraphRequest, GraphResult } from './graph.ts';

type Endpoint = Pick<GraphEndpoint, 'execute' | 'subscribe' | 'formatError'>;

/** The result of a query or mutation. A fault of ours is that operation's error, too. */
export async function executeOperation(endpoint: Endpoint, request: GraphRequest, call: Call): Promise<GraphResult> {
  try {
    return await endpoint.execute(request, call);
  } catch (error) {
    return { errors: [endpoint.formatError(error, call.requestId)] };
  }
}

/**
 * A subscription whose end reaches its source at once. A generator alone would not: its `return` waits until the `next` that
 * is under way has an event, and a quiet source may never have one.
 */
export function subscribeUntilReturn(
  endpoint: Endpoint,
  request: GraphRequest,
  call: Call,
): AsyncGenerator<GraphResult, void> {
  const controller = new AbortController();
  const events = withFormattedErrors(endpoint, request, { ...call, signal: controller.signal });
  return {
    next: () => events.next(),
    throw: (error) => events.throw(error),
    return() {
      controller.abort();
      return events.return();
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A subscription that broke off ends with its error as the last event, so that every client shows it. */
async function* withFormattedErrors(
  endpoint: Endpoint,
  request: GraphRequest,
  call: Call,
): AsyncGenerator<GraphResult, void> {
  try {
    yield* endpoint.subscribe(request, call);
  } catch (error) {
    yield { errors: [endpoint.formatError(error, call.requestId)] };
  }
}
