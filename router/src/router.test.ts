import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runRouter, type RunningRouter } from './fixture/running-router.ts';
import { createShop, SUBGRAPHS, WAYS, type Shop } from './fixture/shop.ts';

const identities = await createTestIdentities(['web', 'router', ...SUBGRAPHS]);

const LISTING = `query Listing($ids: [ID!]!) { variants(ids: $ids) { id title price { minorUnits currency } availability } }`;

describe.each(WAYS)('a router that reaches its subgraphs %s', (way) => {
  let shop: Shop;
  let router: RunningRouter;
  let web: GraphClient;

  beforeEach(async () => {
    shop = await createShop(way, identities);
    router = await runRouter(shop, identities.router);
    web = createHttpClient({ urls: [`${router.url}/graphql`], audience: 'router', identity: identities.web });
  });
  afterEach(async () => {
    await router.service.stop();
    await shop.stop();
  });

  test('joins the fields of three subgraphs on one entity, asking each once', async () => {
    const result = await web.execute({ query: LISTING, variables: { ids: ['v1', 'nothing', 'v2'] } }, asGuest());
    expect(result).toEqual({
      data: {
        variants: [
          { id: 'v1', title: 'Variant v1', price: { minorUnits: 100, currency: 'EUR' }, availability: 1 },
          null,
          { id: 'v2', title: 'Variant v2', price: { minorUnits: 200, currency: 'EUR' }, availability: 2 },
        ],
      },
    });
    expect(shop.state.asked.map(({ subgraph }) => subgraph).sort()).toEqual(['prices', 'products', 'stock']);
  });

  test('answers a field that requires fields of another subgraph', async () => {
    const result = await web.execute({ query: '{ product(id: "p1") { title cheapest { minorUnits } } }' }, asGuest());
    expect(result).toEqual({ data: { product: { title: 'Product p1', cheapest: { minorUnits: 100 } } } });
  });

  test('costs only its own nullable fields when one subgraph does not answer', async () => {
    await shop.halt('stock');
    const { status, body } = await router.post(`Bearer ${await identities.web.sign(asGuest().caller, 'router')}`, {
      query: LISTING,
      variables: { ids: ['v1'] },
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      variants: [{ id: 'v1', title: 'Variant v1', price: { minorUnits: 100, currency: 'EUR' }, availability: null }],
    });
    expect(body.errors).toHaveLength(1);
    expect(body.errors![0]!.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });

  test('keeps the code of an error of a subgraph and tells nothing of its inside', async () => {
    const result = await web.execute({ query: '{ variants(ids: ["v1"]) { id broken secret } }' }, asGuest());
    expect(result.data).toEqual({ variants: [{ id: 'v1', broken: null, secret: null }] });
    const codes = result.errors!.map(({ path, extensions }) => [
      path?.at(-1),
      extensions?.['code'],
      Object.keys(extensions ?? {}).sort(),
    ]);
    expect(codes).toEqual(
      expect.arrayContaining([
        ['broken', 'INTERNAL', ['code', 'docUrl', 'requestId', 'retryable']],
        ['secret', 'FORBIDDEN', ['code', 'docUrl', 'requestId', 'retryable', 'scope']],
      ]),
    );
    expect(JSON.stringify(result)).not.toMatch(/secrets "|select \*|node_modules|stacktrace/);
  });

  test('answers null with an error where one subgraph does not know an object that another names', async () => {
    const result = await web.execute({ query: '{ variants(ids: ["v1", "v13"]) { id list } }' }, asGuest());
    expect(result.data).toEqual({ variants: [{ id: 'v1', list: 'base-eur' }, null] });
    expect(result.errors).toEqual([
      expect.objectContaining({
        path: ['variants', 1, 'list'],
        extensions: expect.objectContaining({ code: 'INTERNAL' }),
      }),
    ]);
    expect(result).not.toHaveProperty('extensions');
  });

  test('passes the caller and the request id on', async () => {
    const caller = { ...asGuest('mobile'), requestId: 'request-of-a-phone' };
    const result = await web.execute({ query: '{ channel { code requestId } }' }, caller);
    expect(result).toEqual({ data: { channel: { code: 'mobile', requestId: 'request-of-a-phone' } } });
  });

  test('forwards a subscription that one subgraph answers alone, and ends it there when the client leaves', async () => {
    const leaving = new AbortController();
    const query = `query Other { channel { code } } subscription Live($ids: [ID!]!) { availabilityChanged(variantIds: $ids) { snapshot ...Rest } }
      fragment Rest on AvailabilityUpdate { variants { id availability } }`;
    const events = web
      .subscribe({ query, operationName: 'Live', variables: { ids: ['v1'] } }, { ...asGuest(), signal: leaving.signal })
      [Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({
      data: { availabilityChanged: { snapshot: true, variants: [{ id: 'v1', availability: 1 }] } },
    });
    shop.state.changes.push({ snapshot: false, variants: [{ id: 'v7' }] });
    shop.state.wake();
    expect((await events.next()).value).toEqual({
      data: { availabilityChanged: { snapshot: false, variants: [{ id: 'v7', availability: 7 }] } },
    });
    expect(shop.state.asked.map(({ subgraph }) => subgraph)).toEqual(['stock']);

    expect(shop.state.watching).toBe(1);
    leaving.abort();
    expect((await events.next()).done).toBe(true);
    await eventually(() => expect(shop.state.watching).toBe(0));
  });
});
