import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOperationMetrics, type OperationMetrics, type OperationRecord } from './observe-operation.ts';

let registry: Registry;
let metrics: OperationMetrics;
beforeEach(() => {
  registry = new Registry();
  registry.setDefaultLabels({ service: 'shop' });
  metrics = createOperationMetrics(registry);
});

const observe = (record: Partial<OperationRecord> = {}, times = 1) => {
  const context = { caller: { channel: 'web' } };
  for (let count = 0; count < times; count += 1)
    metrics.observe({
      graph: 'router',
      kind: 'query',
      name: 'Browse',
      startedAt: performance.now(),
      errors: undefined,
      context,
      ...record,
    });
};
const linesOf = async (name: string) =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
/** Distinct values of one label of a metric. */
const valuesOf = async (name: string, label: string) =>
  new Set((await linesOf(name)).map((line) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1]));

describe('the metrics of operations', () => {
  it('count durations by graph, kind, name, channel and outcome, in buckets that add up', async () => {
    observe({}, 2);
    observe({ startedAt: performance.now() - 30 });
    const labels = 'graph="router",operation="query",name="Browse",channel="web",outcome="ok",service="shop"';
    expect(await linesOf('graphql_operation_seconds_count')).toEqual([`graphql_operation_seconds_count{${labels}} 3`]);
    const buckets = await linesOf('graphql_operation_seconds_bucket');
    expect(buckets.map((line) => [/le="([^"]+)"/.exec(line)![1], Number(line.split(' ').at(-1))])).toEqual([
      ['0.002', 2],
      ['0.005', 2],
      ['0.01', 2],
      ['0.025', 2],
      ['0.05', 3],
      ['0.1', 3],
      ['0.25', 3],
      ['1', 3],
      ['5', 3],
      ['+Inf', 3],
    ]);
    expect(await registry.metrics()).toContain('# TYPE graphql_operation_seconds histogram');
  });

  it('count requests by the client that asked', async () => {
    const context = { caller: { channel: 'web' }, client: { name: 'ios-app', version: '7.1' } };
    observe({ context }, 2);
    observe({ context, errors: [{ message: 'x' }] });
    observe();
    const of = (client: string, version: string, outcome: string) =>
      `graphql_client_operations_total{graph="router",name="Browse",client_name="${client}",client_version="${version}",outcome="${outcome}",service="shop"}`;
    expect(await linesOf('graphql_client_operations_total')).toEqual([
      `${of('ios-app', '7.1', 'ok')} 2`,
      `${of('ios-app', '7.1', 'error')} 1`,
      `${of('unknown', '', 'ok')} 1`,
    ]);
  });

  it('name operations without a name anonymous, and what is no operation none', async () => {
    observe({ name: undefined });
    observe({ kind: 'invalid', name: undefined, errors: [{ message: 'x' }], context: { caller: { channel: null } } });
    expect(await valuesOf('graphql_operation_seconds_count', 'name')).toEqual(new Set(['anonymous', 'none']));
    expect(await valuesOf('graphql_operation_seconds_count', 'channel')).toEqual(new Set(['web', 'none']));
  });

  it('tell at most 500 names of operations apart, and none that is longer than 64 characters', async () => {
    observe({ name: 'x'.repeat(65) });
    for (let index = 0; index < 600; index += 1) observe({ name: `Q${index}` });
    const names = await valuesOf('graphql_operation_seconds_count', 'name');
    expect(names.size).toBe(501);
    expect(names.has('Q499')).toBe(true);
    expect((await linesOf('graphql_operation_seconds_count')).find((line) => line.includes('name="other"'))).toMatch(
      / 101$/,
    );
  });

  it('tell at most 50 clients and versions apart', async () => {
    for (let index = 0; index < 60; index += 1)
      observe({ context: { caller: { channel: 'web' }, client: { name: 'app', version: `1.${index}` } } });
    const lines = await linesOf('graphql_client_operations_total');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toMatch(/client_name="other",client_version="".* 10$/);
  });

  it('have at most 1,000 sets of labels, whatever their values are', async () => {
    for (let channel = 0; channel < 30; channel += 1)
      for (let name = 0; name < 100; name += 1)
        observe({ name: `Q${name}`, context: { caller: { channel: `c${channel}` } } });
    const lines = await linesOf('graphql_operation_seconds_count');
    expect(lines).toHaveLength(1_001);
    expect(lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(3_000);
  });
});
