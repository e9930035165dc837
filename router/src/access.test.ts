import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { INTERNAL_LIMITS, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KEYS, runRouter, type RunningRouter } from './fixture/running-router.ts';
import { createShop, SUBGRAPHS, type Shop } from './fixture/shop.ts';

const identities = await createTestIdentities(['web', 'router', ...SUBGRAPHS]);
const strangers = await createTestIdentities(['web', 'router']);

let shop: Shop;
let router: RunningRouter;
beforeAll(async () => {
  shop = await createShop('in memory', identities);
  router = await runRouter(shop, identities.router);
});
afterAll(async () => {
  await router.service.stop();
  await shop.stop();
});
beforeEach(() => void shop.state.asked.splice(0));

const CHANNEL = { query: '{ channel { code } }' };
const PARTNER = `Bearer ${KEYS.partner}`;
const FOREIGN = `Bearer ${await strangers.web.sign(asGuest().caller, 'router')}`;
const ELSEWHERE = `Bearer ${await identities.web.sign(asGuest().caller, 'stock')}`;
const asService = async () => `Bearer ${await identities.web.sign(asGuest().caller, 'router')}`;

describe('a request to the router', () => {
  test('is answered for the caller that one of our services vouches for', async () => {
    expect(await router.post(await asService(), CHANNEL)).toMatchObject({
      status: 200,
      body: { data: { channel: { code: 'web' } } },
    });
  });

  test('is answered for a partner in the channel of the key', async () => {
    const { status, body, headers } = await router.post(PARTNER, CHANNEL, { 'x-request-id': 'request-of-a-partner' });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: { channel: { code: 'marketplace' } },
        extensions: { cost: { estimated: 1, limit: 1_000, remaining: 59_999, resetMs: expect.any(Number) as number } },
      },
    });
    expect(headers.get('x-request-id')).toBe('request-of-a-partner');
    expect(headers.get('ratelimit-policy')).toBe('"cost";q=60000;w=60;kontor-unit="cost"');
    expect(headers.get('ratelimit')).toMatch(/^"cost";r=59999;t=\d+$/);
  });

  test.each([
    ['without a credential', undefined, 401, 'UNAUTHENTICATED'],
    ['with an unknown key', 'Bearer nobody-has-this-key', 401, 'UNAUTHENTICATED'],
    ['with a token signed by a foreign key', FOREIGN, 401, 'UNAUTHENTICATED'],
    ['with a token for another service', ELSEWHERE, 401, 'UNAUTHENTICATED'],
    ['with a key that names no channel', `Bearer ${KEYS.unbound}`, 403, 'FORBIDDEN'],
  ])('is refused %s, and no subgraph hears of it', async (_case, authorization, status, code) => {
    const answer = await router.post(authorization, CHANNEL, { 'x-request-id': 'request-refused' });
    expect({ status: answer.status, code: answer.body.errors?.[0]?.extensions['code'] }).toEqual({ status, code });
    expect(answer.headers.get('x-request-id')).toBe('request-refused');
    expect(answer.body.errors?.[0]?.extensions['requestId']).toBe('request-refused');
    expect(shop.state.asked).toEqual([]);
  });

  test('is answered without the fields that the caller has no scope for, each with an error, and no subgraph hears of them', async () => {
    const query =
      'query ($id: ID!) { channel { code } ...Stock } fragment Stock on Query { stock: stockLevels(variantId: $id) }';
    const narrow = await router.post(PARTNER, { query, variables: { id: 'v1' } });
    expect(narrow.status).toBe(200);
    // Nobody may see a part of a root field that must not be null.
    expect(narrow.body.data).toBeNull();
    expect(narrow.body.errors).toMatchObject([
      { path: ['stock'], extensions: { code: 'FORBIDDEN', scope: 'stock:read', coordinate: 'Query.stockLevels' } },
    ]);
    expect(shop.state.asked.map(({ subgraph }) => subgraph)).toEqual(['products']);

    const allowed = await router.post(`Bearer ${KEYS.stockPartner}`, { query, variables: { id: 'v1' } });
    expect(allowed.body.data).toEqual({ channel: { code: 'marketplace' }, stock: [1] });
  });

  test('is refused for a mutation without its scope', async () => {
    const { body } = await router.post(PARTNER, { query: 'mutation { productUpdate(title: "Mine") { id } }' });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'catalogue:write' });
    expect(shop.state.asked).toEqual([]);
    const staff = `Bearer ${await identities.web.sign(asStaff(['catalogue:write']).caller, 'router')}`;
    expect((await router.post(staff, { query: 'mutation { productUpdate(title: "Ours") { title } }' })).body).toEqual({
      data: { productUpdate: { title: 'Ours' } },
    });
  });

  test.each(['_entities(representations: [])', '_service'])('cannot reach %s', async (field) => {
    for (const authorization of [PARTNER, await asService()]) {
      const { status, body } = await router.post(authorization, { query: `{ ${field} { __typename } }` });
      expect(status).toBe(200);
      expect(body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    }
    expect(shop.state.asked).toEqual([]);
  });

  test('is refused as a subscription without a WebSocket', async () => {
    const { status, body } = await router.post(PARTNER, {
      query: 'subscription { availabilityChanged(variantIds: []) { snapshot } }',
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions['code']).toBe('SUBSCRIPTION_NOT_SUPPORTED');
  });

  test('is refused when it names none of several operations', async () => {
    const { status, body } = await router.post(PARTNER, {
      query: 'query A { channel { code } } query B { channel { code } }',
    });
    expect(status).toBe(200);
    expect(body.errors?.[0]?.extensions['code']).toBe('OPERATION_RESOLUTION_FAILURE');
  });
});

describe('the limits of documents', () => {
  const aliases = (count: number) => ({
    query: `{ channel { ${Array.from({ length: count }, (_, index) => `a${index}: code`).join(' ')} } }`,
  });
  // All but the ids are 12 tokens.
  const tokens = (count: number) => ({ query: `{ variants(ids: [${'"v1" '.repeat(count - 12)}]) { id } }` });

  test('are narrow for partners', async () => {
    const { status, body } = await router.post(PARTNER, aliases(PUBLIC_LIMITS.aliases + 1));
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('aliases'),
      extensions: { code: 'DOCUMENT_TOO_COMPLEX' },
    });
    expect((await router.post(PARTNER, aliases(PUBLIC_LIMITS.aliases))).body.errors).toBeUndefined();
    expect((await router.post(PARTNER, tokens(PUBLIC_LIMITS.tokens + 1))).body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('tokens'),
    });
    expect((await router.post(PARTNER, tokens(PUBLIC_LIMITS.tokens))).body.errors).toBeUndefined();
  });

  test('are narrow for partners who send a document that one of our services has sent before', async () => {
    const document = aliases(PUBLIC_LIMITS.aliases + 2);
    expect((await router.post(await asService(), document)).body.errors).toBeUndefined();
    expect((await router.post(PARTNER, document)).body.errors?.[0]?.extensions['code']).toBe('DOCUMENT_TOO_COMPLEX');
  });

  test('are wide for our own services, in memory and over HTTP, and end there too', async () => {
    const clients = [
      createMemoryClient('router', () => router.service.graph()),
      createHttpClient({ urls: [`${router.url}/graphql`], audience: 'router', identity: identities.web }),
    ];
    for (const client of clients) {
      expect((await client.execute(aliases(INTERNAL_LIMITS.aliases), asGuest())).errors).toBeUndefined();
      expect(
        (await client.execute(aliases(INTERNAL_LIMITS.aliases + 1), asGuest())).errors?.[0]?.extensions?.['code'],
      ).toBe('DOCUMENT_TOO_COMPLEX');
    }
  });

  test('hold over a query string too', async () => {
    const query = encodeURIComponent(tokens(PUBLIC_LIMITS.tokens + 1).query);
    const response = await fetch(`${router.url}/graphql?query=${query}`, {
      headers: { authorization: PARTNER, 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_TOO_COMPLEX' } }] });
  });
});

describe('beside the graph', () => {
  test('the SDL that clients see is served without federation', async () => {
    const response = await fetch(`${router.url}/schema.graphql`);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const sdl = await response.text();
    expect(sdl).toContain('availabilityChanged(variantIds: [ID!]!): AvailabilityUpdate!');
    expect(sdl).not.toMatch(/join__|_entities|_service|@link/);
  });

  test('a browser gets GraphiQL and its files from here alone', async () => {
    const page = await fetch(`${router.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const script = /src="(\/ide\/[^"]+\.js)"/.exec(await page.text())?.[1];
    const asset = await fetch(`${router.url}${script}`);
    expect(asset.status).toBe(200);
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${router.url}/ide/none.js`)).status).toBe(404);
  });
});
