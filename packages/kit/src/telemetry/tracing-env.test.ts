import { describe, expect, it } from 'vitest';
import { readTracingEnv } from './tracing-env.ts';

describe('the environment of tracing', () => {
  it('turns it off when no endpoint is set, or the SDK is disabled', () => {
    expect(readTracingEnv({})).toBeNull();
    expect(
      readTracingEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }),
    ).toBeNull();
  });

  it('adds the path of traces to the base URL, and takes the URL of traces as it is', () => {
    const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
    expect(readTracingEnv(base)).toEqual({ url: 'http://collector:4318/v1/traces', ratio: 1, attributes: {} });
    expect(readTracingEnv({ ...base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/in' })?.url).toBe(
      'https://traces/in',
    );
  });

  it('reads the share of traces that is recorded, and what is told of every service', () => {
    expect(
      readTracingEnv({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        OTEL_TRACES_SAMPLER_ARG: '0.05',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging, service.version=1.2',
      }),
    ).toMatchObject({
      ratio: 0.05,
      attributes: { 'deployment.environment.name': 'staging', 'service.version': '1.2' },
    });
  });

  it('refuses what cannot be used, naming every key', () => {
    const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector', OTEL_TRACES_SAMPLER_ARG: '5' };
    expect(() => readTracingEnv(wrong)).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT.*\n.*OTEL_TRACES_SAMPLER_ARG/);
  });
});
