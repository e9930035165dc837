import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { CHANNEL_KEYS, CHANNELS, startAttackedChannel, type ChannelName } from './fixture/channels.ts';
import { exchangeRaw } from './fixture/raw-exchange.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';

interface Target {
  readonly url: string;
  readonly key: string | undefined;
}

/** Asks for an upgrade, and reads the first line of the answer. */
async function handshake(url: string, headers: readonly string[], path = '/graphql'): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      ...headers,
      '',
      '',
    ].join('\r\n'),
  );
  let answer = '';
  for await (const chunk of socket) {
    answer += (chunk as Buffer).toString('latin1');
    if (answer.includes('\r\n\r\n')) break;
  }
  socket.destroy();
  return answer.split('\r\n')[0]!;
}

const FORBIDDEN = 'HTTP/1.1 403 Forbidden';
const UPGRADED = 'HTTP/1.1 101 Switching Protocols';

/** Origins that are not that of the page at `http://shop.example:4001`. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['of another site', 'https://evil.example'],
  ['of a page without one', 'null'],
  ['of a file', 'file://'],
  ['of another port', 'http://shop.example:4002'],
  ['of the default port', 'http://shop.example'],
  ['of a subdomain', 'http://evil.shop.example:4001'],
  ['of a domain that ends alike', 'http://notshop.example:4001'],
  ['of a domain that begins alike', 'http://shop.example.evil.example:4001'],
  ['with the host as its user', 'http://shop.example:4001@evil.example'],
  ['with the host in its path', 'http://evil.example/shop.example:4001'],
  ['with the host behind a number sign', 'http://evil.example#shop.example:4001'],
  ['with a dot behind the host', 'http://shop.example.:4001'],
  ['that is no URL', 'shop.example:4001'],
  ['that is a list', 'http://shop.example:4001, https://evil.example'],
  ['that is a list of two', 'http://shop.example:4001 https://evil.example'],
];

describe.each(['router', ...CHANNELS])('a handshake at %s', (name) => {
  let router: ProjectRouter | undefined;
  let channel: Channel | undefined;
  let target: Target;
  beforeAll(async () => {
    if (name === 'router') {
      router = await startProjectRouter();
      target = { url: router.url, key: KEYS.partner };
    } else {
      channel = await startAttackedChannel(name as ChannelName);
      target = { url: channel.url, key: CHANNEL_KEYS[name as ChannelName] };
    }
  });
  afterAll(async () => {
    await router?.stop();
    await channel?.stop();
  });
  const host = 'Host: shop.example:4001';
  const shake = (origin: string, more: readonly string[] = []) =>
    handshake(target.url, [
      host,
      `Origin: ${origin}`,
      ...(target.key ? [`Authorization: Bearer ${target.key}`] : []),
      ...more,
    ]);

  test.each(FOREIGN)(
    'from an origin %s is refused before the upgrade, whatever credential it carries',
    async (_what, origin) => {
      expect(await shake(origin)).toBe(FORBIDDEN);
      // What only a proxy may say makes no other host of it.
      expect(await shake(origin, [`X-Forwarded-Host: ${origin.replace(/^\w+:\/\//, '')}`])).toBe(FORBIDDEN);
    },
  );

  test('from its own page, or from a client that is no browser, is accepted', async () => {
    expect(await shake('http://shop.example:4001')).toBe(UPGRADED);
    expect(await shake('HTTP://SHOP.example:4001')).toBe(UPGRADED);
    expect(await handshake(target.url, [host])).toBe(UPGRADED);
  });

  test('with two origins is refused', async () => {
    expect(await shake('https://evil.example', ['Origin: http://shop.example:4001'])).toBe('HTTP/1.1 400 Bad Request');
  });

  test.each(FOREIGN)(
    'for events from an origin %s is refused, whatever else it says of itself',
    async (_what, origin) => {
      const search = new URLSearchParams({ query: '{ __typename }' }).toString();
      for (const more of [[], ['Sec-Fetch-Site: same-origin'], ['Content-Type: application/json']]) {
        const lines = [host, `Origin: ${origin}`, 'Accept: text/event-stream', 'Connection: close', ...more];
        const credential = target.key ? [`Authorization: Bearer ${target.key}`] : [];
        const [response] = await exchangeRaw(
          target.url,
          [`GET /graphql?${search} HTTP/1.1`, ...lines, ...credential, '', ''].join('\r\n'),
        );
        expect(response!.status).toBe(400);
        expect(response!.body).not.toContain('__typename');
        expect([...response!.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    },
  );

  test('at another path finds nothing', async () => {
    for (const path of [
      '/',
      '/graphql/',
      '/livez',
      '/metrics',
      '/ide',
      'http://evil.example/graphql',
      '/internal/graphql',
    ])
      expect(await handshake(target.url, [host], path)).toBe('HTTP/1.1 404 Not Found');
  });
});
