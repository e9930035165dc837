import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  addressKey,
  addressOfClient,
  CLIENT_ADDRESS_HEADER,
  normalAddress,
  proxiesIn,
  readClientAddress,
  trustedProxies,
} from './client-address.ts';

const from = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});
const isProxy = proxiesIn(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7']);

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::FFFF:cb00:7109', '203.0.113.9'],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
  ['010.0.0.1', undefined],
  ['203.0.113', undefined],
  ['localhost', undefined],
  ['', undefined],
  ['203.0.113.9, 10.0.0.1', undefined],
  ['::1]/x', undefined],
])('writes %s as %s', (text, address) => expect(normalAddress(text)).toBe(address));

it('believes nobody by default', () => {
  const nobody = proxiesIn([]);
  expect(addressOfClient(from('203.0.113.9', '198.51.100.1'), nobody)).toBe('203.0.113.9');
  expect(addressOfClient(from('::ffff:127.0.0.1', '198.51.100.1'), nobody)).toBe('127.0.0.1');
  expect(addressOfClient(from(undefined, '198.51.100.1'), nobody)).toBeUndefined();
});

it.each([
  ['a proxy of ours, which tells it', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['proxies in a row', '::ffff:10.0.0.1', '198.51.100.1, 192.0.2.7,10.9.9.9', '198.51.100.1'],
  ['a proxy, and says itself that it is another', '10.0.0.1', '10.0.0.2, 1.1.1.1, 198.51.100.1', '198.51.100.1'],
  ['no proxy, although it says so', '198.51.100.1', '10.0.0.1, 1.1.1.1', '198.51.100.1'],
  ['a proxy that tells nothing', '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that tells what is no address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
  ['a proxy that tells the port', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['a proxy that tells the port of IPv6', '2001:db8:1::9', '[2001:DB8:2::1]:443', '2001:db8:2::1'],
  ['the network of the proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
])('tells the address of a client behind %s', (_what, remote, forwarded, address) =>
  expect(addressOfClient(from(remote, forwarded), isProxy)).toBe(address),
);

it('reads so many proxies in a row and no more', () => {
  const row = `198.51.100.1, ${Array.from({ length: 40 }, () => '10.0.0.1').join(', ')}`;
  expect(addressOfClient(from('10.0.0.1', row), isProxy)).toBe('10.0.0.1');
});

it('reads what a service of ours tells, if it is an address', () => {
  const tell = (value: unknown) => readClientAddress({ [CLIENT_ADDRESS_HEADER]: value });
  expect([tell('203.0.113.9'), tell('2001:DB8::1')]).toEqual(['203.0.113.9', '2001:db8::1']);
  expect([tell('203.0.113.9, 203.0.113.9'), tell(['203.0.113.9']), tell('x'), readClientAddress({})]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('counts an IPv4 address and a /64 of IPv6 as one client', () => {
  expect(addressKey('203.0.113.9')).toBe('203.0.113.9');
  expect(['2001:db8::1', '2001:db8::ffff:1', '2001:db8:0:0:1::'].map(addressKey)).toEqual(
    Array.from({ length: 3 }, () => '2001:db8:0:0::/64'),
  );
  expect(['2001:db8:0:1::1', '::1', 'fe80::1', '1:2:3:4:5:6:7:8'].map(addressKey)).toEqual([
    '2001:db8:0:1::/64',
    '0:0:0:0::/64',
    'fe80:0:0:0::/64',
    '1:2:3:4::/64',
  ]);
});

it('takes networks and addresses as proxies, and says which is none', () => {
  const read = (value?: string) =>
    z.object({ TRUSTED_PROXIES: trustedProxies() }).safeParse({ TRUSTED_PROXIES: value });
  expect(read().data?.TRUSTED_PROXIES).toEqual([]);
  expect(read(' 10.0.0.0/8, ::1 ,').data?.TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
  for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'proxy', '::/129', '10.0.0.0/-1', '*'])
    expect(read(wrong).error?.issues[0]?.message).toContain(wrong);
  expect(() => proxiesIn(['proxy'])).toThrow('proxy is no network in CIDR notation');
});
