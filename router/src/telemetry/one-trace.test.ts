import { createSchemaEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { buildGraph } from '@kontor/kit/src/graph/sdl.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createService, type Service } from '@kontor/kit/src/service.ts';
import { startOtlpReceiver, type OtlpReceiver } from '@kontor/kit/src/telemetry/fixture/otlp-receiver.ts';
import { startTracing, type RunningTracing } from '@kontor/kit/src/telemetry/start-tracing.ts';
import { traceClient } from '@kontor/kit/src/telemetry/trace-client.ts';
import { tracerOf } from '@kontor/kit/src/telemetry/tracing.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runRouter, type RunningRouter } from '../fixture/running-router.ts';
import { createShop, SUBGRAPHS, type Shop } from '../fixture/shop.ts';

const identities = await createTestIdentities(['bff-web', 'router', ...SUBGRAPHS]);

const UPSTREAM = 'query Upstream($ids: [ID!]!) { variants(ids: $ids) { title price { minorUnits } availability } }';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

type Titles = { variants: { title: string }[] };

/** A service in the place of a BFF: one field, which asks the router. */
function createWeb(router: GraphClient): Service {
  const traced = traceClient(router, tracerOf('web'), { peer: 'router' });
  const metrics = createMetrics('web');
  const endpoint = createSchemaEndpoint({
    name: 'web',
    logger: silentLogger,
    metrics,
    limits: PUBLIC_LIMITS,
    introspection: true,
    schema: buildGraph(parse('type Query { titles(ids: [ID!]!): [String!]! }'), {
      Query: {
        titles: async (_: unknown, { ids }: { ids: string[] }, { caller, requestId, trace }: BaseContext) => {
          const call: Call = { caller, requestId, trace, client: { name: 'bff-web', version: '' } };
          const answer = await ask<Titles, { ids: string[] }>(traced, call, UPSTREAM, { ids });
          return answer.variants.map(({ title }) => title);
        },
      },
    }),
    context: (call) => call,
  });
  const authenticate = () => Promise.resolve(asGuest().caller);
  return createService({
    name: 'web',
    logger: silentLogger,
    metrics,
    mounts: [{ path: '/graphql', endpoint, authenticate }],
  });
}

describe.each(['in memory', 'over HTTP'] as const)('one trace through services that ask each other %s', (way) => {
  let receiver: OtlpReceiver;
  let tracing: RunningTracing;
  let shop: Shop;
  let router: RunningRouter;
  let web: Service;
  let url: string;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
    tracing = await startTracing({ url: receiver.url, ratio: 1, attributes: {} }, silentLogger);
    shop = await createShop(way, identities);
    router = await runRouter(shop, identities.router);
    web = createWeb(
      way === 'in memory'
        ? createMemoryClient('router', () => router.service.graph())
        : createHttpClient({ urls: [`${router.url}/graphql`], audience: 'router', identity: identities['bff-web'] }),
    );
    url = `http://127.0.0.1:${await web.listen(0, '127.0.0.1')}/graphql`;
  });
  afterEach(async () => {
    await web.stop();
    await router.service.stop();
    await shop.stop();
    await tracing.stop();
    await receiver.close();
  });

  const send = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    await tracing.flush();
    return answer;
  };
  const TITLES = { query: 'query Titles($ids: [ID!]!) { titles(ids: $ids) }', variables: { ids: ['v1', 'v2'] } };

  test('leads from the client to each subgraph, whose parent is the fetch that asked it', async () => {
    const headers = {
      traceparent: `00-${TRACE}-${PARENT}-01`,
      'apollographql-client-name': 'shop-window',
      'apollographql-client-version': '3.2',
    };
    expect(await send(TITLES, headers)).toEqual({ data: { titles: ['Variant v1', 'Variant v2'] } });

    const page = receiver.span('web', 'query Titles');
    const asked = receiver.span('web', 'ask router');
    const routed = receiver.span('router', 'query Upstream');
    expect(page).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 });
    expect(page.attributes).toMatchObject({ 'graphql.client.name': 'shop-window', 'graphql.client.version': '3.2' });
    expect(asked).toMatchObject({ parentSpanId: page.spanId, kind: 3 });
    expect(routed).toMatchObject({ parentSpanId: asked.spanId, kind: 2 });
    expect(routed.attributes).toMatchObject({ 'graphql.client.name': 'bff-web', 'kontor.graph': 'router' });
    for (const subgraph of ['products', 'prices', 'stock']) {
      const fetched = receiver.span('router', `ask ${subgraph}`);
      expect(fetched).toMatchObject({ parentSpanId: routed.spanId, kind: 3 });
      expect(fetched.attributes).toMatchObject({
        'kontor.subgraph': subgraph,
        'kontor.subgraph.version': 'stable',
        'kontor.representations': subgraph === 'products' ? 0 : 2,
        'kontor.shared': false,
      });
      const [answered] = receiver.spans.filter(({ service }) => service === subgraph);
      expect(answered).toMatchObject({ parentSpanId: fetched.spanId, kind: 2 });
    }
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(receiver.spans).toHaveLength(9);
  });

  test('leads through a subscription to the subgraph that owns it', async () => {
    const client =
      way === 'in memory'
        ? createMemoryClient('router', () => router.service.graph())
        : createHttpClient({ urls: [`${router.url}/graphql`], audience: 'router', identity: identities['bff-web'] });
    const call: Call = {
      ...asGuest(),
      trace: { traceparent: `00-${TRACE}-${PARENT}-01` },
      client: { name: 'bff-web', version: '2' },
    };
    const query = 'subscription Watch { availabilityChanged(variantIds: ["v1"]) { snapshot } }';
    const events = client.subscribe({ query }, call)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ data: { availabilityChanged: { snapshot: true } } });
    await tracing.flush();
    const routed = receiver.span('router', 'subscription Watch');
    expect(routed).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(routed.attributes).toMatchObject({ 'graphql.client.name': 'bff-web', 'graphql.client.version': '2' });
    const [answered] = receiver.spans.filter(({ service }) => service === 'stock');
    expect(answered).toMatchObject({ parentSpanId: routed.spanId });
    await events.return!();
  });

  test('holds no variables', async () => {
    await send({ ...TITLES, variables: { ids: ['v4711'] } });
    expect(JSON.stringify(receiver.spans)).not.toContain('v4711');
  });

  test('begins where no trace came in, and names the errors by their codes', async () => {
    await shop.halt('products');
    await send(TITLES);
    const page = receiver.span('web', 'query Titles');
    expect(page).toMatchObject({ parentSpanId: '', status: 2 });
    expect(page.attributes['error.type']).toBe('SERVICE_UNAVAILABLE');
    expect(receiver.span('router', 'ask products')).toMatchObject({
      traceId: page.traceId,
      status: 2,
      attributes: { 'error.type': 'SERVICE_UNAVAILABLE' },
    });
  });

  test('has a span for what Apollo Server answers, too', async () => {
    const response = await fetch(`${url}?query=${encodeURIComponent('query Read { titles(ids: ["v1"]) }')}`, {
      headers: { 'apollo-require-preflight': 'yes', traceparent: `00-${TRACE}-${PARENT}-01` },
    });
    expect(response.status).toBe(200);
    await tracing.flush();
    const page = receiver.span('web', 'query Read');
    expect(page).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(receiver.span('web', 'ask router').parentSpanId).toBe(page.spanId);
  });

  test('has a span for a document that is not valid', async () => {
    await send({ query: '{ nothing }' });
    expect(receiver.spans).toHaveLength(1);
    expect(receiver.span('web', 'graphql').attributes['error.type']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('passes a trace that is not recorded on without recording anything', async () => {
    await send(TITLES, { traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(receiver.spans).toEqual([]);
  });
});
