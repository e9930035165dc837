import { DEMO_KEYS } from '@kontor/stack/src/demo/keys.ts';
import { STAFF } from '@kontor/stack/src/demo/staff.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { demoKey, type System } from '../system.ts';

const SIGN_IN = `mutation SignIn($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename ... on StaffSignedIn { token refreshToken staff { name } }
  ... on UserError { code } ... on TooManyAttempts { retryAfterMs } } }`;
const LOOKUP = `query Lookup($query: String!) { customerLookup(query: $query) { id displayName maskedEmail maskedPhone matchedBy loyalty { balance tier { code } } } }`;
const REGISTER = `mutation Register($input: DeviceRegisterInput!) { deviceRegister(input: $input) { __typename ... on DeviceRegistered { key device { id } } } }`;
const REVOKE = `mutation Revoke($input: DeviceRevokeInput!) { deviceRevoke(input: $input) { __typename ... on DeviceRevoked { revoked } } }`;
const SET = `mutation Staff($input: StaffMemberSetInput!) { staffMemberSet(input: $input) { __typename ... on StaffMemberSet { staffMember { id } } } }`;
const PIN_SET = `mutation Pin($input: StaffPinSetInput!) { staffPinSet(input: $input) { __typename } }`;
const STAFF_PAGE = '{ staff { name location { id code } scopes } }';

interface SignIn {
  readonly staffSignIn: {
    readonly __typename: string;
    readonly token: string;
    readonly refreshToken: string;
    readonly retryAfterMs?: number;
  };
}

/** Somebody of the staff signs in at a register, finds the customer who stands before it, and the register is lost. */
export function staff(system: () => System): void {
  const pos = () => system().url('pos');
  const administrator = demoKey('router', 'staff');
  const device = DEMO_KEYS.pos.find(({ role }) => role === 'device')!.key;
  const [nora] = STAFF as [(typeof STAFF)[number]];
  const signIn = async (staffCode: string, pin: string, key = device) =>
    (await ask<SignIn>(pos(), SIGN_IN, { input: { staffCode, pin } }, key)).staffSignIn;

  it('lets staff in by device and PIN, finds a customer by number and by a misspelt name, and shows the points', async () => {
    const session = await signIn(nora.code, nora.pin);
    expect(session).toMatchObject({ __typename: 'StaffSignedIn', staff: { name: nora.name } });
    const { token } = session;
    expect(await ask(pos(), STAFF_PAGE, {}, token)).toMatchObject({
      staff: { name: nora.name, location: { code: 'berlin-mitte' }, scopes: nora.scopes },
    });

    const find = async (query: string) =>
      (await ask<{ customerLookup: { displayName: string }[] }>(pos(), LOOKUP, { query }, token)).customerLookup;
    const jana = {
      displayName: 'Jana Lindqvist',
      maskedEmail: 'j***@e***.com',
      maskedPhone: '***014',
      loyalty: { balance: 1250, tier: null },
    };
    expect(await find('030 2312 5014')).toMatchObject([{ ...jana, matchedBy: 'PHONE' }]);
    expect((await find('Jana Lindkvist'))[0]).toMatchObject({ ...jana, matchedBy: 'NAME' });
    expect(
      await ask(pos(), '{ customerByCard(card: "KT 7204418") { displayName loyaltyCardLast4 } }', {}, token),
    ).toEqual({ customerByCard: { displayName: 'Jana Lindqvist', loyaltyCardLast4: '4418' } });
    // A register sees no more of a profile than it needs, and nothing that is for other staff.
    const refused = await post(pos(), '{ me { email } }', {}, token);
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });

    const out = await ask(pos(), 'mutation { staffSignOut { __typename } }', {}, token);
    expect(out).toEqual({ staffSignOut: { __typename: 'SignedOut' } });
    const after = await post(pos(), STAFF_PAGE, {}, token);
    expect(after.body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('takes five wrong PINs, then not even the right one, and ends the session of a device that is revoked', async () => {
    const { staff: shown } = await ask<{ staff: { location: { id: string } } }>(
      pos(),
      STAFF_PAGE,
      {},
      demoKey('pos', 'staff'),
    );
    const router = system().url('router');
    const code = `till-${Date.now()}`;
    const [pin, wrong] = ['830517', '830518'];
    const made = await ask<{ staffMemberSet: { staffMember: { id: string } } }>(
      router,
      SET,
      { input: { code, name: 'Kim Reuter', scopes: [], locationIds: [shown.location.id] } },
      administrator,
    );
    const staffId = made.staffMemberSet.staffMember.id;
    expect(await ask(router, PIN_SET, { input: { staffId, pin } }, administrator)).toEqual({
      staffPinSet: { __typename: 'StaffPinSet' },
    });
    const { deviceRegister } = await ask<{ deviceRegister: { key: string; device: { id: string } } }>(
      router,
      REGISTER,
      { input: { label: 'Second till', channel: 'pos', locationId: shown.location.id } },
      administrator,
    );
    const { key, device: registered } = deviceRegister;
    const session = await signIn(code, pin, key);
    expect(session.__typename).toBe('StaffSignedIn');

    const attempts: string[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) attempts.push((await signIn(code, wrong, key)).__typename);
    expect(attempts).toEqual([...Array<string>(5).fill('InvalidCredentials'), 'TooManyAttempts']);
    const refused = await signIn(code, pin, key);
    expect(refused).toMatchObject({ __typename: 'TooManyAttempts', code: 'TOO_MANY_ATTEMPTS' });
    // Whoever guesses at one person keeps nobody else out, and no session that goes on.
    expect((await signIn(nora.code, nora.pin, key)).__typename).toBe('StaffSignedIn');
    expect(await ask(pos(), '{ staff { name } }', {}, session.token)).toEqual({ staff: { name: 'Kim Reuter' } });

    expect(await ask(router, REVOKE, { input: { deviceId: registered.id } }, administrator)).toEqual({
      deviceRevoke: { __typename: 'DeviceRevoked', revoked: true },
    });
    await eventually(async () => {
      for (const credential of [session.token, key])
        expect((await post(pos(), STAFF_PAGE, {}, credential)).body.errors?.[0]?.extensions).toMatchObject({
          code: 'UNAUTHENTICATED',
        });
    });
    expect(
      await ask(
        pos(),
        'mutation Refresh($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename } }',
        { input: { refreshToken: session.refreshToken } },
      ),
    ).toEqual({ sessionRefresh: { __typename: 'SessionEnded' } });
  });
}
