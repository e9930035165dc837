import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import { silentLogger } from '../logger.ts';
import { startOtlpReceiver, type OtlpReceiver } from './fixture/otlp-receiver.ts';
import { startTracing, type RunningTracing } from './start-tracing.ts';
import { traceClient } from './trace-client.ts';
import { traceOperation, traceSubscription } from './trace-operation.ts';
import { activeTrace, recordedSpan, tracerOf, withinSpan, type SpanStart } from './tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const from = (flags: string) => `00-${TRACE}-${PARENT}-${flags}`;
const server = (parent?: SpanStart['parent']): SpanStart => ({ kind: 'server', parent, attributes: {} });

describe('a process without tracing', () => {
  it('has no tracer, no active trace, and clients that are not wrapped', () => {
    const client = {} as GraphClient;
    expect(tracerOf('web')).toBeNull();
    expect(activeTrace()).toBeUndefined();
    expect(traceClient(client, tracerOf('web'), { peer: 'router' })).toBe(client);
    expect(recordedSpan({ traceparent: from('01') })).toBeUndefined();
  });
});

describe('a process with tracing', () => {
  let receiver: OtlpReceiver;
  let tracing: RunningTracing;
  const start = async (ratio: number) =>
    (tracing = await startTracing({ url: receiver.url, ratio, attributes: { region: 'eu' } }, silentLogger));
  beforeEach(async () => void (receiver = await startOtlpReceiver()));
  afterEach(async () => {
    await tracing.stop();
    await receiver.close();
  });

  it('sends what has ended when it stops, each span in the name of its service', async () => {
    await start(1);
    tracerOf('web')!.start('a', server()).end();
    tracerOf('router')!.start('b', server()).end();
    await tracing.stop();
    expect(receiver.spans.map(({ service, name }) => `${service}: ${name}`).sort()).toEqual(['router: b', 'web: a']);
    expect(tracerOf('web')).toBeNull();
  });

  it('is a child of the incoming parent, and keeps tracestate', async () => {
    await start(1);
    const span = tracerOf('web')!.start('a', server({ traceparent: from('01'), tracestate: 'vendor=1' }));
    expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`));
    expect(span.tracestate).toBe('vendor=1');
    span.end();
    span.end();
    await tracing.flush();
    expect(receiver.span('web', 'a')).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  });

  it('records nothing below a parent that is not recorded, and passes the trace on', async () => {
    await start(1);
    const span = tracerOf('web')!.start('a', server({ traceparent: from('00') }));
    expect(recordedSpan(span)).toBeUndefined();
    expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    span.end();
    await tracing.flush();
    expect(receiver.spans).toEqual([]);
  });

  it('records what our services record at any ratio, and what strangers want recorded at the ratio alone', async () => {
    await start(0);
    const tracer = tracerOf('web')!;
    tracer.start('ours', server({ traceparent: from('01'), foreign: false })).end();
    tracer.start('foreign', server({ traceparent: from('01'), foreign: true })).end();
    tracer.start('new', server()).end();
    await tracing.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['ours']);
  });

  it('tells of an operation who asked where, and never with what', async () => {
    await start(1);
    const call = { ...asGuest('web'), client: { name: 'ios-app', version: '7.1' } };
    await traceOperation(tracerOf('web')!, call, async ({ trace }) => expect(activeTrace()).toBe(trace));
    await tracing.flush();
    expect(receiver.span('web', 'graphql').attributes).toEqual({
      'kontor.request_id': call.requestId,
      'kontor.channel': 'web',
      'graphql.client.name': 'ios-app',
      'graphql.client.version': '7.1',
    });
  });

  it('marks a request to a peer as failed with the code alone when there is no answer', async () => {
    await start(1);
    const peer = { execute: () => Promise.reject(requestFault('TIMEOUT', 'secret')) } as unknown as GraphClient;
    const traced = traceClient(peer, tracerOf('web'), { peer: 'router' });
    await expect(traced.execute({ query: '{ secret }' }, asGuest())).rejects.toThrow('secret');
    await tracing.flush();
    expect(receiver.span('web', 'ask router')).toMatchObject({
      kind: 3,
      status: 2,
      attributes: { 'kontor.peer': 'router', 'error.type': 'TIMEOUT' },
    });
    expect(JSON.stringify(receiver.spans)).not.toContain('secret');
  });

  it('ends the span of a subscription with its first event, and the subscription when it is left while it waits', async () => {
    await start(1);
    let left = false;
    const source = {
      sent: false,
      next() {
        if (this.sent) return new Promise<never>(() => undefined);
        this.sent = true;
        return Promise.resolve({ done: false as const, value: 1 });
      },
      return: () => ((left = true), Promise.resolve({ done: true as const, value: undefined })),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const events = traceSubscription(tracerOf('web')!, asGuest(), () => source);
    expect(await events.next()).toEqual({ done: false, value: 1 });
    await tracing.flush();
    expect(receiver.spans).toHaveLength(1);
    void events.next();
    expect(await events.return!()).toEqual({ done: true, value: undefined });
    expect(left).toBe(true);
  });

  it('keeps requests that run at the same time apart', async () => {
    await start(1);
    const tracer = tracerOf('web')!;
    const spans = Array.from({ length: 20 }, () => tracer.start('a', server()));
    const seen = await Promise.all(
      spans.map((span) =>
        withinSpan(span, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return activeTrace();
        }),
      ),
    );
    expect(seen).toEqual(spans);
  });
});

describe('a collector that refuses what it is sent', () => {
  it('is told of in one line of the log, and does not hold up the end', async () => {
    const refusing = createServer((_request, response) => response.writeHead(400).end()).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/v1/traces`;
    const tracing = await startTracing({ url, ratio: 1, attributes: {} }, logger);
    for (let count = 0; count < 3; count += 1) {
      tracerOf('web')!.start('a', server()).end();
      await tracing.flush();
    }
    await tracing.stop();
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: 'traces could not be sent' });
    refusing.closeAllConnections();
    refusing.close();
  });
});
