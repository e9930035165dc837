import { createTokenKey } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger, type Logger } from '../logger.ts';
import { systemTiming } from '../timing.ts';
import { createAccessTokenKeys } from './access-token-keys.ts';
import { askAs } from './edge-customers.ts';

const first = createTokenKey('first');
const second = createTokenKey('second');
let customers: ReturnType<typeof createFakeCustomers>;
let logged: string[];
const keysOf = () => {
  const logger: Logger = createLogger('test', 'warn', { write: (line) => void logged.push(line) });
  return createAccessTokenKeys({ ask: askAs('test', customers), logger, timing: systemTiming });
};
const asked = () => customers.count('signingKeys');
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  customers = createFakeCustomers(first);
  logged = [];
});
afterEach(() => vi.useRealTimers());

it('asks when the first key is needed, once for all who wait', async () => {
  const keys = keysOf();
  expect(keys.known('first')).toBeUndefined();
  expect(asked()).toBe(0);
  const found = await Promise.all([keys.find('first'), keys.find('first'), keys.find('second'), keys.all()]);
  expect(found.slice(0, 3).map((key) => (key as { jwk: { kid: string } } | undefined)?.jwk.kid)).toEqual([
    'first',
    'first',
    undefined,
  ]);
  expect(found[3]).toEqual([{ kid: 'first', ...first.publicKey, alg: 'EdDSA', use: 'sig' }]);
  expect(asked()).toBe(1);
});

it('asks for unknown names once in two seconds, however many come', async () => {
  const keys = keysOf();
  await keys.find('first');
  for (let flood = 0; flood < 100; flood += 1) expect(await keys.find(`made-up-${flood}`)).toBeUndefined();
  expect(asked()).toBe(1);
  customers.keys = [first, second];
  vi.advanceTimersByTime(1_999);
  expect(await keys.find('second')).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect((await keys.find('second'))?.jwk.kid).toBe('second');
  expect(asked()).toBe(2);
});

it('asks again in the background after a minute, when keys are used, and drops those that are no longer named', async () => {
  const keys = keysOf();
  const found = await keys.find('first');
  customers.keys = [first, second];
  vi.advanceTimersByTime(10 * MINUTE);
  expect(asked()).toBe(1);
  expect(keys.known('first')).toBe(found);
  expect(keys.known('second')).toBeUndefined();
  await vi.waitFor(() => expect(keys.known('second')).toBeDefined());
  expect(keys.known('first')).toBe(found);
  customers.keys = [second];
  vi.advanceTimersByTime(MINUTE);
  expect(keys.known('first')).toBe(found);
  await vi.waitFor(() => expect(keys.known('first')).toBeUndefined());
  expect(asked()).toBe(3);
});

it('goes on for an hour with the keys that it knows when customers does not answer, and says so once', async () => {
  const keys = keysOf();
  await keys.find('first');
  customers.isDown = true;
  for (let minute = 0; minute < 59; minute += 1) {
    vi.advanceTimersByTime(MINUTE);
    expect((await keys.find('first'))?.jwk.kid).toBe('first');
    expect(await keys.find('unknown')).toBeUndefined();
  }
  expect(logged).toHaveLength(1);
  vi.advanceTimersByTime(MINUTE);
  expect(keys.known('first')).toBeUndefined();
  await expect(keys.find('first')).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  expect(await keys.all()).toBeNull();
  customers.isDown = false;
  vi.advanceTimersByTime(2_000);
  expect((await keys.find('first'))?.jwk.kid).toBe('first');
});

it('knows nothing while customers has never answered, whatever it was asked for', async () => {
  customers.isDown = true;
  const keys = keysOf();
  await expect(keys.find('first')).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  await expect(keys.find('first')).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  expect(await keys.all()).toBeNull();
  expect(asked()).toBe(1);
});

it('takes Ed25519 keys alone, and publishes nothing but their public part', async () => {
  const rsa = { kty: 'RSA', crv: 'Ed25519', x: first.publicKey.x };
  customers.keys = [
    { kid: 'rsa', publicKey: rsa },
    { kid: 'short', publicKey: { ...first.publicKey, x: 'AA' } },
    { kid: '', publicKey: first.publicKey },
    { kid: 'x'.repeat(129), publicKey: first.publicKey },
    { kid: 'null', publicKey: null as never },
    null as never,
    { kid: '__proto__', publicKey: { ...first.publicKey, d: 'private', use: 'enc' } as never },
  ].filter((entry) => entry !== null);
  const keys = keysOf();
  expect(await keys.all()).toEqual([
    { kid: '__proto__', ...first.publicKey, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' },
  ]);
  expect(await keys.find('rsa')).toBeUndefined();
});

it('keeps 32 keys at most', async () => {
  customers.keys = Array.from({ length: 40 }, (_, index) => ({ kid: `key-${index}`, publicKey: first.publicKey }));
  expect(await keysOf().all()).toHaveLength(32);
});
