import { inTransaction } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asCustomer, asGuest, asStaff, callAs } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beginSession } from './commands/signing/begin-session.ts';
import { createSigning } from './commands/signing/signing.ts';
import { keepSigning } from './commands/signing/upkeep.ts';
import { endSessionsOf, staleTokensOf } from './data/signing/revocations.ts';
import {
  createSigningHarness,
  IDENTITY_SECRET,
  PASSWORD,
  SIGN_OUT,
  WRONG,
  type SigningHarness,
} from './testing/signing-harness.ts';

let harness: SigningHarness;
beforeAll(async () => (harness = await createSigningHarness()));
afterEach(() => harness.stopOthers());
afterAll(() => harness.stop());

const sessionsOf = (customerId: string) =>
  harness.db.sql<{ session_id: string; generation: number }[]>`
    select session_id, generation from customers.sessions where customer_id = ${customerId}`;
const revocationsOf = (sessionId: string) =>
  harness.db.sql<
    { not_before: string }[]
  >`select not_before::text from customers.revocations where credential_id = ${sessionId}`;
const compromised = (sessionId: string) =>
  harness.heard.filter(
    ({ topic, payload }) =>
      topic === 'customers.session.compromised' && (payload as { sessionId: string }).sessionId === sessionId,
  );
const ENDED = { __typename: 'SessionEnded', code: 'SESSION_ENDED' };
const signingOf = () => createSigning(harness.db, { identitySecret: IDENTITY_SECRET });

describe('sessionRefresh', () => {
  it('brings the next tokens of the same session, once and again', async () => {
    const { claimsOf, refresh, signUp } = harness;
    const first = await signUp('steady@example.com');
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(third.__typename).toBe('SessionRefreshed');
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken as string)).size).toBe(3);
    const { sid } = await claimsOf(first.token);
    expect((await claimsOf(third.token)).sid).toBe(sid);
    expect(await sessionsOf(first.customer.id)).toEqual([{ session_id: sid, generation: 2 }]);
  });

  it('answers the same successor to all when one token is shown 20 times at once, by two processes', async () => {
    const other = await harness.start();
    const { refreshToken, customer } = await harness.signUp('many-tabs@example.com');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        harness.refresh(refreshToken, asGuest(), index % 2 ? other : harness.service),
      ),
    );
    expect(new Set(answers.map((answer) => answer.__typename as string))).toEqual(new Set(['SessionRefreshed']));
    expect(new Set(answers.map((answer) => answer.refreshToken as string)).size).toBe(1);
    expect((await sessionsOf(customer.id))[0]).toMatchObject({ generation: 1 });
    expect((await harness.refresh(answers[0].refreshToken)).__typename).toBe('SessionRefreshed');
  });

  it('answers a client that lost the answer again, for a minute', async () => {
    const { refreshToken } = await harness.signUp('tunnel@example.com');
    const lost = await harness.refresh(refreshToken);
    const soon = await harness.refresh(refreshToken, asGuest(), await harness.start({ nowOffset: '55 seconds' }));
    expect(soon.refreshToken).toBe(lost.refreshToken);
    const late = await harness.refresh(refreshToken, asGuest(), await harness.start({ nowOffset: '65 seconds' }));
    expect(late).toEqual(ENDED);
  });

  it('ends the session with an event when a token is shown whose successor was used', async () => {
    const { callerOf, claimsOf, refresh } = harness;
    const { refreshToken, token, customer } = await harness.signUp('stolen@example.com');
    const { refreshToken: bystander } = await harness.signIn('stolen@example.com');
    const { sid } = await claimsOf(token);
    const second = await refresh(refreshToken);
    const third = await refresh(second.refreshToken);
    expect(await refresh(refreshToken)).toEqual(ENDED);
    // Nobody knows in whose hands the newest is: it is of no use either.
    expect(await refresh(third.refreshToken)).toEqual(ENDED);
    expect(await revocationsOf(sid as string)).toHaveLength(1);
    await eventually(() => expect(compromised(sid as string)).toHaveLength(1));
    expect(compromised(sid as string)[0]).toMatchObject({
      key: customer.id,
      payload: { sessionId: sid, customerId: customer.id },
    });
    expect((await refresh(bystander)).__typename).toBe('SessionRefreshed');
    await callerOf(token);
  });

  it('ends the session once when a token is used again many times at once', async () => {
    const { claimsOf, refresh } = harness;
    const { refreshToken, token } = await harness.signUp('replayed@example.com');
    const { sid } = await claimsOf(token);
    await refresh((await refresh(refreshToken)).refreshToken);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    expect(answers).toEqual(Array(10).fill(ENDED));
    await eventually(() => expect(compromised(sid as string)).toHaveLength(1));
    expect(await revocationsOf(sid as string)).toHaveLength(1);
  });

  it('either goes on or ends for all when the owner and a thief race with two generations', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refreshToken, customer } = await harness.signUp(`thief-${round}@example.com`);
      const second = await harness.refresh(refreshToken);
      const [owner, thief] = await Promise.all([harness.refresh(second.refreshToken), harness.refresh(refreshToken)]);
      const left = await sessionsOf(customer.id);
      // The thief was in time, as a client that lost the answer would be, or the session has ended.
      if (thief.__typename === 'SessionRefreshed') expect(thief.refreshToken).toBe(second.refreshToken);
      else expect(left).toEqual([]);
      expect(['SessionRefreshed', 'SessionEnded']).toContain(owner.__typename);
    }
  });

  it('refuses a token of another channel, and the session goes on in its own', async () => {
    const { refreshToken } = await harness.signUp('web-only@example.com');
    expect(await harness.refresh(refreshToken, asGuest('mobile'))).toEqual(ENDED);
    expect((await harness.refresh(refreshToken)).__typename).toBe('SessionRefreshed');
  });

  it.each([
    ['nothing', ''],
    ['another secret', `rt_${'A'.repeat(70)}`],
    ['a long text', `rt_${'A'.repeat(5_000)}`],
  ])('refuses %s without a statement', async (_, token) => {
    harness.statements.length = 0;
    expect(await harness.refresh(token)).toEqual(ENDED);
    expect(harness.statements.filter((statement) => statement.includes('sessions set'))).toEqual([]);
  });

  it('refuses a token whose generation or session was changed', async () => {
    const { refreshToken } = await harness.signUp('forged@example.com');
    const bytes = Buffer.from((refreshToken as string).slice(3), 'base64url');
    for (const at of [0, 19, 51]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(await harness.refresh(`rt_${changed.toString('base64url')}`)).toEqual(ENDED);
    }
    expect((await harness.refresh(refreshToken)).__typename).toBe('SessionRefreshed');
  });

  it('is bounded for each session', async () => {
    const { refreshToken } = await harness.signUp('busy@example.com');
    const answers = [];
    let newest = refreshToken;
    for (let index = 0; index < 61; index += 1) {
      const answer = await harness.refresh(newest);
      newest = answer.refreshToken ?? newest;
      answers.push(answer);
    }
    expect(answers.filter(({ __typename }) => __typename === 'SessionRefreshed')).toHaveLength(60);
    expect(answers.at(-1)).toMatchObject({ __typename: 'Busy', retryAfterMs: expect.any(Number) as number });
  });

  it('ends a session that was not used for 30 days, and any after 90 days', async () => {
    const { refreshToken } = await harness.signUp('seldom@example.com');
    const at = async (offset: string, token: string) =>
      harness.refresh(token, asGuest(), await harness.start({ nowOffset: offset }));
    let newest = await at('29 days', refreshToken);
    expect(newest.__typename).toBe('SessionRefreshed');
    expect(await at('60 days', newest.refreshToken)).toEqual(ENDED);
    newest = await at('58 days', newest.refreshToken);
    newest = await at('87 days', newest.refreshToken);
    const inNinety = Date.now() + 90 * 86_400_000;
    expect(Math.abs(Date.parse(newest.refreshExpiresAt as string) - inNinety)).toBeLessThan(60_000);
    expect(await at('90 days 1 second', newest.refreshToken)).toEqual(ENDED);
  });

  it('reads anew what it says of the person', async () => {
    const { claimsOf, refresh } = harness;
    const { refreshToken, token, customer } = await harness.signUp('promoted@example.com');
    expect(await claimsOf(token)).not.toHaveProperty('companyId');
    const upsert = 'mutation { companyUpsert(input: { name: "Promoting Limited" }) { companyId } }';
    const { companyId } = (await harness.internal(upsert)).companyUpsert;
    await harness.db.sql`insert into customers.company_members (member_id, company_id, customer_id, role, joined_at)
      values (${newId()}, ${companyId}, ${customer.id}, 'APPROVER', now())`;
    const renewed = await refresh(refreshToken);
    expect(await claimsOf(renewed.token)).toMatchObject({ companyId, companyRole: 'APPROVER' });
  });

  it('issues nothing about a person that is older than what a change of them told', async () => {
    const { claimsOf } = harness;
    const { refreshToken, token, customer } = await harness.signUp('overtaken@example.com');
    const { sid } = await claimsOf(token);
    const upsert = 'mutation { companyUpsert(input: { name: "Overtaking Limited" }) { companyId } }';
    const { companyId } = (await harness.internal(upsert)).companyUpsert;
    const waiting = await inTransaction(harness.db, async (tx) => {
      await tx.execute(`insert into customers.company_members (member_id, company_id, customer_id, role, joined_at)
        values ('${newId()}', '${companyId}', '${customer.id}', 'BUYER', now())`);
      await staleTokensOf(tx, [customer.id]);
      // Begins while the change is not committed, and ends behind it.
      const refreshing = harness.refresh(refreshToken);
      await eventually(async () =>
        expect(
          await harness.db
            .sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%sessions set%'`,
        ).toHaveLength(1),
      );
      return () => refreshing;
    });
    const claims = await claimsOf((await waiting()).token);
    expect(claims).toMatchObject({ companyId });
    const [revocation] = await revocationsOf(sid as string);
    expect(claims.iat! * 1000).toBeGreaterThan(Date.parse(revocation!.not_before));
    expect((await claimsOf(token)).iat! * 1000).toBeLessThanOrEqual(Date.parse(revocation!.not_before));
  });
});

describe('sessions of a customer', () => {
  const SESSIONS = '{ me { sessions { id channel label createdAt lastUsedAt } } }';
  const END =
    'mutation ($input: SessionEndInput!) { sessionEnd(input: $input) { __typename ... on UserError { code } } }';

  it('are twenty at most: a new one ends the oldest, which is told', async () => {
    const { claimsOf } = harness;
    const { customer, token, refreshToken } = await harness.signUp('collector@example.com');
    const { sid } = await claimsOf(token);
    for (let index = 0; index < 20; index += 1) await harness.signIn('collector@example.com');
    expect(await sessionsOf(customer.id)).toHaveLength(20);
    expect(await harness.refresh(refreshToken)).toEqual(ENDED);
    expect(await revocationsOf(sid as string)).toHaveLength(1);
  });

  it('are twenty at most also when many begin at once', async () => {
    const { customer } = await harness.signUp('stampede@example.com');
    const signing = signingOf();
    await Promise.all(
      Array.from({ length: 30 }, () =>
        inTransaction(harness.db, (tx) =>
          beginSession(signing, tx, { role: 'customer', customerId: customer.id, channel: 'web', scopes: [] }),
        ),
      ),
    );
    expect(await sessionsOf(customer.id)).toHaveLength(20);
  });

  it('are seen by the person and by staff with the scope, and by nobody else', async () => {
    const { callerOf, publicly } = harness;
    const call = { ...asGuest(), client: { name: 'shop-app', version: '2.1' } };
    const { customer, token } = await harness.signUp('seen@example.com', {}, call);
    await harness.signIn('seen@example.com', PASSWORD, asGuest('mobile'));
    const { me } = (await publicly(SESSIONS, {}, await callerOf(token))).data;
    expect(me.sessions).toEqual([
      expect.objectContaining({ channel: 'mobile', label: null }),
      expect.objectContaining({ channel: 'web', label: 'shop-app 2.1', id: (await harness.claimsOf(token)).sid }),
    ]);
    const query = 'query ($id: ID!) { customer(id: $id) { sessions { id } } }';
    const variables = { id: customer.id };
    expect((await publicly(query, variables, asStaff(['customers:read']))).data.customer.sessions).toHaveLength(2);
    for (const other of [asGuest(), asCustomer(newId()), asStaff([])])
      expect((await publicly(query, variables, other)).data.customer).toBeNull();
    // Whoever gets to see the profile otherwise does not see these.
    const entities =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { sessions { id } } } }';
    const of = [{ __typename: 'Customer', id: customer.id }];
    expect((await publicly(entities, { of }, asCustomer(newId()))).data._entities).toEqual([null]);
  });

  it('are ended one by one by their owner, and by nobody else', async () => {
    const { callerOf, claimsOf, publicly } = harness;
    const { token } = await harness.signUp('tidy@example.com');
    const phone = await harness.signIn('tidy@example.com', PASSWORD, asGuest('mobile'));
    const { sid: sessionId } = await claimsOf(phone.token, 'mobile');
    const stranger = await harness.signUp('stranger@example.com');
    const end = async (call: Awaited<ReturnType<typeof callerOf>>, id = sessionId) =>
      (await publicly(END, { input: { sessionId: id } }, call)).data.sessionEnd;
    const NOT_FOUND = { __typename: 'NotFound', code: 'NOT_FOUND' };
    expect(await end(await callerOf(stranger.token))).toEqual(NOT_FOUND);
    expect(await end(await callerOf(token), 'no id')).toEqual(NOT_FOUND);
    expect(await end(await callerOf(token))).toEqual({ __typename: 'SignedOut' });
    expect(await end(await callerOf(token))).toEqual(NOT_FOUND);
    expect(await harness.refresh(phone.refreshToken, asGuest('mobile'))).toEqual(ENDED);
    expect(await revocationsOf(sessionId as string)).toHaveLength(1);
  });

  it('end alone by signing out, once, and all by signing out everywhere', async () => {
    const { callerOf, publicly } = harness;
    const { token, refreshToken } = await harness.signUp('leaving@example.com');
    const others = [await harness.signIn('leaving@example.com'), await harness.signIn('leaving@example.com')];
    const caller = await callerOf(token);
    const signOut = async () => (await publicly(SIGN_OUT, {}, caller)).data.signOut;
    expect(await signOut()).toEqual({ __typename: 'SignedOut', ended: true });
    expect(await signOut()).toEqual({ __typename: 'SignedOut', ended: false });
    expect(await harness.refresh(refreshToken)).toEqual(ENDED);
    const everywhere = 'mutation { signOutEverywhere { ended } }';
    const { data } = await publicly(everywhere, {}, await callerOf(others[0].token));
    expect(data.signOutEverywhere).toEqual({ ended: 2 });
    for (const other of others) expect(await harness.refresh(other.refreshToken)).toEqual(ENDED);
  });

  it('end for good with the person, also one that is exchanged at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { customer, refreshToken } = await harness.signUp(`ending-${round}@example.com`);
      const [answer] = await Promise.all([
        harness.refresh(refreshToken),
        inTransaction(harness.db, (tx) => endSessionsOf(tx, [customer.id])),
      ]);
      expect(await sessionsOf(customer.id)).toEqual([]);
      if (answer.__typename !== 'SessionRefreshed') continue;
      const { sid, iat } = await harness.claimsOf(answer.token);
      expect(Date.parse((await revocationsOf(sid as string))[0]!.not_before)).toBeGreaterThan(iat! * 1000);
    }
  });

  it('are forgotten when they have ended by themselves', async () => {
    const { customer } = await harness.signUp('gone@example.com');
    const later = harness.database.open('customers', { nowOffset: '31 days' });
    const other = await harness.signIn(
      'gone@example.com',
      PASSWORD,
      asGuest(),
      await harness.start({ nowOffset: '31 days' }),
    );
    await keepSigning(createSigning(later, { identitySecret: IDENTITY_SECRET }));
    expect((await sessionsOf(customer.id)).map(({ session_id }) => session_id)).toEqual([
      JSON.parse(Buffer.from(other.token.split('.')[1], 'base64url').toString()).sid,
    ]);
  });
});

describe('a session of staff', () => {
  it('lasts as long as it was given, says who they are, and is exchanged on their device', async () => {
    const [staffId, deviceId, locationId] = [newId(), newId(), newId()];
    const holder = {
      role: 'staff' as const,
      staffId,
      deviceId,
      locationId,
      channel: 'pos',
      scopes: ['stock:read'],
      lifetimeS: 3_600,
    };
    const begun = await inTransaction(harness.db, (tx) => beginSession(signingOf(), tx, holder));
    expect(await harness.claimsOf(begun.token, 'pos')).toMatchObject({
      sub: staffId,
      sid: begun.sessionId,
      role: 'staff',
      scopes: ['stock:read'],
      staffId,
      deviceId,
      locationId,
    });
    const device = callAs({ role: 'device', subject: deviceId, channel: 'pos', scopes: [] });
    const next = await harness.refresh(begun.refreshToken, device);
    expect(next).toMatchObject({ __typename: 'SessionRefreshed', refreshExpiresAt: begun.refreshExpiresAt });
    const later = await harness.start({ nowOffset: '61 minutes' });
    expect(await harness.refresh(next.refreshToken, device, later)).toEqual(ENDED);
  });
});

describe('passwordChange', () => {
  const CHANGE = `mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { __typename
    ... on PasswordChanged { endedSessions } ... on UserError { code path } } }`;

  it('needs the password, ends all other sessions, and tells the person by mail', async () => {
    const { callerOf, publicly } = harness;
    const mine = await harness.signUp('changing@example.com');
    const other = await harness.signIn('changing@example.com');
    const call = await callerOf(mine.token);
    const change = async (currentPassword: string, newPassword: string) =>
      (await publicly(CHANGE, { input: { currentPassword, newPassword } }, call)).data.passwordChange;
    expect(await change(WRONG, 'another password')).toEqual({
      __typename: 'InvalidCredentials',
      code: 'INVALID_CREDENTIALS',
      path: ['input', 'currentPassword'],
    });
    expect(await change(PASSWORD, 'short')).toMatchObject({ code: 'INVALID_PASSWORD', path: ['input', 'newPassword'] });
    expect(await change(PASSWORD, 'another password')).toEqual({ __typename: 'PasswordChanged', endedSessions: 1 });
    expect(await harness.refresh(other.refreshToken)).toEqual(ENDED);
    expect((await harness.refresh(mine.refreshToken)).__typename).toBe('SessionRefreshed');
    expect((await harness.signIn('changing@example.com')).__typename).toBe('InvalidCredentials');
    expect((await harness.signIn('changing@example.com', 'another password')).__typename).toBe('SignedIn');
    expect(await harness.mailTo('changing@example.com', /was changed/)).toBeDefined();
  });

  it('changes it once when two changes of the same password race, and refuses to guess on', async () => {
    const { callerOf, publicly } = harness;
    const { token } = await harness.signUp('guessing@example.com');
    const call = await callerOf(token);
    const change = async (currentPassword: string, newPassword: string) =>
      (await publicly(CHANGE, { input: { currentPassword, newPassword } }, call)).data.passwordChange
        .__typename as string;
    const both = await Promise.all([change(PASSWORD, 'one new password'), change(PASSWORD, 'other new password')]);
    expect(both.sort()).toEqual(['InvalidCredentials', 'PasswordChanged']);
    const guesses = await Promise.all(Array.from({ length: 8 }, () => change(WRONG, 'never set at all')));
    expect(guesses.filter((kind) => kind === 'TooManyAttempts').length).toBeGreaterThanOrEqual(3);
  });
});
