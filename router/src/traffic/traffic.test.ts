import { pino } from 'pino';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { asCustomer, asGuest } from '@kontor/testkit/src/callers.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createManualTiming, settle } from './fixture/manual-timing.ts';
import { createScriptedGraph, type ScriptedGraph } from './fixture/scripted-graph.ts';
import { createTraffic } from './traffic.ts';
import { LONGEST_TIMEOUT_MS, parseTraffic } from './traffic-config.ts';

const NEXT = 'http://10.0.0.2:4003';
const BROKEN: GraphResult = { data: null, errors: [{ message: 'masked', extensions: { code: 'INTERNAL' } }] };
const ROLLBACK = { errorRate: 0.2, minimumRequests: 10, windowMs: 10_000 };

const config = (stock: Record<string, unknown>) => parseTraffic({ stock }, ['stock', 'prices']);
const canary = (stable: number, next: number, more: Record<string, unknown> = {}) =>
  config({
    rollback: ROLLBACK,
    versions: { stable: { weight: stable }, next: { urls: [NEXT], weight: next } },
    ...more,
  });

const setUp = (first = canary(90, 10)) => {
  const timing = createManualTiming();
  const registry = new Registry();
  const made = new Map<string, ScriptedGraph>();
  const lines: Record<string, unknown>[] = [];
  const make = (name: string) => (urls: readonly string[] | undefined) => {
    const key = urls?.join() ?? name;
    const graph = createScriptedGraph(key);
    made.set(key, graph);
    return graph;
  };
  const traffic = createTraffic({
    subgraphs: { stock: make('stock'), prices: make('prices') },
    config: first,
    logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
    registry,
    timing,
    clock: { now: () => new Date('2026-05-01T10:00:00Z') },
    random: () => 0.5,
  });
  const ask = async (call: Call) =>
    (await traffic.client('stock').execute<{ from: string }>({ query: '{ level }', kind: 'query' }, call)).data?.from;
  const everybody = async (count = 300) => {
    const from: (string | undefined)[] = [];
    for (let index = 0; index < count; index += 1) from.push(await ask(asCustomer(`c${index}`)).catch(() => 'failed'));
    return from;
  };
  const chooseNext: Call = { ...asGuest(), versions: { stock: 'next' } };
  return { timing, registry, made, lines, traffic, ask, everybody, chooseNext, next: () => made.get(NEXT)! };
};
const count = (list: readonly unknown[], value: unknown) => list.filter((each) => each === value).length;

describe('versions of a subgraph', () => {
  it('share the callers by weight, each caller always with the same', async () => {
    const { everybody } = setUp();
    const before = await everybody();
    expect(count(before, NEXT)).toBeGreaterThan(10);
    expect(count(before, NEXT)).toBeLessThan(60);
    expect(await everybody()).toEqual(before);
  });

  it('keep their callers when more of them go to the new one, and when all go back', async () => {
    const { everybody, traffic } = setUp();
    const before = await everybody();
    traffic.apply(canary(80, 20));
    const after = await everybody();
    expect(after.every((each, index) => each === before[index] || each === NEXT)).toBe(true);
    expect(count(after, NEXT)).toBeGreaterThan(count(before, NEXT));
    traffic.apply(canary(0, 100));
    expect(count(await everybody(), NEXT)).toBe(300);
    traffic.apply(canary(100, 0));
    expect(count(await everybody(), NEXT)).toBe(0);
  });

  it('answer testers who choose one, whatever its weight, and no other subgraph minds', async () => {
    const { ask, traffic, chooseNext } = setUp(canary(100, 0));
    expect(await ask(chooseNext)).toBe(NEXT);
    expect(await ask({ ...asGuest(), versions: { prices: 'next' } })).toBe('stock');
    await expect(ask({ ...asGuest(), versions: { stock: 'constructor' } })).rejects.toMatchObject({
      message: 'stock has no such version; it has stable, next.',
      extensions: { code: 'BAD_REQUEST' },
    });
    expect(traffic.sharingKey('stock', chooseNext)).toBe('["next",null]');
    expect(traffic.sharingKey('prices', chooseNext)).toBe('');
  });

  it('fall to the fallback when none has a weight', async () => {
    const { ask } = setUp(canary(0, 0, { fallback: 'next' }));
    expect(await ask(asGuest())).toBe(NEXT);
  });
});

describe('a change of the configuration', () => {
  it('lets calls end on the version on which they started, and keeps clients whose URLs stay', async () => {
    const { traffic, made, next, chooseNext, ask } = setUp();
    const [stable, before] = [made.get('stock'), next()];
    let answer!: (result: GraphResult) => void;
    before.does(new Promise<GraphResult>((resolve) => (answer = resolve)));
    const running = ask(chooseNext);
    await settle();
    traffic.apply(config({ versions: { stable: {} } }));
    await expect(ask(chooseNext)).rejects.toMatchObject({ extensions: { code: 'BAD_REQUEST' } });
    answer({ data: { from: 'the old one' } });
    expect(await running).toBe('the old one');
    expect(made.get('stock')).toBe(stable);
    traffic.apply(canary(50, 50));
    expect(next()).not.toBe(before);
    expect(traffic.state()['stock']!.map(({ version, weight }) => [version, weight])).toEqual([
      ['stable', 50],
      ['next', 50],
    ]);
  });

  it('is taken over for all subgraphs or for none', async () => {
    const graph = createScriptedGraph('stock');
    const make = (urls: readonly string[] | undefined) => {
      if (urls) throw new Error('no such URL');
      return graph;
    };
    const logger = pino({ level: 'silent' });
    const traffic = createTraffic({ subgraphs: { prices: make, stock: make }, logger, registry: new Registry() });
    const bad = { prices: { timeoutMs: 1 }, stock: { versions: { next: { urls: [NEXT] } } } };
    expect(() => traffic.apply(parseTraffic(bad, ['stock', 'prices']))).toThrow('no such URL');
    expect(traffic.state()['stock']!.map(({ version }) => version)).toEqual(['stable']);
    expect(() => traffic.apply(parseTraffic({ shipping: {} }, ['shipping']))).toThrow('There is no subgraph shipping.');
    expect(() => traffic.client('shipping')).toThrow('There is no subgraph shipping.');
  });
});

describe('a version that fails', () => {
  it.each<[string, GraphResult | Error]>([
    ['answers with errors of its own', BROKEN],
    ['does not know the document', { errors: [{ message: '?', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }],
    ['answers with errors without a code', { errors: [{ message: '?' }] }],
    ['answers with nonsense', new NoAnswerError('unusable', 'HTML')],
    ['cannot be reached', new NoAnswerError('not sent', 'refused')],
  ])('is rolled back when it %s', async (_title, act) => {
    const { next, everybody, lines, traffic, registry } = setUp(canary(50, 50, { retry: { most: 0 } }));
    next().does(act);
    const first = await everybody();
    const asked = next().calls.length;
    expect(asked).toBeLessThanOrEqual(10);
    expect(count(first, 'failed') + count(first, undefined)).toBe(10);
    expect(count(await everybody(), 'stock')).toBe(300);
    expect(next().calls).toHaveLength(asked);
    expect(traffic.state()['stock']![1]).toMatchObject({
      version: 'next',
      weight: 0,
      rolledBackAt: new Date('2026-05-01T10:00:00Z'),
      recent: { requests: 10, failures: 10 },
    });
    const rollbacks = lines.filter(({ level }) => level === 50);
    expect(rollbacks).toEqual([
      expect.objectContaining({ subgraph: 'stock', version: 'next', requests: 10, failures: 10, fallback: 'stable' }),
    ]);
    const metrics = await registry.metrics();
    expect(metrics).toContain('subgraph_rollbacks_total{subgraph="stock",version="next"} 1');
    expect(metrics).toContain('subgraph_version_weight{subgraph="stock",version="next"} 0');
    expect(metrics).toContain('subgraph_version_weight{subgraph="stock",version="stable"} 50');
  });

  it('is not rolled back for what clients did wrong', async () => {
    const { next, everybody, traffic } = setUp(canary(50, 50));
    for (const code of ['BAD_USER_INPUT', 'FORBIDDEN', 'RATE_LIMITED']) {
      next().does({ errors: [{ message: 'no', extensions: { code } }] });
      await everybody();
    }
    expect(traffic.state()['stock']![1]).toMatchObject({ weight: 50, recent: { failures: 0 } });
  });

  it('is not rolled back when the others fail as often', async () => {
    const { made, next, everybody, traffic } = setUp(canary(50, 50));
    next().does(BROKEN);
    made.get('stock')!.does(BROKEN);
    await everybody();
    expect(traffic.state()['stock']!.map(({ weight }) => weight)).toEqual([50, 50]);
  });

  it('is not rolled back for failures that are longer ago than the window', async () => {
    const { next, everybody, traffic, timing } = setUp(canary(0, 100));
    next().does(BROKEN);
    await everybody(9);
    await timing.advance(11_000);
    await everybody(9);
    expect(traffic.state()['stock']![1]).toMatchObject({ weight: 100, recent: { requests: 9, failures: 9 } });
  });

  it('is not rolled back when it is the fallback, or when that is switched off', async () => {
    const asFallback = setUp(canary(50, 50, { fallback: 'next' }));
    asFallback.next().does(BROKEN);
    await asFallback.everybody();
    expect(asFallback.traffic.state()['stock']![1]!.weight).toBe(50);
    const off = setUp(canary(50, 50, { rollback: false }));
    off.next().does(BROKEN);
    await off.everybody();
    expect(off.traffic.state()['stock']![1]!.weight).toBe(50);
  });

  it('is not rolled back by testers, who still reach it after it was', async () => {
    const { next, ask, chooseNext, everybody, traffic } = setUp(canary(50, 50));
    next().does(BROKEN);
    for (let index = 0; index < 50; index += 1) await ask(chooseNext);
    expect(traffic.state()['stock']![1]!.weight).toBe(50);
    await everybody();
    expect(traffic.state()['stock']![1]!.weight).toBe(0);
    next().does({ data: { from: 'repaired' } });
    expect(await ask(chooseNext)).toBe('repaired');
  });

  it('stays rolled back until its weight or its URLs change', async () => {
    const { next, everybody, traffic } = setUp(canary(50, 50));
    next().does(BROKEN);
    await everybody();
    traffic.apply(canary(50, 50, { timeoutMs: 5_000 }));
    expect(traffic.state()['stock']![1]!.weight).toBe(0);
    next().does({ data: { from: 'repaired' } });
    traffic.apply(canary(80, 20));
    expect(traffic.state()['stock']![1]).toMatchObject({
      weight: 20,
      rolledBackAt: undefined,
      recent: { requests: 0, failures: 0 },
    });
    expect(count(await everybody(), 'repaired')).toBeGreaterThan(20);
  });
});

describe('what may be shared', () => {
  it('depends on the headers that the subgraph is sent, and on no others', () => {
    const { traffic } = setUp(config({ headers: [{ propagate: 'accept-language' }] }));
    const key = (language: string, other: string) =>
      traffic.sharingKey('stock', { ...asGuest(), headers: { 'accept-language': language, 'x-a': other } });
    expect(key('de', '1')).toBe(key('de', '2'));
    expect(key('de', '1')).not.toBe(key('en', '1'));
    expect(traffic.sharingKey('prices', { ...asGuest(), headers: { 'accept-language': 'de' } })).toBe('');
    expect(traffic.sharingKey('stock', asGuest())).toBe('');
  });
});

it('counts requests by subgraph, version and outcome, and takes its metrics away at the end', async () => {
  const { ask, chooseNext, next, registry, traffic } = setUp(canary(1, 0));
  await ask(asGuest());
  next().does(BROKEN);
  await ask(chooseNext);
  const metrics = await registry.metrics();
  expect(metrics).toContain('subgraph_requests_total{subgraph="stock",version="stable",outcome="ok"} 1');
  expect(metrics).toContain('subgraph_requests_total{subgraph="stock",version="next",outcome="fault"} 1');
  expect(metrics).toContain('subgraph_breaker_state{subgraph="prices",version="stable"} 0');
  traffic.close();
  expect(registry.getMetricsAsArray()).toEqual([]);
});

it('swaps a newer stock service in over HTTP, goes back by itself when that fails, and forward again', async () => {
  let broken = true;
  const serve = async (version: string) => {
    const server = createServer((request, response) => {
      request.resume();
      const failing = version === 'next' && broken;
      response
        .writeHead(failing ? 500 : 200, { 'content-type': failing ? 'text/html' : 'application/json' })
        .end(failing ? '<h1>Oops</h1>' : JSON.stringify({ data: { from: version } }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
  };
  const [stable, next] = [await serve('stable'), await serve('next')];
  const traffic = createTraffic({
    subgraphs: {
      stock: (urls) =>
        createHttpClient({ urls: urls ?? [stable.url], audience: 'stock', timeoutMs: LONGEST_TIMEOUT_MS }),
    },
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
  });
  const apply = (weight: number) =>
    traffic.apply(
      parseTraffic(
        { stock: { rollback: ROLLBACK, versions: { stable: { weight: 50 }, next: { urls: [next.url], weight } } } },
        ['stock'],
      ),
    );
  const answers = () =>
    Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        traffic
          .client('stock')
          .execute<{ from: string }>({ query: '{ level }', kind: 'query' }, asCustomer(`c${index}`))
          .then(({ data }) => data?.from)
          .catch(() => 'failed'),
      ),
    );
  expect(count(await answers(), 'stable')).toBe(60);
  apply(50);
  expect(count(await answers(), 'failed')).toBeGreaterThan(9);
  expect(count(await answers(), 'stable')).toBe(60);
  broken = false;
  apply(49);
  expect(count(await answers(), 'next')).toBeGreaterThan(15);
  apply(0);
  expect(count(await answers(), 'stable')).toBe(60);
  for (const { server } of [stable, next]) {
    server.close();
    server.closeAllConnections();
  }
});
