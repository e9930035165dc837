import { expect, it } from 'vitest';
import { isLoopbackHost, isReachable } from './reachable-addresses.ts';

const PUBLIC = { loopback: false, private: false };
const PRIVATE = { loopback: false, private: true };

it.each([
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '169.254.169.254',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'ff02::1',
  'localhost',
  '0x7f000001',
  '2130706433',
  '',
])('does not reach %j as a public address', (address) => {
  expect(isReachable(address, PUBLIC)).toBe(false);
});

it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.167.1.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  'reaches %s, which is public',
  (address) => {
    expect(isReachable(address, PUBLIC)).toBe(true);
  },
);

it('reaches private addresses where that is configured, and cloud metadata never', () => {
  for (const address of ['10.1.2.3', '192.168.0.7', '127.0.0.1', '::1', 'fd00::1'])
    expect(isReachable(address, PRIVATE)).toBe(true);
  for (const address of ['169.254.169.254', '0.0.0.0', 'fe80::1', '::ffff:169.254.169.254', '224.0.0.1'])
    expect(isReachable(address, PRIVATE)).toBe(false);
});

it('reaches this machine alone for an issuer on this machine', () => {
  const loopback = { loopback: true, private: false };
  expect(isReachable('127.0.0.1', loopback)).toBe(true);
  expect(isReachable('::1', loopback)).toBe(true);
  expect(isReachable('10.0.0.1', loopback)).toBe(false);
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['10.0.0.1', false],
])('takes %s for this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
