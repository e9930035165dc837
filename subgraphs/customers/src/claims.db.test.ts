import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSigningHarness, PASSWORD, tokenIn, WRONG, type SigningHarness } from './testing/signing-harness.ts';

let harness: SigningHarness;
beforeAll(async () => (harness = await createSigningHarness()));
afterEach(() => harness.stopOthers());
afterAll(() => harness.stop());

const OTHER_PASSWORD = 'the owner’s own password';
const ownerOf = async (email: string) => {
  const rows = await harness.db.sql<{ id: string; verified: boolean }[]>`
    select customer_id as id, verified_at is not null as verified from customers.identities where kind = 'EMAIL' and value = ${email}`;
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0] ?? null;
};
/** An address that a person has added and that may be somebody else's. */
const addUnverified = (customerId: string, email: string) =>
  harness.db.sql`insert into customers.identities (identity_id, customer_id, kind, value, created_at)
    values (${newId()}, ${customerId}, 'EMAIL', ${email}, now())`;
const eventsOf = (customerId: string, topic: string) =>
  harness.heard.filter((event) => event.key === customerId && event.topic === topic);
const INVALID = { __typename: 'InvalidToken', code: 'INVALID_TOKEN' };

describe('emailVerify', () => {
  it('verifies the address of an account, tells it once, and signs in', async () => {
    const { customer } = await harness.signUp('proof@example.com');
    const told = async () =>
      (await harness.internal('query ($id: ID!) { verifiedEmails(customerId: $id) }', { id: customer.id }))
        .verifiedEmails;
    const token = await harness.tokenTo('proof@example.com');
    expect(await told()).toEqual([]);
    const verified = await harness.verify(token);
    expect(await told()).toEqual(['proof@example.com']);
    expect(verified).toMatchObject({ __typename: 'SignedIn', customer: { id: customer.id } });
    expect((await harness.claimsOf(verified.token)).sub).toBe(customer.id);
    expect(await ownerOf('proof@example.com')).toEqual({ id: customer.id, verified: true });
    await eventually(() => expect(eventsOf(customer.id, 'customers.identity.verified')).toHaveLength(1));
    expect(eventsOf(customer.id, 'customers.identity.verified')[0]!.payload).toEqual({
      customerId: customer.id,
      kind: 'EMAIL',
    });
    expect(await harness.verify(token)).toMatchObject(INVALID);
  });

  it('wants the password besides, so that nobody shares an account with whoever signed up with their address', async () => {
    const email = 'unasked@example.com';
    const stranger = await harness.signUp(email, { password: 'the stranger’s password' });
    const token = await harness.tokenTo(email);
    const guess = (password: string | null) => harness.verify(token, harness.service, password);
    const refused = { __typename: 'InvalidCredentials', path: ['input', 'password'] };
    for (const password of [null, '', PASSWORD, WRONG]) expect(await guess(password)).toMatchObject(refused);
    expect(await ownerOf(email)).toEqual({ id: stranger.customer.id, verified: false });
    expect(await guess(WRONG)).toMatchObject(refused);
    expect((await guess('the stranger’s password')).__typename).toBe('TooManyAttempts');
    expect(await ownerOf(email)).toMatchObject({ verified: false });
    // The account of another customer is no help, the reset of the password is.
    await harness.requestReset(email);
    const reset = await harness.reset(await harness.tokenTo(email, /password/));
    expect(reset).toMatchObject({ __typename: 'SignedIn', customer: { id: stranger.customer.id } });
    expect((await harness.refresh(stranger.refreshToken)).__typename).toBe('SessionEnded');
  });

  it('wants no password of the account that is signed in, and of another one all the more', async () => {
    const { callerOf } = harness;
    const { token: access } = await harness.signUp('signed-in@example.com');
    const token = await harness.tokenTo('signed-in@example.com');
    const other = await callerOf((await harness.signUp('another@example.com')).token);
    expect((await harness.verify(token, harness.service, null, other)).__typename).toBe('InvalidCredentials');
    expect((await harness.verify(token, harness.service, null, await callerOf(access))).__typename).toBe('SignedIn');
    expect(await ownerOf('signed-in@example.com')).toMatchObject({ verified: true });
  });

  it('signs one in when a token is used many times at once', async () => {
    await harness.signUp('double-click@example.com');
    const token = await harness.tokenTo('double-click@example.com');
    const answers = await Promise.all(Array.from({ length: 5 }, () => harness.verify(token)));
    expect(answers.filter(({ __typename }) => __typename === 'SignedIn')).toHaveLength(1);
    expect(answers.filter(({ __typename }) => __typename === 'InvalidToken')).toHaveLength(4);
  });

  it('refuses a token after a day, one for something else, and what is none', async () => {
    await harness.signUp('slow@example.com');
    const token = await harness.tokenTo('slow@example.com');
    const tomorrow = await harness.start({ nowOffset: '1 day 1 minute' });
    expect(await harness.reset(token)).toMatchObject(INVALID);
    const changed = Buffer.from(token.slice(3), 'base64url');
    changed[3]! ^= 1;
    for (const bad of ['', 'ot_', `ot_${changed.toString('base64url')}`, token.slice(0, -1), `${token}A`])
      expect(await harness.verify(bad)).toMatchObject(INVALID);
    expect(await harness.verify(token, tomorrow)).toMatchObject(INVALID);
    expect(await ownerOf('slow@example.com')).toMatchObject({ verified: false });
  });

  it('gives the profile that a checkout made, with its id and its names, to the owner of the address', async () => {
    const { customerId } = await harness.ensure('buyer@example.com');
    await harness.signUp('buyer@example.com', { givenName: 'Grace', password: OTHER_PASSWORD });
    const mail = await harness.mailTo('buyer@example.com');
    expect(mail).toMatchObject({ subject: 'Please confirm your new account' });
    const verified = await harness.verify(tokenIn(mail), harness.service, OTHER_PASSWORD);
    expect(verified).toMatchObject({ __typename: 'SignedIn', customer: { id: customerId, givenName: 'Grace' } });
    expect(await ownerOf('buyer@example.com')).toEqual({ id: customerId, verified: true });
    expect((await harness.signIn('buyer@example.com', OTHER_PASSWORD)).customer.id).toBe(customerId);
  });

  it('takes the address from an account that never proved it, which loses its password and sessions', async () => {
    const { callerOf, publicly } = harness;
    const squatter = await harness.signUp('victim@example.com', { password: 'the squatter’s password' });
    expect(await harness.signUp('victim@example.com', { password: OTHER_PASSWORD })).toEqual({
      __typename: 'VerificationSent',
    });
    const caller = await callerOf(squatter.token);
    const claim = await harness.tokenTo('victim@example.com', /new account/);
    const verified = await harness.verify(claim, harness.service, OTHER_PASSWORD);
    expect(verified.customer.id).not.toBe(squatter.customer.id);
    expect(await ownerOf('victim@example.com')).toEqual({ id: verified.customer.id, verified: true });
    expect((await harness.refresh(squatter.refreshToken)).__typename).toBe('SessionEnded');
    expect((await harness.signIn('victim@example.com', 'the squatter’s password')).__typename).toBe(
      'InvalidCredentials',
    );
    expect((await harness.signIn('victim@example.com', OTHER_PASSWORD)).customer.id).toBe(verified.customer.id);
    expect((await publicly('{ me { email } }', {}, caller)).data.me).toEqual({ email: null });
    // The link to the address of the first account leads nowhere any more.
    expect(await harness.verify(await harness.tokenTo('victim@example.com', /your email address/))).toMatchObject(
      INVALID,
    );
  });

  it('takes an address alone from an account that has mistaken it for its own and has another', async () => {
    const own = await harness.signUp('careful@example.com');
    await harness.verify(await harness.tokenTo('careful@example.com'));
    await addUnverified(own.customer.id, 'mistyped@example.com');
    await harness.signUp('mistyped@example.com', { password: OTHER_PASSWORD });
    const claim = await harness.tokenTo('mistyped@example.com');
    const verified = await harness.verify(claim, harness.service, OTHER_PASSWORD);
    expect(verified.customer.id).not.toBe(own.customer.id);
    expect(await ownerOf('mistyped@example.com')).toEqual({ id: verified.customer.id, verified: true });
    expect(await ownerOf('careful@example.com')).toEqual({ id: own.customer.id, verified: true });
    expect((await harness.refresh(own.refreshToken)).__typename).toBe('SessionRefreshed');
    expect((await harness.signIn('careful@example.com')).customer.id).toBe(own.customer.id);
  });

  it('changes nothing of an account whose address was verified meanwhile', async () => {
    const mine = await harness.signUp('mine@example.com');
    const own = await harness.tokenTo('mine@example.com');
    await harness.signUp('mine@example.com', { password: 'somebody else’s choice' });
    const claim = await harness.tokenTo('mine@example.com', /new account/);
    await harness.verify(own);
    expect(await harness.verify(claim, harness.service, 'somebody else’s choice')).toMatchObject(INVALID);
    expect((await harness.signIn('mine@example.com')).customer.id).toBe(mine.customer.id);
    // Who signs up now is told by mail that there is an account, and gets no token.
    await harness.signUp('mine@example.com', { password: 'somebody else’s choice' });
    expect((await harness.mailTo('mine@example.com', /have an account/)).text).not.toContain('token');
  });

  it('makes one account of an address when it is claimed while others sign up with it', async () => {
    const verifiedOnly = await harness.start({}, { signUp: 'verified' });
    for (let round = 0; round < 5; round += 1) {
      const email = `claimed-${round}@example.com`;
      await harness.signUp(email, { password: OTHER_PASSWORD }, asGuest(), verifiedOnly);
      const token = await harness.tokenTo(email);
      const [verified, ...others] = await Promise.all([
        harness.verify(token, harness.service, OTHER_PASSWORD),
        harness.signUp(email, { password: WRONG }),
        harness.signUp(email, { password: WRONG }),
        harness.ensure(email),
      ]);
      expect(verified.__typename).toBe('SignedIn');
      expect(await ownerOf(email)).toEqual({ id: verified.customer.id, verified: true });
      expect((await harness.signIn(email, OTHER_PASSWORD)).customer.id).toBe(verified.customer.id);
      expect((await harness.signIn(email, WRONG)).__typename).toBe('InvalidCredentials');
      for (const other of others) {
        if (other.__typename !== 'SignedIn') continue;
        expect(other.customer.id).not.toBe(verified.customer.id);
        expect((await harness.refresh(other.refreshToken)).__typename).toBe('SessionEnded');
      }
    }
  });

  it('lets one win when two claims of one address are confirmed at once', async () => {
    const verifiedOnly = await harness.start({}, { signUp: 'verified' });
    const email = 'two-claims@example.com';
    const claim = async (password: string) => {
      const before = harness.mails.length;
      await harness.signUp(email, { password }, asGuest(), verifiedOnly);
      return eventually(async () => {
        const mail = await harness.mailTo(email);
        expect(harness.mails.indexOf(mail)).toBeGreaterThanOrEqual(before);
        return tokenIn(mail);
      });
    };
    const tokens = [await claim(PASSWORD), await claim(OTHER_PASSWORD)];
    const answers = await Promise.all(
      tokens.map((token, index) => harness.verify(token, harness.service, [PASSWORD, OTHER_PASSWORD][index])),
    );
    expect(answers.map(({ __typename }) => __typename as string).sort()).toEqual(['InvalidToken', 'SignedIn']);
    const winner = answers.findIndex(({ __typename }) => __typename === 'SignedIn');
    const signedIn = await harness.signIn(email, [PASSWORD, OTHER_PASSWORD][winner]);
    expect(signedIn.customer.id).toBe(answers[winner].customer.id);
  });
});

describe('where accounts need a verified address', () => {
  it('makes nothing before the link was opened, and answers alike to all', async () => {
    const strict = await harness.start({}, { signUp: 'verified' });
    await harness.ensure('strict-guest@example.com');
    const answers = [];
    for (const email of ['strict-new@example.com', 'strict-guest@example.com'])
      answers.push(await harness.signUp(email, { givenName: 'Ada' }, asGuest(), strict));
    expect(answers).toEqual([{ __typename: 'VerificationSent' }, { __typename: 'VerificationSent' }]);
    expect(await ownerOf('strict-new@example.com')).toBeNull();
    expect((await harness.signIn('strict-new@example.com')).__typename).toBe('InvalidCredentials');
    const verified = await harness.verify(await harness.tokenTo('strict-new@example.com'));
    expect(verified.customer).toMatchObject({ email: 'strict-new@example.com', givenName: 'Ada' });
    expect((await harness.signIn('strict-new@example.com')).__typename).toBe('SignedIn');
  });
});

describe('emailVerificationRequest', () => {
  const REQUEST = `mutation { emailVerificationRequest { __typename ... on UserError { code } } }`;

  it('sends the mail again, three times an hour, until the address is verified', async () => {
    const { callerOf, publicly } = harness;
    const { token } = await harness.signUp('again@example.com');
    const call = await callerOf(token);
    const request = async () => (await publicly(REQUEST, {}, call)).data.emailVerificationRequest;
    for (let index = 0; index < 3; index += 1) expect(await request()).toEqual({ __typename: 'VerificationSent' });
    expect(await request()).toEqual({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
    await harness.verify(await harness.tokenTo('again@example.com'));
    expect(await request()).toEqual({ __typename: 'InvalidInput', code: 'ALREADY_VERIFIED' });
  });
});

describe('passwordReset', () => {
  it('answers alike, after the same statements, whether or not there is an account, and writes to accounts only', async () => {
    const { statements, mails } = harness;
    await harness.signUp('forgot@example.com');
    const answers = [];
    for (const email of ['forgot@example.com', 'no-account@example.com']) {
      statements.length = 0;
      const answer = await harness.requestReset(email);
      answers.push([
        answer,
        statements.filter(
          (statement) =>
            /one_time_tokens|mails|attempts|identities/.test(statement) && statement.startsWith('\n    insert'),
        ),
      ]);
    }
    expect(answers[0]![0]).toEqual({ __typename: 'PasswordResetSent' });
    expect(answers[0]![1]).toHaveLength(3);
    expect(answers[1]).toEqual(answers[0]);
    await harness.mailTo('forgot@example.com', /new password/);
    await eventually(async () => expect(await harness.db.sql`select 1 from customers.mails`).toEqual([]));
    expect(mails.filter(({ to }) => to === 'no-account@example.com')).toEqual([]);
  });

  it('sets the password once when its token is used twice at once, verifies the address and ends all sessions', async () => {
    const before = await harness.signUp('reset@example.com');
    await harness.requestReset('reset@example.com');
    const token = await harness.tokenTo('reset@example.com', /new password/);
    const answers = await Promise.all([
      harness.reset(token, 'new password one'),
      harness.reset(token, 'new password two'),
    ]);
    expect(answers.map(({ __typename }) => __typename as string).sort()).toEqual(['InvalidToken', 'SignedIn']);
    const winner = answers.find(({ __typename }) => __typename === 'SignedIn');
    expect(winner.customer.id).toBe(before.customer.id);
    expect(await ownerOf('reset@example.com')).toEqual({ id: before.customer.id, verified: true });
    expect((await harness.refresh(before.refreshToken)).__typename).toBe('SessionEnded');
    expect((await harness.refresh(winner.refreshToken)).__typename).toBe('SessionRefreshed');
    expect((await harness.signIn('reset@example.com')).__typename).toBe('InvalidCredentials');
    const password = answers[0].__typename === 'SignedIn' ? 'new password one' : 'new password two';
    expect((await harness.signIn('reset@example.com', password)).__typename).toBe('SignedIn');
    expect(await harness.mailTo('reset@example.com', /was changed/)).toBeDefined();
  });

  it('is given to one of many links that were asked for, and leaves none of the others', async () => {
    await harness.signUp('impatient@example.com');
    const tokens = [];
    for (let index = 0; index < 2; index += 1) {
      const known = harness.mails.length;
      await harness.requestReset('impatient@example.com');
      tokens.push(
        await eventually(async () => {
          const mail = await harness.mailTo('impatient@example.com', /new password/);
          expect(harness.mails.indexOf(mail)).toBeGreaterThanOrEqual(known);
          return tokenIn(mail);
        }),
      );
    }
    expect((await harness.reset(tokens[0]!)).__typename).toBe('SignedIn');
    expect(await harness.reset(tokens[1]!)).toMatchObject(INVALID);
  });

  it('forgets who else could sign in to an account whose address was never proved', async () => {
    const { customer } = await harness.signUp('trojan@example.com');
    await harness.db.sql`insert into customers.identities (identity_id, customer_id, kind, source, value, created_at)
      values (${newId()}, ${customer.id}, 'EXTERNAL', 'https://issuer.example', 'mallory', now())`;
    await harness.requestReset('trojan@example.com');
    await harness.reset(await harness.tokenTo('trojan@example.com', /new password/));
    expect(
      await harness.db.sql`select 1 from customers.identities where customer_id = ${customer.id} and kind = 'EXTERNAL'`,
    ).toEqual([]);
  });

  it('is not given to the reader of an address that was added and never verified', async () => {
    const { customer, refreshToken } = await harness.signUp('owner@example.com');
    await addUnverified(customer.id, 'stranger-to-it@example.com');
    const before = harness.mails.length;
    expect(await harness.requestReset('stranger-to-it@example.com')).toEqual({ __typename: 'PasswordResetSent' });
    await harness.requestReset('owner@example.com');
    await harness.mailTo('owner@example.com', /new password/);
    await eventually(async () => expect(await harness.db.sql`select 1 from customers.mails`).toEqual([]));
    expect(harness.mails.slice(before).map(({ to }) => to)).not.toContain('stranger-to-it@example.com');
    expect((await harness.refresh(refreshToken)).__typename).toBe('SessionRefreshed');
  });

  it('sends three mails an hour to an address, and says nothing of it', async () => {
    await harness.signUp('flooded@example.com');
    for (let index = 0; index < 6; index += 1)
      expect(await harness.requestReset('flooded@example.com')).toEqual({ __typename: 'PasswordResetSent' });
    await harness.mailTo('flooded@example.com', /new password/);
    await eventually(async () => expect(await harness.db.sql`select 1 from customers.mails`).toEqual([]));
    expect(
      harness.mails.filter(({ to, subject }) => to === 'flooded@example.com' && /new password/.test(subject)),
    ).toHaveLength(3);
  });

  it('refuses a link after an hour and a password that is too short', async () => {
    await harness.signUp('late@example.com');
    await harness.requestReset('late@example.com');
    const token = await harness.tokenTo('late@example.com', /new password/);
    expect(await harness.reset(token, 'short')).toMatchObject({
      code: 'INVALID_PASSWORD',
      path: ['input', 'newPassword'],
    });
    const later = await harness.start({ nowOffset: '61 minutes' });
    expect(await harness.reset(token, 'long enough to be one', later)).toMatchObject(INVALID);
    expect((await harness.signIn('late@example.com')).__typename).toBe('SignedIn');
  });
});
