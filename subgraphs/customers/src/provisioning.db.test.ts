import { newId } from '@kontor/kit/src/ids.ts';
import { asService, callAs } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeySecret } from './commands/keys/key-secret.ts';
import { createSigningHarness, PASSWORD, type Data, type SigningHarness } from './testing/signing-harness.ts';

const MUTATION = (field: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
const DEVICE = MUTATION('deviceUpsert', 'DeviceUpsertInput', 'deviceId');
const STAFF = MUTATION('staffMemberUpsert', 'StaffMemberUpsertInput', 'staffId');
const PASSWORD_ENSURE = MUTATION('passwordEnsure', 'PasswordEnsureInput', 'set');
const COMPANY = MUTATION('companyUpsert', 'CompanyUpsertInput', 'companyId');
const MEMBER = MUTATION('companyMemberUpsert', 'CompanyMemberUpsertInput', 'memberId');
const STAFF_SIGN_IN = MUTATION(
  'staffSignIn',
  'StaffSignInInput',
  '__typename ... on StaffSignedIn { token staff { id name } }',
);
const OWN = '{ staff { id name } }';
const PIN = '408215';
const BERLIN = newId();
const HAMBURG = newId();

let world: SigningHarness;
beforeAll(async () => {
  world = await createSigningHarness();
});
afterAll(() => world.stop());

/** The refusal of an internal command. */
async function refusalOf(query: string, input: object): Promise<unknown> {
  const { errors } = await world.service
    .graph('/internal/graphql')
    .execute<Data>({ query, variables: { input } }, asService());
  return errors?.[0]?.extensions?.['code'];
}
const signInAt = async (deviceId: string, staffCode: string, pin: string): Promise<Data> => {
  const device = callAs({
    role: 'device',
    subject: deviceId,
    channel: 'pos',
    scopes: [],
    deviceId,
    locationId: BERLIN,
  });
  return (await world.publicly(STAFF_SIGN_IN, { input: { staffCode, pin } }, device)).data.staffSignIn;
};

describe('staff and devices that another system of ours makes', () => {
  const { secret } = newKeySecret('dk', 'test');
  const device = { secret, label: 'Till', channel: 'pos', locationId: BERLIN };
  const nora = { code: 'Nora', name: 'Nora Albrecht', scopes: ['stock:read'], locationIds: [BERLIN], pin: PIN };

  it('are there once, however often and at once they are made, and sign in', async () => {
    const devices = await Promise.all([1, 2, 3].map(() => world.internal(DEVICE, { input: device })));
    const ids = devices.map(({ deviceUpsert }) => deviceUpsert.deviceId);
    expect(new Set(ids).size).toBe(1);
    const people = await Promise.all([1, 2, 3].map(() => world.internal(STAFF, { input: nora })));
    expect(new Set(people.map(({ staffMemberUpsert }) => staffMemberUpsert.staffId)).size).toBe(1);
    expect(await signInAt(ids[0], 'nora', PIN)).toMatchObject({
      __typename: 'StaffSignedIn',
      staff: { id: people[0].staffMemberUpsert.staffId, name: 'Nora Albrecht' },
    });
    const { authenticate } = await world.internal(
      'query ($credential: String!) { authenticate(credential: $credential) { role deviceId locationId channel } }',
      { credential: secret },
    );
    expect(authenticate).toEqual({ role: 'device', deviceId: ids[0], locationId: BERLIN, channel: 'pos' });
  });

  it('keep the PIN that was there, and lose the session with a location', async () => {
    const { deviceId } = (await world.internal(DEVICE, { input: device })).deviceUpsert;
    await world.internal(STAFF, { input: { ...nora, name: 'N. Albrecht', pin: '927461' } });
    expect((await signInAt(deviceId, 'nora', '927461')).__typename).toBe('InvalidCredentials');
    const session = await signInAt(deviceId, 'nora', PIN);
    expect(session.staff.name).toBe('N. Albrecht');
    const open = async () =>
      (await world.db.sql`select 1 from customers.sessions where staff_id is not null`).length > 0;
    expect(await open()).toBe(true);
    await world.internal(STAFF, { input: { ...nora, locationIds: [HAMBURG] } });
    expect(await open()).toBe(false);
    expect((await signInAt(deviceId, 'nora', PIN)).__typename).toBe('InvalidCredentials');
  });

  it('stay revoked', async () => {
    const { deviceId } = (await world.internal(DEVICE, { input: device })).deviceUpsert;
    await world.db.sql`update customers.devices set revoked_at = now() where device_id = ${deviceId}`;
    await world.internal(DEVICE, { input: { ...device, label: 'Till again' } });
    const { authenticate } = await world.internal(
      'query ($credential: String!) { authenticate(credential: $credential) { role } }',
      { credential: secret },
    );
    expect(authenticate).toBeNull();
  });

  it.each([
    ['a key that is none of a device', DEVICE, { ...device, secret: newKeySecret('sk', 'test').secret }],
    ['a key without its checksum', DEVICE, { ...device, secret: `${secret.slice(0, -1)}_` }],
    ['no location', DEVICE, { ...device, locationId: 'berlin' }],
    ['a PIN that somebody would try first', STAFF, { ...nora, code: 'mia', pin: '123456' }],
    ['a scope that nobody can give', STAFF, { ...nora, code: 'mia', scopes: ['internal'] }],
  ])('are refused with %s', async (_what, query, input) => {
    const before = await world.db.sql`select count(*) from customers.staff_members`;
    expect(await refusalOf(query, input)).toBe('BAD_USER_INPUT');
    expect(await world.db.sql`select count(*) from customers.staff_members`).toEqual(before);
  });
});

describe('who of the staff asks', () => {
  it('is the person of the session, the label of a key, and nobody else', async () => {
    const staff = await world.internal(STAFF, {
      input: { code: 'emre', name: 'Emre Aydın', scopes: [], locationIds: null, pin: PIN },
    });
    const { staffId } = staff.staffMemberUpsert;
    const asPerson = callAs({ role: 'staff', subject: staffId, channel: 'pos', scopes: [], staffId });
    expect((await world.publicly(OWN, {}, asPerson)).data).toEqual({ staff: { id: staffId, name: 'Emre Aydın' } });
    const key = await world.internal(MUTATION('credentialUpsert', 'CredentialUpsertInput', 'credentialId'), {
      input: { secret: 'a-key-of-the-register', label: 'Register 1', role: 'staff', scopes: [] },
    });
    const { credentialId } = key.credentialUpsert;
    const asKey = callAs({ role: 'staff', subject: credentialId, channel: 'pos', scopes: [], credentialId });
    expect((await world.publicly(OWN, {}, asKey)).data).toEqual({ staff: { id: credentialId, name: 'Register 1' } });
    const { errors } = await world.publicly(OWN);
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('a password that another system of ours gives', () => {
  it('opens the profile of a checkout with its verified address, and takes the place of no other', async () => {
    const { customerId } = await world.ensure('ida@example.com');
    const set = async (password: string) =>
      (await world.internal(PASSWORD_ENSURE, { input: { customerId, password } })).passwordEnsure.set;
    expect((await Promise.all([set(PASSWORD), set(PASSWORD)])).sort()).toEqual([false, true]);
    expect(await set('another password')).toBe(false);
    expect(await world.signIn('ida@example.com', PASSWORD)).toMatchObject({ __typename: 'SignedIn' });
    // The address counts as verified: a checkout goes on finding the profile.
    expect(await world.ensure('ida@example.com')).toEqual({ customerId, created: false });
  });

  it('is refused for nobody, and where it is too short', async () => {
    const { customerId } = await world.ensure('kim@example.com');
    expect(await refusalOf(PASSWORD_ENSURE, { customerId: newId(), password: PASSWORD })).toBe('BAD_USER_INPUT');
    expect(await refusalOf(PASSWORD_ENSURE, { customerId, password: 'short' })).toBe('BAD_USER_INPUT');
    expect(await world.db.sql`select 1 from customers.passwords where customer_id = ${customerId}`).toHaveLength(0);
  });
});

describe('members that another system of ours makes', () => {
  it('are members once, get another role, and keep the company an administrator', async () => {
    const { companyId } = (await world.internal(COMPANY, { input: { name: 'Bergblick' } })).companyUpsert;
    const [ruth, lukas] = [await world.ensure('ruth@example.com'), await world.ensure('lukas@example.com')];
    const member = (customerId: string | null, role: string) => ({ companyId, customerId, role });
    const upsert = async (input: object) => (await world.internal(MEMBER, { input })).companyMemberUpsert.memberId;
    const ids = await Promise.all([1, 2, 3].map(() => upsert(member(ruth.customerId, 'ADMIN'))));
    expect(new Set(ids).size).toBe(1);
    expect(await upsert(member(lukas.customerId, 'BUYER'))).not.toBe(ids[0]);
    await upsert(member(lukas.customerId, 'APPROVER'));
    const rows = await world.db.sql`
      select role from customers.company_members where company_id = ${companyId} and left_at is null order by role`;
    expect(rows.map(({ role }) => role)).toEqual(['ADMIN', 'APPROVER']);
    expect(await refusalOf(MEMBER, member(ruth.customerId, 'BUYER'))).toBe('BAD_USER_INPUT');

    const other = (await world.internal(COMPANY, { input: { name: 'Karwendel' } })).companyUpsert.companyId;
    for (const input of [
      { ...member(lukas.customerId, 'BUYER'), companyId: other },
      { ...member(lukas.customerId, 'BUYER'), companyLocationId: newId() },
      member(lukas.customerId, 'OWNER'),
      member(newId(), 'BUYER'),
    ])
      expect(await refusalOf(MEMBER, input)).toBe('BAD_USER_INPUT');
    expect(await world.db.sql`select role from customers.company_members where left_at is null order by role`).toEqual(
      rows,
    );
  });
});
