import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { verifyPassword } from './passwords/argon2id.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const PIN = '408215';
const OTHER_PIN = '927461';
const BERLIN = newId();
const HAMBURG = newId();
const statements: string[] = [];
const log: string[] = [];
const started: Service[] = [];

async function start(options: Parameters<TestDatabase['open']>[1] = {}) {
  const { customers: identity } = await createTestIdentities(['customers']);
  const opened = database.open('customers', options);
  const logger = createLogger('customers', 'trace', { write: (line) => void log.push(line) });
  const app = createApp({ db: opened, bus: createMemoryBus(), identity, logger });
  await app.start();
  started.push(app);
  return { app, opened };
}

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  const { app, opened } = await start({ onQuery: (query) => void statements.push(query) });
  service = app;
  db = opened;
});
afterAll(async () => {
  for (const each of started) await each.stop();
  await database.drop();
});

const publicly = (query: string, variables: Record<string, unknown>, call: Call, at = service) =>
  at.graph().execute<Data>({ query, variables }, call);

const REFUSED = '... on UserError { code message path }';
const MEMBER = 'id code name scopes locationIds active hasPin externalIssuer version';
const DEVICE = 'id label channel locationId prefix lastFour registeredBy revokedAt';
const REGISTER = `mutation ($input: DeviceRegisterInput!) { deviceRegister(input: $input) { __typename ... on DeviceRegistered { key device { ${DEVICE} } } ${REFUSED} } }`;
const REVOKE = `mutation ($input: DeviceRevokeInput!) { deviceRevoke(input: $input) { __typename ... on DeviceRevoked { revoked device { ${DEVICE} } } ${REFUSED} } }`;
const SET = `mutation ($input: StaffMemberSetInput!) { staffMemberSet(input: $input) { __typename ... on StaffMemberSet { staffMember { ${MEMBER} } } ${REFUSED}
  ... on GrantRefused { scope } ... on VersionConflict { currentVersion } } }`;
const SET_PIN = `mutation ($input: StaffPinSetInput!) { staffPinSet(input: $input) { __typename ... on StaffPinSet { staffMember { ${MEMBER} } } ${REFUSED} ... on GrantRefused { scope } } }`;
const SIGN_IN = `mutation ($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename
  ... on StaffSignedIn { token expiresAt refreshToken refreshExpiresAt staff { id name } } ${REFUSED} ... on TooManyAttempts { retryAfterMs } } }`;
const SIGN_OUT = 'mutation { staffSignOut { __typename ... on SignedOut { ended } ... on UserError { code } } }';
const AUTHENTICATE =
  'query ($credential: String!) { authenticate(credential: $credential) { role subject channel scopes deviceId locationId credentialId } }';

const admin = asStaff(['staff:write', 'devices:write', 'channels:write', 'stock:read', 'stock:write']);
let count = 0;
const nextCode = () => `staff.${(count += 1)}`;

const register = async (input: Record<string, unknown> = {}, call = admin) =>
  (await publicly(REGISTER, { input: { label: 'Till 1', channel: 'pos', locationId: BERLIN, ...input } }, call)).data
    .deviceRegister;
const authenticate = async (credential: string) =>
  (
    await service
      .graph('/internal/graphql')
      .execute<Data>({ query: AUTHENTICATE, variables: { credential } }, asService())
  ).data.authenticate;
const deviceCall = async (key: string): Promise<Call> => callAs((await authenticate(key)) as Caller);
const newDevice = async (locationId = BERLIN) => {
  const { key, device } = await register({ locationId });
  return { key, device, call: await deviceCall(key) };
};
const setMember = async (input: Record<string, unknown>, call = admin) =>
  (await publicly(SET, { input: { name: 'Anna', scopes: ['stock:read'], ...input } }, call)).data.staffMemberSet;
const setPin = async (input: Record<string, unknown>, call = admin) => {
  const { data, errors } = await publicly(SET_PIN, { input }, call);
  return errors ? errors[0] : data.staffPinSet;
};
const newMember = async (input: Record<string, unknown> = {}) => {
  const { staffMember } = await setMember({ code: nextCode(), ...input });
  expect(await setPin({ staffId: staffMember.id, pin: PIN })).toMatchObject({ __typename: 'StaffPinSet' });
  return staffMember;
};
const signIn = async (staffCode: string, pin: string, call: Call) =>
  (await publicly(SIGN_IN, { input: { staffCode, pin } }, call)).data.staffSignIn;
const callerOf = (token: string): Call => {
  const claims = decodeJwt<Data>(token);
  const channel = claims.aud.replace('kontor:', '');
  return callAs({ ...claims, subject: claims.sub, channel, credentialId: claims.sid, expiresAt: claims.exp * 1000 });
};
const sessionsOf = (staffId: string) => db.sql`select session_id from customers.sessions where staff_id = ${staffId}`;
const WRONG = { __typename: 'InvalidCredentials', code: 'INVALID_CREDENTIALS', path: null };

describe('a device', () => {
  it('is registered with a key that is shown once, by which it may let staff sign in and nothing else', async () => {
    const { key, device } = await register();
    expect(key).toMatch(/^dk_test_[0-9A-Za-z]{49}$/);
    expect(device).toEqual({
      id: expect.any(String) as string,
      label: 'Till 1',
      channel: 'pos',
      locationId: BERLIN,
      prefix: 'dk_test_',
      lastFour: key.slice(-4),
      registeredBy: 'staff-1',
      revokedAt: null,
    });
    statements.length = 0;
    expect(await authenticate(key)).toEqual({
      role: 'device',
      subject: device.id,
      channel: 'pos',
      scopes: [],
      deviceId: device.id,
      locationId: BERLIN,
      credentialId: device.id,
    });
    expect(statements.filter((each) => each.includes('secret_hash ='))).toHaveLength(1);
    for (const query of ['{ me { id } }', '{ staffMembers { edges { cursor } } }', SIGN_OUT]) {
      const { errors } = await publicly(query, {}, await deviceCall(key));
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('stands where whoever registers it has something to say', async () => {
    const bound = callAs({ ...asStaff(['devices:write'], 'pos').caller, locationId: BERLIN });
    expect(await register({ channel: 'web' }, bound)).toMatchObject({ code: 'CHANNEL_NOT_HELD' });
    expect(await register({ locationId: HAMBURG }, bound)).toMatchObject({ code: 'LOCATION_NOT_HELD' });
    expect(await register({ locationId: 'here' }, bound)).toMatchObject({ code: 'INVALID_ID' });
    const { device } = await register({ label: 'Till of Hamburg', locationId: HAMBURG });
    expect((await register({ label: 'Till of Berlin' }, bound)).__typename).toBe('DeviceRegistered');
    const list = (await publicly('{ devices { edges { node { label locationId } } } }', {}, bound)).data.devices.edges;
    expect(new Set(list.map(({ node }: Data) => node.locationId))).toEqual(new Set([BERLIN]));
    const refused = (await publicly(REVOKE, { input: { deviceId: device.id } }, bound)).data.deviceRevoke;
    expect(refused).toMatchObject({ __typename: 'NotFound', path: ['input', 'deviceId'] });
  });

  it('ends for good with every session on it, and no other', async () => {
    const [one, two] = [await newDevice(), await newDevice()];
    const member = await newMember();
    const ended = await signIn(member.code, PIN, one.call);
    await signIn(member.code, PIN, two.call);
    const revoke = async () =>
      (await publicly(REVOKE, { input: { deviceId: one.device.id } }, admin)).data.deviceRevoke;
    expect(await revoke()).toMatchObject({ revoked: true, device: { id: one.device.id } });
    expect(await revoke()).toMatchObject({ revoked: false });
    expect(await authenticate(one.key)).toBeNull();
    expect(await authenticate(two.key)).not.toBeNull();
    expect(await sessionsOf(member.id)).toHaveLength(1);
    const sessionId = callerOf(ended.token).caller.credentialId!;
    for (const id of [sessionId, one.device.id])
      expect(await db.sql`select 1 from customers.revocations where credential_id = ${id}`).toHaveLength(1);
    // An edge may remember the key for a moment.
    expect(await signIn(member.code, PIN, one.call)).toMatchObject(WRONG);
  });

  it('leaves no session behind when it is revoked while people sign in on it', async () => {
    const member = await newMember();
    for (let round = 0; round < 5; round += 1) {
      const { device, call } = await newDevice();
      await Promise.all([
        ...Array.from({ length: 3 }, () => signIn(member.code, PIN, call)),
        publicly(REVOKE, { input: { deviceId: device.id } }, admin),
      ]);
      expect(await db.sql`select 1 from customers.sessions where device_id = ${device.id}`).toEqual([]);
    }
  });
});

describe('staffMemberSet', () => {
  it('makes somebody, changes them as a whole by their version, and lists them without the PIN', async () => {
    const code = nextCode();
    const made = await setMember({ code: ` ${code.toUpperCase()} `, locationIds: [HAMBURG, BERLIN, BERLIN] });
    expect(made.staffMember).toEqual({
      id: expect.any(String) as string,
      code,
      name: 'Anna',
      scopes: ['stock:read'],
      locationIds: [BERLIN, HAMBURG].sort(),
      active: true,
      hasPin: false,
      externalIssuer: null,
      version: 1,
    });
    expect(await setMember({ code })).toMatchObject({ __typename: 'VersionConflict', currentVersion: 1 });
    const input = { code, name: 'Anna K.', scopes: ['stock:write'], expectedVersion: 1 };
    const answers = await Promise.all([setMember(input), setMember(input)]);
    expect(answers.map(({ __typename }) => __typename as string).sort()).toEqual(['StaffMemberSet', 'VersionConflict']);
    const LIST = `{ staffMembers(first: 100) { edges { node { ${MEMBER} } } } }`;
    const list = (await publicly(LIST, {}, admin)).data.staffMembers.edges.map(({ node }: Data) => node);
    expect(list.find((each: Data) => each.code === code)).toMatchObject({
      name: 'Anna K.',
      locationIds: null,
      version: 2,
    });
    expect(await setMember({ code: nextCode(), expectedVersion: 3 })).toMatchObject({ __typename: 'NotFound' });
  });

  it('gives nobody what the giver lacks, and changes nobody who may do more', async () => {
    const code = nextCode();
    const weak = asStaff(['staff:write', 'stock:read'], 'pos');
    expect(await setMember({ code, scopes: ['stock:write'] }, weak)).toMatchObject({
      __typename: 'GrantRefused',
      scope: 'stock:write',
    });
    expect(await setMember({ code, scopes: ['internal'] }, weak)).toMatchObject({ code: 'UNKNOWN_SCOPE' });
    const local = callAs({ ...weak.caller, locationId: BERLIN });
    expect(await setMember({ code }, local)).toMatchObject({ code: 'LOCATION_NOT_HELD' });
    expect(await setMember({ code, locationIds: [HAMBURG] }, local)).toMatchObject({ code: 'LOCATION_NOT_HELD' });
    await setMember({ code, scopes: ['stock:write'] });
    expect(await setMember({ code, scopes: [], active: false, expectedVersion: 1 }, weak)).toMatchObject({
      code: 'SCOPE_NOT_HELD',
      scope: 'stock:write',
    });
    const rows = await db.sql`select scopes, active from customers.staff_members where code = ${code}`;
    expect([...rows]).toEqual([{ scopes: ['stock:write'], active: true }]);
  });

  it.each([
    ['code', { code: 'an na' }, 'INVALID_CODE'],
    ['code', { code: 'a\0' }, 'INVALID_CODE'],
    ['name', { name: '' }, 'INVALID_TEXT'],
    ['locationIds', { locationIds: [] }, 'INVALID_ID'],
    ['locationIds', { locationIds: ['here'] }, 'INVALID_ID'],
    ['external', { external: { issuer: 'https://nobody.example', subject: 'x' } }, 'UNKNOWN_ISSUER'],
  ])('answers InvalidInput at %s for %j and keeps nothing', async (field, change, code) => {
    const before = await db.sql`select count(*) from customers.staff_members`;
    expect(await setMember({ code: nextCode(), ...change })).toMatchObject({ code, path: ['input', field] });
    expect(await db.sql`select count(*) from customers.staff_members`).toEqual(before);
  });

  it.each([
    ['deactivates them', { active: false }, 0],
    ['takes a scope away', { scopes: [] }, 0],
    ['takes a location away', { locationIds: [BERLIN] }, 0],
    ['gives them more', { scopes: ['stock:read', 'stock:write'], name: 'Anna the Great' }, 1],
  ])('leaves the right sessions when it %s', async (_, change, left) => {
    const { call } = await newDevice();
    const member = await newMember();
    await signIn(member.code, PIN, call);
    await setMember({ code: member.code, expectedVersion: 1, ...change });
    expect(await sessionsOf(member.id)).toHaveLength(left);
  });

  it('leaves no session behind when somebody is deactivated while they sign in', async () => {
    const { call } = await newDevice();
    for (let round = 0; round < 5; round += 1) {
      const member = await newMember();
      await Promise.all([
        signIn(member.code, PIN, call),
        signIn(member.code, PIN, call),
        setMember({ code: member.code, active: false, expectedVersion: 1 }),
      ]);
      expect(await sessionsOf(member.id)).toEqual([]);
    }
  });
});

describe('staffPinSet', () => {
  it('keeps a hash alone, and ends the sessions of the person', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    await signIn(member.code, PIN, call);
    expect(await setPin({ staffId: member.id, pin: OTHER_PIN })).toMatchObject({ staffMember: { hasPin: true } });
    expect(await sessionsOf(member.id)).toEqual([]);
    expect(await signIn(member.code, PIN, call)).toMatchObject(WRONG);
    expect(await signIn(member.code, OTHER_PIN, call)).toMatchObject({ __typename: 'StaffSignedIn' });
    const [row] = await db.sql`select pin_hash from customers.staff_members where staff_id = ${member.id}`;
    expect(await verifyPassword(OTHER_PIN, row!['pin_hash'] as string)).toBe(true);
  });

  it.each([
    ['12345', 'INVALID_PIN'],
    ['1234567890123', 'INVALID_PIN'],
    ['12345x', 'INVALID_PIN'],
    ['111111', 'TRIVIAL_PIN'],
    ['123456', 'TRIVIAL_PIN'],
  ])('refuses %s and changes nothing', async (pin, code) => {
    const member = await newMember();
    const before = await db.sql`select pin_hash from customers.staff_members where staff_id = ${member.id}`;
    expect(await setPin({ staffId: member.id, pin })).toMatchObject({
      __typename: 'InvalidInput',
      code,
      path: ['input', 'pin'],
    });
    expect(await db.sql`select pin_hash from customers.staff_members where staff_id = ${member.id}`).toEqual(before);
  });

  it('takes one’s own with the PIN until now, and counts wrong ones', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    const own = callerOf((await signIn(member.code, PIN, call)).token);
    const change = (currentPin: string | null) => setPin({ staffId: member.id, pin: OTHER_PIN, currentPin }, own);
    expect(await change('000001')).toMatchObject(WRONG);
    expect(await change(null)).toMatchObject(WRONG);
    expect(await change(PIN)).toMatchObject({ __typename: 'StaffPinSet' });
    const wrong = await Promise.all(Array.from({ length: 8 }, () => change(PIN)));
    expect(wrong.filter(({ __typename }) => __typename === 'InvalidCredentials')).toHaveLength(5);
    expect(wrong.filter(({ __typename }) => __typename === 'TooManyAttempts')).toHaveLength(3);
    expect(await change(OTHER_PIN)).toMatchObject({ __typename: 'TooManyAttempts' });
    // Whoever helps them out also lets them try again.
    expect(await setPin({ staffId: member.id, pin: PIN })).toMatchObject({ __typename: 'StaffPinSet' });
    expect(await signIn(member.code, PIN, call)).toMatchObject({ __typename: 'StaffSignedIn' });
  });

  it('lets one of two who set their PIN from the same one at once', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    const own = callerOf((await signIn(member.code, PIN, call)).token);
    const answers = await Promise.all(
      [OTHER_PIN, '730518'].map((pin) => setPin({ staffId: member.id, pin, currentPin: PIN }, own)),
    );
    expect(answers.map((each: Data) => each.__typename as string).sort()).toEqual([
      'InvalidCredentials',
      'StaffPinSet',
    ]);
  });

  it('is refused for others to those without the scope, or with less than the person has', async () => {
    const { call } = await newDevice();
    const [member, colleague] = [await newMember({ scopes: ['stock:read', 'stock:write'] }), await newMember()];
    const own = callerOf((await signIn(colleague.code, PIN, call)).token);
    const input = { staffId: member.id, pin: OTHER_PIN };
    expect(await setPin(input, own)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await setPin(input, asGuest())).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await setPin(input, asStaff(['staff:write', 'stock:read']))).toMatchObject({
      __typename: 'GrantRefused',
      scope: 'stock:write',
    });
    expect(await setPin({ ...input, staffId: newId() })).toMatchObject({ __typename: 'NotFound' });
    expect(await signIn(member.code, PIN, call)).toMatchObject({ __typename: 'StaffSignedIn' });
  });
});

describe('staffSignIn', () => {
  it('begins a session of twelve hours that is bound to the person, the device, its location and its channel', async () => {
    const { call, device } = await newDevice();
    const member = await newMember({ locationIds: [BERLIN] });
    const signedIn = await signIn(` ${member.code.toUpperCase()}`, PIN, call);
    expect(signedIn).toMatchObject({ __typename: 'StaffSignedIn', staff: { id: member.id, name: 'Anna' } });
    const inTwelveHours = Date.now() + 12 * 3_600_000;
    expect(Math.abs(Date.parse(signedIn.refreshExpiresAt) - inTwelveHours)).toBeLessThan(60_000);
    expect(decodeJwt(signedIn.token)).toMatchObject({
      iss: 'kontor',
      aud: 'kontor:pos',
      sub: member.id,
      role: 'staff',
      scopes: ['stock:read'],
      staffId: member.id,
      deviceId: device.id,
      locationId: BERLIN,
    });
  });

  it('answers alike, after as many statements, to a wrong code, a wrong PIN, no PIN, somebody inactive and somebody of elsewhere', async () => {
    const { call } = await newDevice();
    const inactive = await newMember();
    await setMember({ code: inactive.code, active: false, expectedVersion: 1 });
    const withoutPin = (await setMember({ code: nextCode() })).staffMember;
    const cases = [
      [(await newMember()).code, OTHER_PIN],
      ['nobody-has-this', PIN],
      ['can be no code\0', PIN],
      [withoutPin.code, PIN],
      [(await newMember()).code, 'x'.repeat(10_000)],
    ];
    const answers = [];
    for (const [code, pin] of cases) {
      statements.length = 0;
      answers.push([
        await signIn(code, pin, call),
        statements.filter((each) => /staff_members|insert into customers.attempts/.test(each)).length,
      ]);
    }
    expect(answers[0]![0]).toMatchObject(WRONG);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await signIn(inactive.code, PIN, call)).toEqual(answers[0]![0]);
    const elsewhere = await newMember({ locationIds: [HAMBURG] });
    expect(await signIn(elsewhere.code, PIN, call)).toEqual(answers[0]![0]);
    expect(await signIn(elsewhere.code, PIN, (await newDevice(HAMBURG)).call)).toMatchObject({
      __typename: 'StaffSignedIn',
    });
  });

  it('checks five of twenty attempts at a PIN at once, also across processes, and none until the window is over', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    const second = await start();
    const attempts = Array.from({ length: 20 }, async (_, index) => {
      const at = index % 2 ? service : second.app;
      const input = { staffCode: index % 3 ? member.code : member.code.toUpperCase(), pin: OTHER_PIN };
      return (await publicly(SIGN_IN, { input }, call, at)).data.staffSignIn;
    });
    const kinds = (await Promise.all(attempts)).map(({ __typename }) => __typename as string);
    expect(kinds.filter((kind) => kind === 'InvalidCredentials')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'TooManyAttempts')).toHaveLength(15);
    expect(await signIn(member.code, PIN, call)).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
      path: ['input', 'staffCode'],
    });
    expect(await sessionsOf(member.id)).toEqual([]);
    const later = await start({ nowOffset: '15 minutes 1 second' });
    const input = { staffCode: member.code, pin: PIN };
    expect((await publicly(SIGN_IN, { input }, call, later.app)).data.staffSignIn.__typename).toBe('StaffSignedIn');
  });

  it('stops a device on which one code after the other is tried, and no other device', async () => {
    const [one, two] = [await newDevice(), await newDevice()];
    const kinds = [];
    for (let round = 0; round < 4; round += 1)
      kinds.push(
        ...(await Promise.all(
          Array.from(
            { length: 10 },
            async (_, index) => (await signIn(`guess-${round}-${index}`, PIN, one.call)).__typename as string,
          ),
        )),
      );
    expect(kinds.filter((kind) => kind === 'InvalidCredentials')).toHaveLength(30);
    expect(kinds.filter((kind) => kind === 'TooManyAttempts')).toHaveLength(10);
    const member = await newMember();
    expect(await signIn(member.code, PIN, one.call)).toMatchObject({ __typename: 'TooManyAttempts' });
    expect(await signIn(member.code, PIN, two.call)).toMatchObject({ __typename: 'StaffSignedIn' });
  });

  it('does not count what succeeds', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    for (let round = 0; round < 35; round += 1)
      expect(await signIn(member.code, PIN, call)).toMatchObject({ __typename: 'StaffSignedIn' });
  });

  it('is for devices alone', async () => {
    const member = await newMember();
    for (const call of [asGuest('pos'), asStaff(['staff-sign-in'], 'pos'), admin]) {
      const { errors } = await publicly(SIGN_IN, { input: { staffCode: member.code, pin: PIN } }, call);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await sessionsOf(member.id)).toEqual([]);
  });
});

describe('staffSignOut', () => {
  it('ends the session that asks, alone and once, and no key', async () => {
    const { call } = await newDevice();
    const member = await newMember();
    const own = callerOf((await signIn(member.code, PIN, call)).token);
    await signIn(member.code, PIN, call);
    const signOut = async (who: Call) => (await publicly(SIGN_OUT, {}, who)).data.staffSignOut;
    expect(await signOut(own)).toEqual({ __typename: 'SignedOut', ended: true });
    expect(await signOut(own)).toEqual({ __typename: 'SignedOut', ended: false });
    expect(await sessionsOf(member.id)).toHaveLength(1);
    expect(await signOut(admin)).toEqual({ __typename: 'NoSession', code: 'NO_SESSION' });
  });
});

it('leaves a PIN in no table, no log and no answer', async () => {
  const { call } = await newDevice();
  const member = await newMember();
  const pin = '5920746183';
  const answers: unknown[] = [await setPin({ staffId: member.id, pin }), await signIn(member.code, pin, call)];
  expect(JSON.stringify(answers)).not.toContain(pin);
  expect(log.join('')).not.toContain(pin);
  const tables =
    await db.sql`select table_name as name from information_schema.tables where table_schema = 'customers'`;
  for (const { name } of tables)
    for (const { row } of await db.sql`select t::text as row from ${db.sql(`customers.${name}`)} t`)
      expect(row).not.toContain(pin);
});
