import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GraphClient } from '../graph/graph.ts';
import { createEdgeAuthenticator } from './edge.ts';

const authorization = 'Bearer sess_of_ada';
let asked: (() => void)[];
let found: Record<string, unknown> | null;

/** Customers, which answers what was true when it was asked, at once or when the test lets it. */
const edgeOf = (held = false) => {
  const customers = {
    async execute() {
      const authenticate = found;
      await new Promise<void>((answer) => (asked.push(answer), held || answer()));
      return { data: { authenticate } };
    },
  } as unknown as GraphClient;
  return createEdgeAuthenticator({ customers, service: 'test', channel: 'web', guests: true, roles: ['customer'] });
};
const session = (endsInMs: number) => ({
  role: 'customer',
  subject: 'ada',
  customerId: 'ada',
  channel: 'web',
  scopes: [],
  credentialId: 'session-1',
  expiresAt: new Date(Date.now() + endsInMs).toISOString(),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  asked = [];
});
afterEach(() => vi.useRealTimers());

const UNAUTHENTICATED = { extensions: { code: 'UNAUTHENTICATED' } };

it('remembers a credential for 30 seconds, and says which it was and when it ends', async () => {
  found = session(60_000);
  const edge = edgeOf();
  const caller = await edge.authenticate({ authorization });
  expect(caller).toMatchObject({ credentialId: 'session-1', expiresAt: Date.now() + 60_000, customerId: 'ada' });
  vi.advanceTimersByTime(29_000);
  await edge.authenticate({ authorization });
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  await edge.authenticate({ authorization });
  expect(asked).toHaveLength(2);
});

it('remembers nothing beyond the end of a session', async () => {
  found = session(10_000);
  const edge = edgeOf();
  await edge.authenticate({ authorization });
  found = null;
  vi.advanceTimersByTime(9_000);
  await edge.authenticate({ authorization });
  vi.advanceTimersByTime(1_001);
  await expect(edge.authenticate({ authorization })).rejects.toMatchObject(UNAUTHENTICATED);
});

it('forgets a credential that has ended at once, and only that', async () => {
  found = session(60_000);
  const edge = edgeOf();
  await edge.authenticate({ authorization });
  edge.forget('another');
  found = null;
  await edge.authenticate({ authorization });
  edge.forget('session-1');
  await expect(edge.authenticate({ authorization })).rejects.toMatchObject(UNAUTHENTICATED);
});

it('does not remember an answer that was on its way when the credential was forgotten', async () => {
  found = session(60_000);
  const edge = edgeOf(true);
  const early = edge.authenticate({ authorization });
  found = null;
  edge.forget('session-1');
  asked[0]!();
  await early;
  const late = edge.authenticate({ authorization });
  asked[1]!();
  await expect(late).rejects.toMatchObject(UNAUTHENTICATED);
});
