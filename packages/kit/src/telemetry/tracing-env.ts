import { z } from 'zod';
import { parseEnv } from '../env.ts';

/** How this process traces; null when it does not. */
export interface TracingSettings {
  /** Where spans are posted, for the path `/v1/traces` of a collector too. */
  readonly url: string;
  readonly ratio: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const url = () => z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const shape = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: url()
    .optional()
    .describe('the base URL of an OTLP collector (HTTP); /v1/traces is added'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url().optional().describe('the whole URL for traces, in its place'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('the share of traces that is recorded, from 0 to 1'),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .default('')
    .describe('what is told of every service, as name=value, separated by commas'),
  OTEL_SDK_DISABLED: z.string().default('false').describe('true turns tracing off, whatever else is set'),
});

/**
 * Reads the standard variables of OpenTelemetry. Without an endpoint nothing is traced. Headers, time limit and compression of the
 * exporter and the queue are its own `OTEL_EXPORTER_OTLP_*` and `OTEL_BSP_*`.
 * @throws EnvError naming every bad key.
 */
export function readTracingEnv(source: Readonly<Record<string, string | undefined>>): TracingSettings | null {
  const env = parseEnv(shape, source);
  if (env.OTEL_SDK_DISABLED.toLowerCase() === 'true') return null;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/$/, '')}/v1/traces`);
  if (endpoint === undefined) return null;
  return {
    url: endpoint,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    attributes: Object.fromEntries(pairs(env.OTEL_RESOURCE_ATTRIBUTES)),
  };
}

function* pairs(text: string): Generator<[string, string]> {
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0) yield [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
  }
}
