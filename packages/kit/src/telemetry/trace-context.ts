/** Where a call stands in a trace, as W3C Trace Context writes it. Whoever is asked next becomes a child of it. */
export interface TraceContext {
  /** `00-<trace>-<parent>-<flags>`, checked. */
  readonly traceparent: string;
  /** What tracing systems on the way have noted; goes on unread. */
  readonly tracestate?: string | undefined;
  /** Came from none of our own services: it does not decide what is recorded, or anybody could have everything recorded. */
  readonly foreign?: boolean;
}

/** Version 00; ids of zeros alone are none (W3C Trace Context, section 3.2.2). */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Visible ASCII and spaces; the limit is what section 3.3.1.5 wants to be passed on at least. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/**
 * Reads the trace of an incoming request, from its headers or the payload of connection_init.
 * @param foreign whether it comes from anybody but our own services.
 * @returns undefined when there is none, or what is there does not fit: a trace begins anew then.
 */
export function readTraceContext(
  { traceparent, tracestate }: Readonly<Record<string, unknown>>,
  foreign: boolean,
): TraceContext | undefined {
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return undefined;
  if (typeof tracestate !== 'string' || !TRACESTATE.test(tracestate)) return { traceparent, foreign };
  return { traceparent, tracestate, foreign };
}
