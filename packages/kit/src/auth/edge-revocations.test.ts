import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { createLogger } from '../logger.ts';
import { systemTiming } from '../timing.ts';
import { askAs } from './edge-customers.ts';
import { createRevocations } from './edge-revocations.ts';

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0, 0);
let customers: ReturnType<typeof createFakeCustomers>;
let logged: string[];
const revocationsOf = () => {
  const logger = createLogger('test', 'warn', { write: (line) => void logged.push(line) });
  return createRevocations({ ask: askAs('test', customers), logger, timing: systemTiming, clock: systemClock });
};
const asked = () => customers.count('revocations');
const revoke = (credentialId: string, notBefore: string | number) =>
  customers.revocations.push({ credentialId, notBefore: new Date(notBefore).toISOString() });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], now: NOW });
  customers = createFakeCustomers();
  logged = [];
});
afterEach(() => vi.useRealTimers());

it('refuses what was issued at or before the moment of a revocation, to the millisecond', async () => {
  revoke('session', NOW);
  customers.revocations.push({ credentialId: 'finer', notBefore: '2026-01-31T12:00:00.000999+00:00' });
  const revocations = revocationsOf();
  await revocations.refresh();
  const issued = [NOW - 1_000, NOW - 1, NOW, NOW + 1];
  expect(issued.map((at) => revocations.refuses('session', at))).toEqual([true, true, true, false]);
  expect(issued.map((at) => revocations.refuses('finer', at))).toEqual([true, true, true, false]);
  expect(issued.map((at) => revocations.refuses('other', at))).toEqual([false, false, false, false]);
});

it('refuses everything until now when it cannot read the moment', async () => {
  customers.revocations.push({ credentialId: 'session', notBefore: 'soon' });
  const revocations = revocationsOf();
  await revocations.refresh();
  expect([NOW, NOW + 1].map((at) => revocations.refuses('session', at))).toEqual([true, false]);
});

it('keeps the latest moment of a credential, in whatever order they are told', async () => {
  revoke('session', NOW);
  revoke('session', NOW - 60_000);
  const revocations = revocationsOf();
  await revocations.refresh();
  expect(revocations.refuses('session', NOW)).toBe(true);
});

it('waits for the first answer, then asks in the background every 5 seconds while it is used, after the cursor', async () => {
  const revocations = revocationsOf();
  const waiting = revocations.refresh();
  expect(waiting).toBeInstanceOf(Promise);
  expect(revocations.refresh()).toBe(waiting);
  await waiting;
  expect(asked()).toBe(1);
  revoke('session', NOW);
  vi.advanceTimersByTime(4_999);
  expect(revocations.refresh()).toBeUndefined();
  expect(asked()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(revocations.refresh()).toBeUndefined();
  expect(asked()).toBe(2);
  await vi.waitFor(() => expect(revocations.refuses('session', NOW)).toBe(true));
});

it('waits when nobody has asked for 30 seconds', async () => {
  const revocations = revocationsOf();
  await revocations.refresh();
  revoke('session', NOW);
  vi.advanceTimersByTime(30_000);
  await revocations.refresh();
  expect(revocations.refuses('session', NOW)).toBe(true);
});

it('reads page after page', async () => {
  for (let index = 0; index < 2_500; index += 1) revoke(`session-${index}`, NOW);
  const revocations = revocationsOf();
  await revocations.refresh();
  expect(asked()).toBe(3);
  expect(revocations.refuses('session-0', NOW)).toBe(true);
  expect(revocations.refuses('session-2499', NOW)).toBe(true);
});

it('goes on when customers is down, which it says once, and reads everything anew when it is back', async () => {
  const revocations = revocationsOf();
  await revocations.refresh();
  revoke('ended', NOW);
  customers.isDown = true;
  vi.advanceTimersByTime(30_000);
  await revocations.refresh();
  for (let turn = 0; turn < 4; turn += 1) {
    await vi.advanceTimersByTimeAsync(5_000);
    // Not waited for again: each check would cost the time of an outage.
    expect(revocations.refresh()).toBeUndefined();
  }
  expect(revocations.refuses('ended', NOW)).toBe(false);
  expect(logged).toHaveLength(1);
  customers.isDown = false;
  await vi.advanceTimersByTimeAsync(5_000);
  void revocations.refresh();
  await vi.waitFor(() => expect(revocations.refuses('ended', NOW)).toBe(true));
});

it('waits for a second at most, all who wait together, while customers hangs', async () => {
  const revocations = revocationsOf();
  customers.held = new Set(['revocations']);
  const waiting = Promise.all([revocations.refresh(), revocations.refresh()]);
  vi.advanceTimersByTime(1_000);
  await waiting;
  vi.advanceTimersByTime(5_000);
  expect(revocations.refresh()).toBeUndefined();
  expect(asked()).toBe(1);
  expect(logged).toHaveLength(1);
});

it('forgets a revocation when no token can be as old any more', async () => {
  revoke('session', NOW);
  const revocations = revocationsOf();
  await revocations.refresh();
  customers.revocations.length = 0;
  vi.advanceTimersByTime(15 * 60_000);
  await revocations.refresh();
  expect(revocations.refuses('session', NOW)).toBe(true);
  vi.advanceTimersByTime(30_000);
  await revocations.refresh();
  expect(revocations.refuses('session', NOW)).toBe(false);
});

it('refuses everybody of before instead of forgetting, when more end than it keeps', () => {
  const revocations = revocationsOf();
  revocations.end('first');
  const turn = revocations.turn;
  vi.advanceTimersByTime(1_000);
  for (let index = 0; index < 100_000; index += 1) revocations.end(`session-${index}`);
  expect(revocations.refuses('first', NOW)).toBe(true);
  expect(revocations.refuses('somebody else', NOW)).toBe(true);
  expect(revocations.refuses('somebody else', NOW + 1)).toBe(false);
  expect(revocations.endedSince('first', turn - 1)).toBe(true);
  expect(revocations.endedSince('first', turn)).toBe(false);
});

it('refuses nobody of now when the ends that it forgets lie ahead', async () => {
  revoke('ahead', NOW + 60_000);
  const revocations = revocationsOf();
  await revocations.refresh();
  for (let index = 0; index < 100_000; index += 1) revocations.end(`session-${index}`);
  expect([NOW, NOW + 1].map((at) => revocations.refuses('somebody else', at))).toEqual([true, false]);
});

it('tells what ended after a turn', () => {
  const revocations = revocationsOf();
  const before = revocations.turn;
  revocations.end('session');
  expect(revocations.endedSince('session', before)).toBe(true);
  expect(revocations.endedSince('session', revocations.turn)).toBe(false);
  expect(revocations.endedSince('another', before)).toBe(false);
});
