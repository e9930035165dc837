import { createPublicKey, hash, verify } from 'node:crypto';
import { createEdgeAuthenticator } from '@kontor/kit/src/auth/edge.ts';
import { createTokenKey, signToken, tokenClaims } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import type { Figure } from './report.ts';

const SCENARIO = '10 token check';
const CALLERS = 1_000;
/** As many groups and scopes as a good customer has. */
const CLAIMS = { groups: ['gold', 'newsletter', 'press'], scopes: [], companyId: 'company-1', companyRole: 'BUYER' };

/** Scenario 10: what it costs an edge to know who comes with an access token, the first time and each time after. */
export async function tokenScenario(measureMs: number, note: (figure: Figure) => void): Promise<void> {
  const key = createTokenKey();
  const edge = createEdgeAuthenticator({
    customers: createFakeCustomers(key),
    service: 'bench',
    channel: 'web',
    guests: true,
    roles: ['customer'],
  });
  const tokens = Array.from({ length: CALLERS }, (_, index) =>
    signToken(key, tokenClaims({ ...CLAIMS, sub: `customer-${index}`, sid: `session-${index}` })),
  );
  // As bytes, since each request brings a text of its own.
  const headers = tokens.map((token) => Buffer.from(`Bearer ${token}`, 'latin1'));
  const check = (index: number) =>
    edge.authenticate({ authorization: headers[index % CALLERS]!.toString('latin1') }).then((caller) => {
      if (caller.subject !== `customer-${index % CALLERS}`) throw new Error('an edge took one caller for another');
    });
  const publicKey = createPublicKey({ key: { ...key.publicKey }, format: 'jwk' });
  const signature = (index: number) => {
    const [header, payload, signed] = tokens[index % CALLERS]!.split('.');
    if (!verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signed!, 'base64url')))
      throw new Error('a signature is wrong');
  };
  const digest = (index: number) =>
    void hash('sha256', headers[index % CALLERS]!.toString('latin1').slice(7), 'base64');

  // What is asked of customers and compiled once is no part of it.
  await edge.authenticate({ authorization: `Bearer ${signToken(key)}` });
  const first = await cpuMsOf(CALLERS, check);
  const signatures = await cpuMsOf(CALLERS, signature);
  await cpuMsOf(20_000, check);
  const rounds = Math.max(20_000, measureMs * 20);
  const cached = await cpuMsOf(rounds, check);
  const digests = await cpuMsOf(rounds, digest);
  note({
    scenario: SCENARIO,
    what: 'CPU per check of a token that is known',
    value: cached,
    unit: 'ms',
    floor: { value: digests, what: 'SHA-256 of the token' },
    goal: '≤ 0.02 ms',
  });
  note({
    scenario: SCENARIO,
    what: 'CPU per check of a new token',
    value: first,
    unit: 'ms',
    floor: { value: signatures, what: 'the signature alone' },
    goal: '',
  });
}

/** CPU of all threads in milliseconds for each of so many rounds. */
async function cpuMsOf(rounds: number, work: (index: number) => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) await work(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / rounds;
}
