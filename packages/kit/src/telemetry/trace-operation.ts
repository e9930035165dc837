import type { Call } from '../graph/graph.ts';
import type { Span, Tracer } from './tracing.ts';
import { withinSpan } from './tracing.ts';

/** Starts the span of an operation that one of our graphs is asked. The engine tells it the operation; data are never told. */
export function startOperation(tracer: Tracer, { caller, client, requestId, trace }: Call): Span {
  return tracer.start('graphql', {
    kind: 'server',
    parent: trace,
    attributes: {
      'kontor.request_id': requestId,
      'kontor.channel': caller.channel ?? undefined,
      'graphql.client.name': client?.name,
      'graphql.client.version': client?.version || undefined,
    },
  });
}

/** Executes an operation in a span of its own, as whose child the call goes on. */
export async function traceOperation<Result>(
  tracer: Tracer,
  call: Call,
  execute: (call: Call) => Promise<Result>,
): Promise<Result> {
  const span = startOperation(tracer, call);
  try {
    return await withinSpan(span, () => execute({ ...call, trace: span }));
  } finally {
    span.end();
  }
}

/** Subscribes in a span that ends with the first event, or the refusal: a subscription can last for days. */
export function traceSubscription<Event>(
  tracer: Tracer,
  call: Call,
  subscribe: (call: Call) => AsyncIterable<Event>,
): AsyncIterableIterator<Event> {
  const span = startOperation(tracer, call);
  const events = withinSpan(span, () => subscribe({ ...call, trace: span })[Symbol.asyncIterator]());
  // No generator: its `return` would wait for the event that is under way.
  return {
    async next() {
      try {
        return await withinSpan(span, () => events.next());
      } finally {
        span.end();
      }
    },
    async return() {
      span.end();
      return (await events.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
