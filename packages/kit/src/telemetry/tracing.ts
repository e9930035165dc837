import type { TraceContext } from './trace-context.ts';

/** What may be told of a step. Never data: no variables, tokens or addresses. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  readonly kind: 'server' | 'client';
  /** Without one a trace begins. */
  readonly parent: TraceContext | undefined;
  readonly attributes: SpanAttributes;
}

/** A step of a trace that is under way. As a trace context it is the parent of what is asked meanwhile. */
export interface Span extends TraceContext {
  /** Whether anybody will see it. */
  readonly recorded: boolean;
  rename(name: string): void;
  add(attributes: SpanAttributes): void;
  /** Marks it as failed. @param reason a code, never a message: messages can hold data. */
  fail(reason: string): void;
  /** Once; more calls do nothing. */
  end(): void;
}

/** Starts the spans of one service. */
export interface Tracer {
  start(name: string, start: SpanStart): Span;
}

/** Tracing of this process. */
export interface Tracing {
  tracerOf(service: string): Tracer;
  /** The span in which code runs that is handed no call, such as SQL. */
  active(): TraceContext | undefined;
  /** Runs work within a span. */
  within<Result>(span: Span, work: () => Result): Result;
}

/** One for all services of the process, as there is one collector; null while nothing is traced. */
let current: Tracing | null = null;

/** Turns tracing on for services that are made from now on, or off. */
export function useTracing(tracing: Tracing | null): void {
  current = tracing;
}

/** The tracer of a service; null while nothing is traced. Asked once, when the service is made. */
export const tracerOf = (service: string): Tracer | null => current?.tracerOf(service) ?? null;

/** The span in which the code runs; undefined while nothing is traced. */
export const activeTrace = (): TraceContext | undefined => (current === null ? undefined : current.active());

/** Runs work so that `activeTrace` in it is the span. */
export const withinSpan = <Result>(span: Span, work: () => Result): Result =>
  current === null ? work() : current.within(span, work);

/** The span behind a trace context of this process; undefined when it came from elsewhere or nobody will see it. */
export function recordedSpan(trace: TraceContext | undefined): Span | undefined {
  return trace !== undefined && 'recorded' in trace && trace.recorded === true ? (trace as Span) : undefined;
}

/** What a span says of an error: its code of the catalogue. */
export const codeOf = (extensions: Readonly<Record<string, unknown>> | undefined): string => {
  const code = extensions?.['code'];
  return typeof code === 'string' ? code : 'INTERNAL';
};
