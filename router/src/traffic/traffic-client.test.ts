import { requestFault } from '@kontor/kit/src/errors.ts';
import type { Call, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { NoAnswerError } from '@kontor/kit/src/graph/no-answer.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { asCustomer, asGuest } from '@kontor/testkit/src/callers.ts';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createManualTiming, settle } from './fixture/manual-timing.ts';
import { createScriptedGraph } from './fixture/scripted-graph.ts';
import { createTraffic } from './traffic.ts';
import { parseTraffic } from './traffic-config.ts';

const QUERY: GraphRequest = { query: '{ level }', kind: 'query' };
const MUTATION: GraphRequest = { query: 'mutation { adjust }', kind: 'mutation' };
const notSent = () => new NoAnswerError('not sent', 'stock cannot be reached.');
const lost = () => new NoAnswerError('lost', 'stock cannot be reached: the connection broke off.');
const withCode = (code: string) =>
  expect.objectContaining({ extensions: expect.objectContaining({ code }) as unknown });
const silence = () => new Promise<GraphResult>(() => {});

const setUp = (policy: Record<string, unknown> = {}) => {
  const timing = createManualTiming();
  const graph = createScriptedGraph('stable');
  const registry = new Registry();
  const traffic = createTraffic({
    subgraphs: { stock: () => graph },
    config: parseTraffic({ stock: policy }, ['stock']),
    logger: silentLogger,
    registry,
    timing,
    random: () => 0.5,
  });
  const ask = (request = QUERY, call: Call = asGuest()) => {
    const answer = traffic.client('stock').execute(request, call);
    answer.catch(() => undefined);
    return answer;
  };
  const outcomes = async () => {
    const { values } = await (
      registry.getSingleMetric('subgraph_requests_total') as unknown as {
        get(): Promise<{ values: { value: number; labels: { outcome: string } }[] }>;
      }
    ).get();
    return Object.fromEntries(values.flatMap(({ value, labels }) => (value ? [[labels.outcome, value]] : [])));
  };
  return { timing, graph, traffic, ask, outcomes };
};

it('passes the request on as it is, with the caller and without headers that no rule allows', async () => {
  const { graph, ask } = setUp();
  const call: Call = { ...asCustomer('c1'), headers: { 'accept-language': 'de' }, issuer: 'web' };
  expect(await ask(QUERY, call)).toEqual({ data: { from: 'stable' } });
  expect(graph.calls[0]!.request).toBe(QUERY);
  const { signal, ...rest } = graph.calls[0]!.call;
  expect(rest).toEqual({ ...call, headers: undefined });
  expect(signal!.aborted).toBe(false);
});

it('sends the headers that the rules of the subgraph say', async () => {
  const { graph, ask, traffic } = setUp({
    headers: [{ propagate: 'accept-language' }, { insert: { name: 'x-source', value: 'router' } }],
  });
  const headers = traffic.headers({ 'accept-language': 'de', cookie: 'a=b', authorization: 'Bearer x' })!;
  expect({ ...headers }).toEqual({ 'accept-language': 'de' });
  await ask(QUERY, { ...asGuest(), headers });
  expect({ ...graph.calls[0]!.call.headers }).toEqual({ 'accept-language': 'de', 'x-source': 'router' });
});

describe('time', () => {
  it('ends a call with TIMEOUT and tells its client, even if that minds no signal', async () => {
    const { timing, graph, ask, traffic, outcomes } = setUp({ timeoutMs: 1_000 });
    graph.does(silence);
    const answer = ask();
    await timing.advance(1_100);
    await expect(answer).rejects.toMatchObject({
      message: 'stock did not answer within 1000 ms.',
      extensions: { code: 'TIMEOUT' },
    });
    expect(graph.calls[0]!.call.signal!.aborted).toBe(true);
    expect(traffic.state()['stock']![0]!.running).toBe(0);
    expect(await outcomes()).toEqual({ timeout: 1 });
    expect(graph.calls).toHaveLength(1);
  });

  it('is that of all tries together', async () => {
    const { timing, graph, ask } = setUp({ timeoutMs: 1_000, retry: { firstPauseMs: 800, mostPauseMs: 800 } });
    graph.does(lost, silence);
    const answer = ask();
    await timing.advance(700);
    expect(graph.calls).toHaveLength(2);
    await timing.advance(400);
    await expect(answer).rejects.toEqual(withCode('TIMEOUT'));
  });

  it('ends a pause between tries, too', async () => {
    const { timing, graph, ask } = setUp({ timeoutMs: 1_000, retry: { firstPauseMs: 9_000, mostPauseMs: 9_000 } });
    graph.does(lost);
    const answer = ask();
    await timing.advance(1_100);
    await expect(answer).rejects.toEqual(withCode('TIMEOUT'));
    await timing.advance(10_000);
    expect(graph.calls).toHaveLength(1);
  });

  it('ends with the reason of the caller who gives up, which counts against nobody', async () => {
    const { graph, ask, outcomes } = setUp({ breaker: { consecutiveFailures: 1 } });
    graph.does(silence);
    const controller = new AbortController();
    const answer = ask(QUERY, { ...asGuest(), signal: controller.signal });
    await settle();
    controller.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
    await expect(ask(QUERY, { ...asGuest(), signal: controller.signal })).rejects.toThrow('gone');
    expect(graph.calls).toHaveLength(1);
    graph.does({ data: {} });
    expect(await ask()).toEqual({ data: {} });
    expect(await outcomes()).toEqual({ cancelled: 2, ok: 1 });
  });
});

describe('a retry', () => {
  it.each([
    ['nothing was sent', notSent],
    ['the connection broke off', lost],
    ['a service of this process is not running', () => requestFault('SERVICE_UNAVAILABLE', 'stock is not running.')],
  ])('is made of a query when %s', async (_title, failure) => {
    const { timing, graph, ask } = setUp({ retry: { budgetPerSecond: 2 } });
    graph.does(failure, failure, { data: { level: 1 } });
    const answer = ask();
    await settle();
    expect(graph.calls).toHaveLength(1);
    await timing.advance(100);
    expect(await answer).toEqual({ data: { level: 1 } });
    expect(graph.calls).toHaveLength(3);
  });

  it('waits longer each time, with jitter', async () => {
    const { timing, graph, ask } = setUp({ retry: { firstPauseMs: 100, mostPauseMs: 1_000, budgetPerSecond: 5 } });
    const at: number[] = [];
    graph.does(() => (at.push(timing.now()), lost()));
    const answer = ask();
    await timing.advance(1_000);
    await expect(answer).rejects.toEqual(withCode('SERVICE_UNAVAILABLE'));
    expect(at.map((each) => each - at[0]!)).toEqual([0, 75, 225]);
  });

  it.each<[string, GraphRequest, () => Error]>([
    ['a mutation', MUTATION, notSent],
    ['a request of unknown kind', { query: '{ level }' }, notSent],
    ['an answer that cannot be used', QUERY, () => new NoAnswerError('unusable', 'too large')],
    ['a client that ran out of time', QUERY, () => requestFault('TIMEOUT', 'late')],
    ['a token that was refused', QUERY, () => requestFault('UNAUTHENTICATED', 'who')],
    ['a bug', QUERY, () => new TypeError('bug')],
  ])('is not made of %s', async (_title, request, failure) => {
    const { timing, graph, ask } = setUp();
    const error = failure();
    graph.does(error);
    const answer = ask(request);
    await timing.advance(1_000);
    await expect(answer).rejects.toBe(error);
    expect(graph.calls).toHaveLength(1);
  });

  it('is not made of errors in an answer', async () => {
    const { graph, ask } = setUp();
    const result = { errors: [{ message: 'down', extensions: { code: 'SERVICE_UNAVAILABLE' } }] };
    graph.does(result);
    expect(await ask()).toBe(result);
    expect(graph.calls).toHaveLength(1);
  });

  it('is not made beyond the budget', async () => {
    const { timing, graph, ask } = setUp({
      retry: { most: 5, budgetRatio: 0.1, budgetPerSecond: 0 },
      breaker: { consecutiveFailures: 1_000, minimumRequests: 1_000 },
    });
    for (let count = 0; count < 19; count += 1) await ask();
    graph.does(lost);
    const answer = ask();
    await timing.advance(10_000);
    await expect(answer).rejects.toEqual(withCode('SERVICE_UNAVAILABLE'));
    expect(graph.calls).toHaveLength(19 + 1 + 2);
  });
});

describe('an upstream that is down', () => {
  it('is left alone until one call finds it well again', async () => {
    const { timing, graph, ask, traffic, outcomes } = setUp({
      retry: { most: 0 },
      breaker: { consecutiveFailures: 2, openMs: 1_000 },
    });
    graph.does(notSent);
    await expect(ask()).rejects.toThrow();
    await expect(ask()).rejects.toThrow();
    await expect(ask()).rejects.toMatchObject({
      message: 'stock does not answer now.',
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 },
    });
    expect(graph.calls).toHaveLength(2);
    expect(traffic.state()['stock']![0]!.breaker).toBe('open');
    await timing.advance(1_000);
    let answer!: (result: GraphResult) => void;
    graph.does(() => new Promise((resolve) => (answer = resolve)));
    const probe = ask();
    await settle();
    await expect(ask()).rejects.toMatchObject({ extensions: { retryAfterMs: 250 } });
    answer({ data: {} });
    await probe;
    expect(traffic.state()['stock']![0]!.breaker).toBe('closed');
    expect(await outcomes()).toEqual({ unavailable: 2, refused: 2, ok: 1 });
  });

  it('refuses subscriptions, too', async () => {
    const { graph, ask, traffic } = setUp({ retry: { most: 0 }, breaker: { consecutiveFailures: 1 } });
    graph.does(notSent);
    await expect(ask()).rejects.toThrow();
    const events = traffic.client('stock').subscribe({ query: 'subscription { feed }' }, asGuest());
    await expect(events[Symbol.asyncIterator]().next()).rejects.toEqual(withCode('SERVICE_UNAVAILABLE'));
    expect(graph.calls).toHaveLength(1);
  });

  it('does not count errors in answers: who answers is not down', async () => {
    const { graph, ask, traffic } = setUp({ breaker: { consecutiveFailures: 1, minimumRequests: 1, errorRate: 0.1 } });
    graph.does({ errors: [{ message: 'masked', extensions: { code: 'INTERNAL' } }] });
    for (let count = 0; count < 5; count += 1) await ask();
    expect(traffic.state()['stock']![0]!.breaker).toBe('closed');
  });
});

describe('an upstream that is busy', () => {
  it('gets so many calls at a time, lets some wait and refuses the rest', async () => {
    const { graph, ask, traffic } = setUp({ bulkhead: { maxConcurrent: 2, maxQueue: 1 } });
    const answers: ((result: GraphResult) => void)[] = [];
    graph.does(() => new Promise((resolve) => answers.push(resolve)));
    const asked = [ask(), ask(), ask()];
    await settle();
    expect(traffic.state()['stock']![0]).toMatchObject({ running: 2, queued: 1 });
    await expect(ask()).rejects.toMatchObject({
      message: 'stock has too much to do now.',
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 750 },
    });
    answers[0]!({ data: { first: true } });
    expect(await asked[0]).toEqual({ data: { first: true } });
    await settle();
    expect(graph.calls).toHaveLength(3);
    for (const answer of answers) answer({ data: {} });
    await Promise.all(asked);
    expect(traffic.state()['stock']![0]).toMatchObject({ running: 0, queued: 0 });
  });

  it('lets nobody wait longer than a call may take', async () => {
    const { timing, graph, ask, traffic } = setUp({ timeoutMs: 1_000, bulkhead: { maxConcurrent: 1, maxQueue: 5 } });
    graph.does(silence);
    const [running, waiting] = [ask(), ask()];
    await timing.advance(1_100);
    await expect(running).rejects.toEqual(withCode('TIMEOUT'));
    await expect(waiting).rejects.toEqual(withCode('TIMEOUT'));
    expect(graph.calls).toHaveLength(1);
    expect(traffic.state()['stock']![0]).toMatchObject({ running: 0, queued: 0 });
  });
});

it('passes events of a subscription on, with its headers, and ends it with its reader', async () => {
  const { graph, traffic } = setUp({ headers: [{ propagate: 'accept-language' }] });
  const call: Call = { ...asGuest(), headers: { 'accept-language': 'de', 'x-a': 'b' } };
  const events: unknown[] = [];
  for await (const event of traffic.client('stock').subscribe({ query: 'subscription { feed }' }, call)) {
    events.push(event);
    break;
  }
  expect(events).toEqual([{ data: { from: 'stable' } }]);
  expect({ ...graph.calls[0]!.call.headers }).toEqual({ 'accept-language': 'de' });
});
