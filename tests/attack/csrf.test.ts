import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { startAttackedChannel } from './fixture/channels.ts';
import { codesOf, expectNothingLeaks } from './fixture/expect-refusal.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { exchangeRaw } from './fixture/raw-exchange.ts';

const MUTATION = 'mutation { productUpdate(input: { productId: "1", expectedVersion: 1 }) { __typename } }';
const CHANNEL_MUTATION = 'mutation { signOut { __typename } }';

/** Requests that a page of anybody can make a browser send with its cookies, without asking before (Fetch, "CORS-safelisted request-header"). */
const SIMPLE_BODIES: readonly (readonly [contentType: string | null, body: (query: string) => string])[] = [
  ['text/plain', (query) => JSON.stringify({ query })],
  ['text/plain;charset=UTF-8', (query) => JSON.stringify({ query })],
  ['text/plain; application/json', (query) => JSON.stringify({ query })],
  ['text/plain;application/json', (query) => JSON.stringify({ query })],
  ['text/plain\t; application/json', (query) => JSON.stringify({ query })],
  ['TEXT/PLAIN; x=application/json', (query) => JSON.stringify({ query })],
  ['application/x-www-form-urlencoded', (query) => new URLSearchParams({ query }).toString()],
  ['application/x-www-form-urlencoded; application/json', (query) => JSON.stringify({ query })],
  [
    'multipart/form-data; boundary=x',
    (query) =>
      `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query })}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--x--\r\n`,
  ],
  ['multipart/form-data; application/json', (query) => JSON.stringify({ query })],
  ['application/jsonx', (query) => JSON.stringify({ query })],
  ['xapplication/json', (query) => JSON.stringify({ query })],
  ['', (query) => JSON.stringify({ query })],
  [null, (query) => JSON.stringify({ query })],
];

interface Target {
  readonly url: string;
  readonly authorization: readonly string[];
  readonly mutation: string;
  /** What went on to others. */
  asked(): readonly unknown[];
}

let router: ProjectRouter;
let channel: Channel;
beforeAll(async () => {
  router = await startProjectRouter();
  channel = await startAttackedChannel('web');
});
afterAll(async () => {
  await router.stop();
  await channel.stop();
});
const targets: Readonly<Record<string, () => Target>> = {
  'the router': () => ({
    url: router.url,
    authorization: [`Authorization: Bearer ${KEYS.administrator}`],
    mutation: MUTATION,
    asked: () => router.asked,
  }),
  'a BFF': () => ({
    url: channel.url,
    authorization: [],
    mutation: CHANNEL_MUTATION,
    asked: () => channel.router.calls,
  }),
};

describe.each(Object.keys(targets))('%s', (name) => {
  const target = () => targets[name]!();
  const exchange = async (line: string, lines: readonly string[], body = '') => {
    const { url, authorization } = target();
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    const text = [
      line,
      'Host: victim.example',
      'Origin: https://evil.example',
      'Connection: close',
      ...authorization,
      ...lines,
      ...length,
      '',
      body,
    ];
    const [response] = await exchangeRaw(url, text.join('\r\n'));
    expect(response).toBeDefined();
    expect([...response!.headers.keys()].filter((header) => header.startsWith('access-control-'))).toEqual([]);
    expectNothingLeaks(response!.body);
    return response!;
  };
  const expectBadRequest = (
    { status, body }: { status: number; body: string },
    statuses: readonly number[] = [400, 415],
  ) => {
    expect(statuses).toContain(status);
    expect(body).not.toContain('"data"');
    expect(new Set(codesOf((JSON.parse(body) as { errors: unknown }).errors))).toEqual(new Set(['BAD_REQUEST']));
    expect(target().asked()).toEqual([]);
  };

  test.each(SIMPLE_BODIES)('executes nothing of a body of the type %j', async (type, bodyOf) => {
    // What a page accepts it can say without being asked: an answer as events is no way around.
    for (const accept of ['*/*', 'application/json;q=0.9', 'text/event-stream'])
      for (const query of [target().mutation, '{ __typename }']) {
        const lines = type === null ? [] : [`Content-Type: ${type}`];
        expectBadRequest(await exchange('POST /graphql HTTP/1.1', [`Accept: ${accept}`, ...lines], bodyOf(query)));
      }
  });

  test('executes no GET without a header that makes browsers ask before', async () => {
    for (const query of [target().mutation, '{ __typename }']) {
      const search = new URLSearchParams({ query }).toString();
      expectBadRequest(await exchange(`GET /graphql?${search} HTTP/1.1`, []));
      expectBadRequest(await exchange(`GET /graphql?${search} HTTP/1.1`, ['Content-Type: text/plain']));
      expectBadRequest(await exchange(`GET /graphql?${search} HTTP/1.1`, ['Accept: text/event-stream']));
    }
  });

  test('executes no mutation of a query string, whatever else is sent', async () => {
    const search = new URLSearchParams({ query: target().mutation }).toString();
    for (const method of ['GET', 'HEAD']) {
      const response = await exchange(`${method} /graphql?${search} HTTP/1.1`, ['Apollo-Require-Preflight: 1']).catch(
        () => null,
      );
      if (method === 'GET') expect(response!.status).toBe(405);
      const asEvents = ['Apollo-Require-Preflight: 1', 'Accept: text/event-stream'];
      const streamed = await exchange(`${method} /graphql?${search} HTTP/1.1`, asEvents).catch(() => null);
      if (method === 'GET') expect(streamed!.status).toBe(405);
    }
    const posted = await exchange(`POST /graphql?${search} HTTP/1.1`, ['Content-Type: application/json'], '{}');
    expectBadRequest(posted);
    expect(target().asked()).toEqual([]);
  });

  test('answers a GET and a body of JSON in whatever case once the sender has shown that no form made it', async () => {
    const search = new URLSearchParams({ query: '{ __typename }' }).toString();
    const answered = { status: 200, body: expect.stringContaining('"data":{"__typename":"Query"}') as string };
    expect(await exchange(`GET /graphql?${search} HTTP/1.1`, ['X-Apollo-Operation-Name: x'])).toMatchObject(answered);
    for (const type of [
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'APPLICATION/JSON;CHARSET=UTF-8',
    ])
      expect(
        await exchange('POST /graphql HTTP/1.1', [`cOnTeNt-TyPe: ${type}`], '{"query":"{ __typename }"}'),
      ).toMatchObject(answered);
  });

  test('allows no other site anything when its browser asks before', async () => {
    const response = await exchange('OPTIONS /graphql HTTP/1.1', [
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: content-type,authorization',
    ]);
    expect(response.status).not.toBe(200);
    expect(target().asked()).toEqual([]);
  });

  test('takes no second operation in a list of them', async () => {
    expectBadRequest(
      await exchange(
        'POST /graphql HTTP/1.1',
        ['Content-Type: application/json'],
        '[{"query":"{ __typename }"},{"query":"{ __typename }"}]',
      ),
    );
  });
});
