import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createShop, SUBGRAPHS, type Shop } from '../../router/src/fixture/shop.ts';
import { KEYS, runRouter, type RunningRouter } from '../../router/src/fixture/running-router.ts';
import { expectNothingLeaks } from './fixture/expect-refusal.ts';
import { exchangeRaw, postText, type RawResponse } from './fixture/raw-exchange.ts';

const identities = await createTestIdentities(['web', 'router', ...SUBGRAPHS]);
const BODY = '{"query":"{ channel { code requestId } }"}';
const STOCK = '{"query":"{ stockLevels(variantId: \\"v1\\") }"}';
const JSON_TYPE = 'Content-Type: application/json';
const HOST = 'Host: router.example';
const PARTNER = `Authorization: Bearer ${KEYS.partner}`;
const STOCK_PARTNER = `Authorization: Bearer ${KEYS.stockPartner}`;

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

const one = async (text: string): Promise<RawResponse> => {
  const [response] = await exchangeRaw(router.url, text);
  expectNothingLeaks(response!.body);
  return response!;
};
const codeOf = ({ body }: RawResponse) =>
  (JSON.parse(body) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;
const post = (lines: readonly string[], body = BODY) => one(postText([HOST, JSON_TYPE, ...lines], body));

describe('who calls', () => {
  test.each([
    'X-Authorization',
    'X-Forwarded-User',
    'X-User',
    'X-Remote-User',
    'X-Kontor-Caller',
    'X-Caller',
    'X-Original-Authorization',
    'Proxy-Authorization',
    'Authorization_',
    'X-Forwarded-Authorization',
    'X-Api-Key',
    'Cookie',
  ])('is not read from %s', async (name) => {
    const token = await identities.web.sign(guestOf('web'), 'router');
    const response = await post([`${name}: Bearer ${token}`]);
    expect({ status: response.status, code: codeOf(response) }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(shop.state.asked).toEqual([]);
  });

  test('is read from the header in whatever case', async () => {
    const response = await post([`aUtHoRiZaTiOn: bearer ${KEYS.partner}`]);
    expect(JSON.parse(response.body)).toMatchObject({ data: { channel: { code: 'marketplace' } } });
  });

  test.each([
    ['the stronger key first', [STOCK_PARTNER, PARTNER]],
    ['the stronger key last', [PARTNER, STOCK_PARTNER]],
    ['the header folded over two lines', [`Authorization: Bearer\r\n ${KEYS.stockPartner}`]],
    ['two keys in one header', [`Authorization: Bearer ${KEYS.partner}, Bearer ${KEYS.stockPartner}`]],
    ['a space before the colon', [`Authorization : Bearer ${KEYS.stockPartner}`]],
    ['a null character in it', [`Authorization: Bearer ${KEYS.stockPartner}\0`]],
    ['a bare carriage return', [`X-Any: a\rAuthorization: Bearer ${KEYS.stockPartner}`]],
    ['a bare line feed', [`X-Any: a\nAuthorization: Bearer ${KEYS.stockPartner}\nX-Other: b`]],
  ])('is refused when the request has %s', async (_what, lines) => {
    const response = await post(lines, STOCK);
    expect([400, 401]).toContain(response.status);
    expect(shop.state.asked).toEqual([]);
  });

  test('is not chosen by what only a proxy may say, and none of it reaches an answer', async () => {
    const forged = [
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Port: 1',
      'X-Forwarded-Prefix: /evil',
      'Forwarded: for=127.0.0.1;host=evil.example',
      'X-Real-IP: 127.0.0.1',
      'X-Original-URL: /metrics',
      'X-Rewrite-URL: /metrics',
      'X-HTTP-Method-Override: GET',
    ];
    const response = await post([...forged, PARTNER]);
    expect(JSON.parse(response.body)).toMatchObject({ data: { channel: { code: 'marketplace' } } });
    expect(response.body + JSON.stringify([...response.headers])).not.toContain('evil');
  });

  test('does not choose the version of a subgraph without the right to', async () => {
    for (const name of ['X-Kontor-Version', 'x-KONTOR-version']) {
      const response = await post([`${name}: stock=next`, PARTNER]);
      expect({ status: response.status, code: codeOf(response) }).toEqual({ status: 403, code: 'FORBIDDEN' });
    }
    expect(shop.state.asked).toEqual([]);
  });
});

describe('the id of a request', () => {
  test.each(['two of them', 'a break of line', 'a script', 'too long a text', 'a path', 'nothing'])(
    'is made anew when a client sends %s',
    async (what) => {
      const given: Readonly<Record<string, readonly string[]>> = {
        'two of them': ['X-Request-Id: first-request', 'X-Request-Id: second-request'],
        'a break of line': ['X-Request-Id: given%0d%0aSet-Cookie:a=b'],
        'a script': ['X-Request-Id: <script>alert(1)</script>'],
        'too long a text': [`X-Request-Id: ${'a'.repeat(129)}`],
        'a path': ['X-Request-Id: ../../etc/passwd'],
        nothing: ['X-Request-Id:'],
      };
      const response = await post([...given[what]!, PARTNER]);
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(response.headers.has('set-cookie')).toBe(false);
      expect(JSON.parse(response.body)).toMatchObject({
        data: { channel: { requestId: response.headers.get('x-request-id') } },
      });
    },
  );
});

describe('where a request ends', () => {
  const hidden = postText([HOST, JSON_TYPE, STOCK_PARTNER], STOCK);
  const chunked = `${Buffer.byteLength(BODY).toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

  test.each([
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], chunked],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 5'], chunked],
    ['two lengths', [`Content-Length: ${BODY.length}`, 'Content-Length: 5'], BODY],
    ['two lengths in one header', [`Content-Length: ${BODY.length}, 5`], BODY],
    ['a length with a sign', [`Content-Length: +${BODY.length}`], BODY],
    ['a length in hexadecimal digits', [`Content-Length: 0x${BODY.length.toString(16)}`], BODY],
    ['a negative length', ['Content-Length: -1'], BODY],
    ['an encoding that ends with another', ['Transfer-Encoding: chunked, identity'], chunked],
    ['an encoding twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked],
    ['an unknown encoding', ['Transfer-Encoding: xchunked'], chunked],
    ['a space before the colon', ['Transfer-Encoding : chunked'], chunked],
    ['a size of a chunk that is none', ['Transfer-Encoding: chunked'], `zz\r\n${BODY}\r\n0\r\n\r\n`],
    ['a size of a chunk with a sign', ['Transfer-Encoding: chunked'], `-1\r\n${BODY}\r\n0\r\n\r\n`],
    [
      'a break of line alone after a chunk',
      ['Transfer-Encoding: chunked'],
      `${Buffer.byteLength(BODY).toString(16)}\n${BODY}\n0\n\n`,
    ],
  ])('is not taken for something else with %s, and nothing behind it is executed', async (_what, lines, body) => {
    const responses = await exchangeRaw(router.url, postText([HOST, JSON_TYPE, PARTNER, ...lines], body) + hidden, 2);
    expect(responses.map(({ status }) => status)).toEqual([400]);
    expect(shop.state.asked).toEqual([]);
  });

  test('is told to each of two that come at once, each as who asks it, in their order', async () => {
    const first = postText([HOST, JSON_TYPE, PARTNER, 'X-Request-Id: first-request'], STOCK);
    const second = postText([HOST, JSON_TYPE, STOCK_PARTNER, 'X-Request-Id: second-request'], STOCK);
    const third = postText([HOST, JSON_TYPE, 'X-Request-Id: third-request'], STOCK);
    const responses = await exchangeRaw(router.url, first + second + third, 3);
    expect(responses.map((response) => [codeOf(response) ?? 'answered', response.headers.get('x-request-id')])).toEqual(
      [
        ['FORBIDDEN', 'first-request'],
        ['answered', 'second-request'],
        ['UNAUTHENTICATED', 'third-request'],
      ],
    );
    expect(shop.state.asked).toMatchObject([{ subject: 'stock-partner', requestId: 'second-request' }]);
  });

  test('does not matter for a body within chunks', async () => {
    const response = await one(postText([HOST, JSON_TYPE, PARTNER, 'Transfer-Encoding: chunked'], chunked));
    expect(JSON.parse(response.body)).toMatchObject({ data: { channel: { code: 'marketplace' } } });
  });
});

describe('the host', () => {
  test.each([
    ['two hosts', [HOST, 'Host: evil.example']],
    ['two equal hosts', [HOST, HOST]],
    ['no host', []],
  ])('must be one: %s are refused', async (_what, hosts) => {
    const response = await one(postText([...hosts, JSON_TYPE, PARTNER], BODY));
    expect(response.status).toBe(400);
    expect(shop.state.asked).toEqual([]);
  });

  test.each([
    'http://evil.example/graphql',
    'http://169.254.169.254/latest/meta-data',
    '//evil.example/graphql',
    'evil.example:443',
    '*',
  ])('of the target %s is never asked', async (target) => {
    const response = await one(postText([HOST, JSON_TYPE, PARTNER], BODY, target));
    // RFC 9112, 3.2.2: an origin server has to take the absolute form; it is the graph here or nothing.
    expect([200, 400, 404]).toContain(response.status);
    if (response.status === 200)
      expect(JSON.parse(response.body)).toMatchObject({ data: { channel: { code: 'marketplace' } } });
  });

  test.each([
    '/graphql/',
    '/GRAPHQL',
    '/graphql%2f',
    '/graphql/..%2fmetrics',
    '/./graphql',
    '/partner/../graphql',
    '/graphql;x=1',
    '/internal/graphql',
  ])('has nothing at %s but the graph as it is elsewhere', async (target) => {
    const response = await one(postText([HOST, JSON_TYPE], BODY, target));
    expect([401, 404]).toContain(response.status);
    expect(shop.state.asked).toEqual([]);
  });

  test('is no matter of CONNECT and TRACE', async () => {
    for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH']) {
      const response = await one(
        `${method} /graphql HTTP/1.1\r\n${HOST}\r\nX-Secret: mirror-me\r\nConnection: close\r\n\r\n`,
      );
      expect(response.status).toBe(404);
      expect(response.body).not.toContain('mirror-me');
    }
  });
});
