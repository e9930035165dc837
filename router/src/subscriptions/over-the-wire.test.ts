import type { GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runRouter, type RunningRouter } from '../fixture/running-router.ts';
import { createShop, shopSupergraph, SUBGRAPHS, type Shop } from '../fixture/shop.ts';
import { SHOP_SDL } from '../fixture/shop-graphs.ts';

const identities = await createTestIdentities(['web', 'router', ...SUBGRAPHS]);

const LIVE = `subscription Live($ids: [ID!]!) {
  availabilityChanged(variantIds: $ids) { snapshot variants { id availability title price { minorUnits } } }
}`;
const LIVE_OF_V1 = { query: LIVE, variables: { ids: ['v1'] } };
const told = (id: string, snapshot: boolean) => {
  const number = Number(id.slice(1));
  const variant = { id, availability: number, title: `Variant ${id}`, price: { minorUnits: number * 100 } };
  return { data: { availabilityChanged: { snapshot, variants: [variant] } } };
};

let shop: Shop;
let router: RunningRouter;
let web: GraphClient;

beforeEach(async () => {
  shop = await createShop('over HTTP', identities);
  router = await runRouter(shop, identities.router);
  web = createHttpClient({ urls: [`${router.url}/graphql`], audience: 'router', identity: identities.web });
});
afterEach(async () => {
  await router.service.stop();
  await shop.stop();
});

const change = (id: string) => {
  shop.state.changes.push({ snapshot: false, variants: [{ id }] });
  shop.state.wake();
};
const codesOf = ({ errors }: GraphResult) =>
  errors?.map(({ extensions }) => [extensions?.['code'], extensions?.['retryable']]);

describe('a subscription over a WebSocket', () => {
  const subscribe = (signal?: AbortSignal) =>
    web.subscribe(LIVE_OF_V1, { ...asGuest(), ...(signal ? { signal } : {}) })[Symbol.asyncIterator]();

  it('joins each event with what two other subgraphs know, and ends in the subgraph when its client leaves', async () => {
    const leaving = new AbortController();
    const events = subscribe(leaving.signal);
    expect((await events.next()).value).toEqual(told('v1', true));
    change('v7');
    expect((await events.next()).value).toEqual(told('v7', false));
    expect(shop.state.watching).toBe(1);
    leaving.abort();
    expect((await events.next()).done).toBe(true);
    await eventually(() => expect(shop.state.watching).toBe(0));
  });

  it('ends with an error that clients try again when its subgraph stops', async () => {
    const events = subscribe();
    await events.next();
    await shop.halt('stock');
    expect(codesOf((await events.next()).value as GraphResult)).toEqual([['SERVICE_UNAVAILABLE', true]]);
    expect((await events.next()).done).toBe(true);
  });

  it('goes on with what is missing told beside the event when another subgraph stops', async () => {
    const events = subscribe();
    await events.next();
    await shop.halt('prices');
    change('v2');
    const { value } = (await events.next()) as { value: GraphResult };
    expect(value.data).toEqual({
      availabilityChanged: {
        snapshot: false,
        variants: [{ id: 'v2', availability: 2, title: 'Variant v2', price: null }],
      },
    });
    expect(codesOf(value)).toEqual([['SERVICE_UNAVAILABLE', true]]);
    change('v3');
    expect(((await events.next()).value as GraphResult).data).toMatchObject({
      availabilityChanged: { variants: [{ id: 'v3', price: null }] },
    });
  });

  it('ends with an error that clients try again when the schema changes', async () => {
    const events = subscribe();
    await events.next();
    await router.service.update(shopSupergraph({ ...SHOP_SDL, prices: `${SHOP_SDL.prices} type Other { id: ID }` }));
    expect(codesOf((await events.next()).value as GraphResult)).toEqual([['SUBSCRIPTION_SCHEMA_CHANGED', true]]);
    expect((await events.next()).done).toBe(true);
    await eventually(() => expect(shop.state.watching).toBe(0));
  });
});

describe('a subscription over server-sent events', () => {
  it('joins each event with what other subgraphs know, and ends in the subgraph when its client leaves', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${await identities.web.sign(asGuest().caller, 'router')}`,
      },
      body: JSON.stringify(LIVE_OF_V1),
      signal: leaving.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (length: number) => {
      while (text.length < length) text += (await reader.read()).value ?? '';
      return text;
    };
    const first = `:\n\nevent: next\ndata: ${JSON.stringify(told('v1', true))}\n\n`;
    expect(await read(first.length)).toBe(first);
    change('v7');
    const second = `${first}event: next\ndata: ${JSON.stringify(told('v7', false))}\n\n`;
    expect(await read(second.length)).toBe(second);
    leaving.abort();
    await eventually(() => expect(shop.state.watching).toBe(0));
  });
});
