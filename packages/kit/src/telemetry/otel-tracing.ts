import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import {
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { TraceContext } from './trace-context.ts';
import type { Span, SpanAttributes, SpanStart, Tracer, Tracing } from './tracing.ts';

type Resource = NonNullable<NonNullable<ConstructorParameters<typeof NodeTracerProvider>[0]>['resource']>;

/** Longer ones are cut: a statement can be long. */
const ATTRIBUTE_CHARACTERS = 2_048;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

export interface OtelTracingOptions {
  /** Takes the spans of all services. */
  readonly processor: SpanProcessor;
  /** The share of the traces that begin here that is recorded, from 0 to 1. What another of our services decided is kept; what a
   * stranger wants recorded is recorded in this share of the cases. */
  readonly ratio: number;
  /** What is told of every service of the process. */
  readonly resource?: Readonly<Record<string, string>>;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** Tracing by the SDK of OpenTelemetry. Each service is a resource of its own, so that several in one process can be told apart. */
export function createOtelTracing({ processor, ratio, resource, random = Math.random }: OtelTracingOptions): Tracing {
  const storage = new AsyncLocalStorage<TraceContext>();
  const tracers = new Map<string, Tracer>();
  const make = (service: string): Tracer => {
    const provider = new NodeTracerProvider({
      resource: resourceOf({ ...resource, 'service.name': service }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [processor],
      spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARACTERS },
    });
    const tracer = provider.getTracer('kontor');
    return {
      start(name, start) {
        const honoured = start.parent?.foreign !== true || random() < ratio;
        return new StartedSpan(startSpan(tracer, name, start, honoured), start.parent?.tracestate);
      },
    };
  };
  return {
    tracerOf(service) {
      let tracer = tracers.get(service);
      if (!tracer) tracers.set(service, (tracer = make(service)));
      return tracer;
    },
    active: () => storage.getStore(),
    within: (span, work) => storage.run(span, work),
  };
}

function startSpan(
  tracer: OtelTracer,
  name: string,
  { kind, parent, attributes }: SpanStart,
  honoured: boolean,
): OtelSpan {
  return tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent, honoured));
}

/** @param honoured whether a parent that is recorded makes its children recorded. */
function contextOf(parent: TraceContext | undefined, honoured: boolean): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = parent.traceparent.split('-');
  const isRecorded = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    isRemote: true,
    traceFlags: isRecorded && honoured ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(parent.tracestate === undefined ? {} : { traceState: createTraceState(parent.tracestate) }),
  });
}

class StartedSpan implements Span {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly recorded: boolean;
  readonly #span: OtelSpan;
  #ended = false;

  constructor(span: OtelSpan, tracestate: string | undefined) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`;
    this.tracestate = tracestate;
    this.recorded = span.isRecording();
    this.#span = span;
  }

  rename(name: string) {
    this.#span.updateName(name);
  }

  add(attributes: SpanAttributes) {
    this.#span.setAttributes(attributes);
  }

  fail(reason: string) {
    this.#span.setAttribute('error.type', reason);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
  }

  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#span.end();
  }
}

/** What a collector is told of the source of spans. The exporter reads the attributes alone. */
function resourceOf(attributes: Readonly<Record<string, string>>): Resource {
  const resource: Resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  };
  return resource;
}
