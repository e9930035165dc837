import type { Logger } from '../logger.ts';
import type { TracingSettings } from './tracing-env.ts';
import { useTracing } from './tracing.ts';

/** Spans that wait at most, and how many go out at once: what comes on top is dropped. */
const QUEUE = 4_096;
const BATCH = 512;
const EVERY_MS = 2_000;
/** A collector that is down must not hold up the end of a process. */
const FLUSH_MS = 3_000;
/** One line in this time says that spans are lost, however many are. */
const TELL_EVERY_MS = 60_000;

/** Tracing that runs. */
export interface RunningTracing {
  /** Sends what has ended so far; within 3 seconds, whether the collector takes it or not. */
  flush(): Promise<void>;
  /** Sends what is left and turns tracing off. */
  stop(): Promise<void>;
}

/**
 * Traces all services that this process makes from now on, and sends their spans to a collector by OTLP over HTTP. The SDK is loaded here, so
 * that a process that does not trace pays nothing for it.
 */
export async function startTracing(settings: TracingSettings, logger: Logger): Promise<RunningTracing> {
  const [{ diag, DiagLogLevel }, { BatchSpanProcessor }, { OTLPTraceExporter }, { createOtelTracing }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('./otel-tracing.ts'),
    ]);
  const tell = oncePer(TELL_EVERY_MS, (problem: string) => logger.warn({ problem }, 'traces could not be sent'));
  const silent = () => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: settings.url }), {
    maxQueueSize: QUEUE,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: EVERY_MS,
  });
  useTracing(createOtelTracing({ processor, ratio: settings.ratio, resource: settings.attributes }));
  const bounded = (sending: Promise<void>) =>
    withinMs(
      sending.catch((error: unknown) => tell(String(error))),
      FLUSH_MS,
    );
  return {
    flush: () => bounded(processor.forceFlush()),
    async stop() {
      useTracing(null);
      await bounded(processor.shutdown());
    },
  };
}

function oncePer(durationMs: number, tell: (message: string) => void): (message: string) => void {
  let quietUntil = 0;
  return (message) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + durationMs;
    tell(message);
  };
}

async function withinMs(work: Promise<void>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
