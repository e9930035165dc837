import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/b2b/src/app.ts';
import { startChannel, type Channel, type Credential } from './channel.ts';

const member = (companyRole: 'BUYER' | 'APPROVER' | 'ADMIN'): Credential => ({
  role: 'customer',
  channel: 'b2b',
  scopes: [],
  customerId: 'c1',
  companyId: 'company-1',
  companyRole,
  companyLocationId: 'location-1',
});
const keys: Record<string, Credential> = {
  admin: member('ADMIN'),
  buyer: member('BUYER'),
  'no-member': { role: 'customer', channel: 'b2b', scopes: [], customerId: 'c2' },
  staff: { role: 'staff', channel: 'b2b', scopes: [] },
};

let b2b: Channel;
afterEach(() => b2b.stop());
const start = async (root: Record<string, unknown>) => (b2b = await startChannel('b2b', createApp, root, keys));
const codes = (body: { errors?: { extensions?: Record<string, unknown> }[] }) =>
  body.errors?.map(({ extensions }) => extensions?.['code']);
const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const page = (...nodes: unknown[]) => ({
  edges: nodes.map((node, index) => ({ cursor: `cursor-${index}`, node })),
  pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'cursor-0', endCursor: 'cursor-9' },
});
const NOW = '2026-01-31T12:00:00.000Z';

describe('signing in', () => {
  const TOKENS = { token: 'access', expiresAt: NOW, refreshToken: 'rt_1', refreshExpiresAt: NOW };
  const profile = { id: 'c1', email: 'ruth@bergblick.example', givenName: 'Ruth', familyName: null, phone: null };
  const company = { id: 'company-1', name: 'Bergblick' };
  const SIGNED_IN =
    '__typename ... on SignedIn { token expiresAt refreshToken refreshExpiresAt account { id email company { name } role } } ... on UserError { code path }';
  const refused = (__typename: string) => ({ __typename, code: 'CODE', message: 'What to do.', path: null });

  it('is open to whoever has no session, and tells who signed in for which company', async () => {
    const asked: unknown[] = [];
    const signedIn = {
      __typename: 'SignedIn',
      ...TOKENS,
      customer: { ...profile, company, companyRole: 'ADMIN' },
    };
    const note = (answer: unknown) => (args: unknown) => (asked.push(args), answer);
    await start({
      signIn: note(signedIn),
      signUp: note({ __typename: 'VerificationSent', sent: true }),
      passwordReset: note(refused('InvalidToken')),
      emailVerify: note(refused('InvalidToken')),
      passwordResetRequest: note({ __typename: 'PasswordResetSent', sent: true }),
      sessionRefresh: note({ __typename: 'SessionRefreshed', ...TOKENS }),
    });
    const input = { email: profile.email, password: 'mountain-weather' };
    expect(
      await ask(b2b.url, `mutation ($input: SignInInput!) { signIn(input: $input) { ${SIGNED_IN} } }`, { input }),
    ).toEqual({
      signIn: {
        __typename: 'SignedIn',
        ...TOKENS,
        account: { id: 'c1', email: profile.email, company: { name: 'Bergblick' }, role: 'ADMIN' },
      },
    });
    expect(
      await ask(b2b.url, `mutation ($input: SignUpInput!) { signUp(input: $input) { ${SIGNED_IN} } }`, { input }),
    ).toEqual({ signUp: { __typename: 'VerificationSent' } });
    const reset = { token: 'mailed', newPassword: 'another password' };
    expect(
      await ask(b2b.url, `mutation ($input: PasswordResetInput!) { passwordReset(input: $input) { ${SIGNED_IN} } }`, {
        input: reset,
      }),
    ).toEqual({ passwordReset: { __typename: 'InvalidToken', code: 'CODE', path: null } });
    expect(await ask(b2b.url, `mutation { emailVerify(input: { token: "mailed" }) { __typename } }`)).toEqual({
      emailVerify: { __typename: 'InvalidToken' },
    });
    expect(
      await ask(b2b.url, `mutation { passwordResetRequest(input: { email: "${profile.email}" }) { __typename } }`),
    ).toEqual({ passwordResetRequest: { __typename: 'PasswordResetSent' } });
    expect(await ask(b2b.url, 'mutation { sessionRefresh(input: { refreshToken: "rt_0" }) { __typename } }')).toEqual({
      sessionRefresh: { __typename: 'SessionRefreshed' },
    });
    expect(asked).toEqual([
      { input },
      { input },
      { input: reset },
      { input: { token: 'mailed' } },
      { input: { email: profile.email } },
      { input: { refreshToken: 'rt_0' } },
    ]);
    expect(b2b.router.calls[0]!.call.caller).toMatchObject({ role: 'guest', channel: 'b2b' });
  });

  it('lets somebody who is no member see the profile, accept an invitation and go, and nothing else', async () => {
    await start({
      me: { ...profile, company: null, companyRole: null },
      companyInvitationAccept: { __typename: 'CompanyJoined', memberId: 'm1', company },
      signOut: { __typename: 'SignedOut', ended: true },
    });
    const asStranger = (query: string) => post(b2b.url, query, {}, 'no-member');
    expect((await asStranger('{ account { email company { id } role } }')).body.data).toEqual({
      account: { email: profile.email, company: null, role: null },
    });
    expect(
      (
        await asStranger(
          'mutation { companyInvitationAccept(input: { token: "mailed" }) { __typename ... on CompanyJoined { memberId company { name } } } }',
        )
      ).body.data,
    ).toEqual({
      companyInvitationAccept: { __typename: 'CompanyJoined', memberId: 'm1', company: { name: 'Bergblick' } },
    });
    const before = b2b.router.calls.length;
    for (const query of [
      '{ dashboard { role } }',
      '{ team { members { edges { cursor } } } }',
      '{ locations { edges { cursor } } }',
    ])
      expect(codes((await asStranger(query)).body)).toEqual(['FORBIDDEN']);
    expect(b2b.router.calls).toHaveLength(before);
    expect((await asStranger('mutation { signOut { __typename } }')).body.data).toEqual({
      signOut: { __typename: 'SignedOut' },
    });
  });

  it('is what a guest may do, and nothing else', async () => {
    await start({});
    for (const query of ['{ account { id } }', '{ dashboard { role } }', 'mutation { signOut { __typename } }'])
      expect(codes((await post(b2b.url, query)).body)).toEqual(['UNAUTHENTICATED']);
    expect(b2b.router.calls).toEqual([]);
  });
});

describe('the dashboard', () => {
  const me = {
    companyRole: 'BUYER',
    company: {
      id: 'company-1',
      name: 'Bergblick',
      status: 'ACTIVE',
      approvalRules: {
        edges: [
          {
            node: {
              id: 'r1',
              code: 'large-orders',
              companyLocationId: null,
              isActive: true,
              totalAtLeast: eur(200_000),
              categories: [],
              budget: null,
              tiers: [{ level: 1, role: 'APPROVER', customerIds: [], count: 1 }],
            },
          },
        ],
      },
    },
    companyLocation: {
      id: 'location-1',
      name: 'Hotel Bergblick',
      externalReference: null,
      address: {
        recipient: null,
        street: null,
        street2: null,
        city: 'Garmisch',
        province: null,
        postalCode: null,
        country: 'DE',
      },
      currency: 'EUR',
      termsDays: 30,
      taxExemption: { country: 'AT', number: 'ATU99999999', validUntil: null },
      credit: {
        limit: eur(1_000_000),
        owed: eur(5_000),
        held: eur(1_000),
        available: eur(994_000),
        aging: { current: eur(5_000), days1To30: eur(0), days31To60: eur(0), days61To90: eur(0), daysOver90: eur(0) },
      },
    },
    loyalty: { balance: 10, available: 10, tier: null },
  };
  const QUERY = `{ dashboard { company { id name status } role location { name termsDays taxExemption { country number } address { city } }
    credit { limit { minorUnits } owed { minorUnits } held { minorUnits } available { minorUnits } aging { current { minorUnits } } } loyalty { balance tier { code } }
    approvalRules { code totalAtLeast { minorUnits currency } tiers { role count } } } }`;

  it('tells for whom, by which rules and on which account a member buys, in one operation', async () => {
    await start({ me });
    expect(await ask(b2b.url, QUERY, {}, 'buyer')).toEqual({
      dashboard: {
        company: { id: 'company-1', name: 'Bergblick', status: 'ACTIVE' },
        role: 'BUYER',
        location: {
          name: 'Hotel Bergblick',
          termsDays: 30,
          taxExemption: { country: 'AT', number: 'ATU99999999' },
          address: { city: 'Garmisch' },
        },
        credit: {
          limit: { minorUnits: 1_000_000 },
          owed: { minorUnits: 5_000 },
          held: { minorUnits: 1_000 },
          available: { minorUnits: 994_000 },
          aging: { current: { minorUnits: 5_000 } },
        },
        loyalty: { balance: 10, tier: null },
        approvalRules: [{ code: 'large-orders', totalAtLeast: eur(200_000), tiers: [{ role: 'APPROVER', count: 1 }] }],
      },
    });
    expect(b2b.router.calls).toHaveLength(1);
  });

  it('asks only for what is read', async () => {
    await start({ me });
    await ask(b2b.url, '{ dashboard { role } }', {}, 'buyer');
    await ask(
      b2b.url,
      '{ dashboard { a: credit { owed { minorUnits } } b: credit { aging { current { currency } } } } }',
      {},
      'buyer',
    );
    expect(b2b.router.calls.map(({ request }) => request.variables)).toEqual([
      { credit: false, aging: false, loyalty: false, approvalRules: false },
      { credit: true, aging: true, loyalty: false, approvalRules: false },
    ]);
  });

  it('has no account before a location is chosen, and for who does not see it', async () => {
    await start({ me: { ...me, companyLocation: null } });
    const query = '{ dashboard { location { id } credit { owed { minorUnits } } } }';
    expect(await ask(b2b.url, query, {}, 'buyer')).toEqual({ dashboard: { location: null, credit: null } });
    await b2b.stop();
    await start({ me: { ...me, companyLocation: { ...me.companyLocation, credit: null } } });
    expect(await ask(b2b.url, query, {}, 'buyer')).toEqual({
      dashboard: { location: { id: 'location-1' }, credit: null },
    });
  });

  it('is not there for staff, nor once the membership has ended', async () => {
    await start({ me: null });
    expect(await ask(b2b.url, '{ dashboard { role } team { invitations { id } } }', {}, 'staff')).toEqual({
      dashboard: null,
      team: null,
    });
    await b2b.stop();
    await start({ me: { company: null, companyRole: null, companyLocation: null, loyalty: null } });
    expect(await ask(b2b.url, '{ dashboard { role } locations { edges { cursor } } }', {}, 'buyer')).toEqual({
      dashboard: null,
      locations: null,
    });
  });
});

describe('the company', () => {
  const location = { id: 'location-1', name: 'Hotel Bergblick' };
  const person = {
    id: 'm1',
    role: 'BUYER',
    givenName: 'Lukas',
    familyName: 'Gruber',
    email: null,
    location,
    joinedAt: NOW,
  };
  const invitation = {
    id: 'i1',
    email: 'new@bergblick.example',
    role: 'BUYER',
    location: null,
    createdAt: NOW,
    expiresAt: NOW,
  };

  it('shows its team a page at a time, and invitations to who sees them', async () => {
    const asked: unknown[] = [];
    await start({
      me: {
        company: {
          members: (args: unknown) => (asked.push(args), page(person)),
          invitations: page(invitation),
        },
      },
    });
    const query =
      'query ($after: Cursor) { team(first: 1, after: $after) { members { edges { cursor node { id role email location { name } } } pageInfo { endCursor hasNextPage } } invitations { email role } } }';
    expect(await ask(b2b.url, query, { after: 'cursor-3' }, 'admin')).toEqual({
      team: {
        members: {
          edges: [
            { cursor: 'cursor-0', node: { id: 'm1', role: 'BUYER', email: null, location: { name: location.name } } },
          ],
          pageInfo: { endCursor: 'cursor-9', hasNextPage: true },
        },
        invitations: [{ email: invitation.email, role: 'BUYER' }],
      },
    });
    expect(asked).toEqual([{ first: 1, after: 'cursor-3' }]);
    await b2b.stop();
    await start({ me: { company: { invitations: null } } });
    expect(await ask(b2b.url, '{ team { invitations { id } } }', {}, 'buyer')).toEqual({ team: { invitations: null } });
  });

  it('shows its locations, and the companies below it to administrators', async () => {
    await start({
      me: {
        company: {
          locations: page({ ...location, currency: 'EUR', termsDays: 30, address: { country: 'DE' } }),
          children: (args: { first: number }) =>
            args.first === 5 ? page({ id: 'company-2', name: 'Karwendel', status: 'ACTIVE' }) : null,
        },
      },
    });
    expect(
      await ask(
        b2b.url,
        '{ locations { edges { node { name termsDays address { country } } } } childCompanies(first: 5) { edges { node { name status } } } }',
        {},
        'admin',
      ),
    ).toEqual({
      locations: { edges: [{ node: { name: location.name, termsDays: 30, address: { country: 'DE' } } }] },
      childCompanies: { edges: [{ node: { name: 'Karwendel', status: 'ACTIVE' } }] },
    });
    expect(await ask(b2b.url, '{ childCompanies { edges { cursor } } }', {}, 'buyer')).toEqual({
      childCompanies: null,
    });
  });

  it('tells what was charged and paid, for the location of the member unless another one is named', async () => {
    const asked: unknown[] = [];
    const entry = { id: 'e1', kind: 'ORDER', amount: eur(5_000), reference: 'K-1', bookedAt: NOW, dueOn: '2026-03-02' };
    await start({
      companyStatement: (args: unknown) => (
        asked.push(args),
        { location, openingBalance: eur(0), closingBalance: eur(5_000), entries: page(entry) }
      ),
    });
    const query = `query ($id: ID) { statement(companyLocationId: $id, from: "2026-01-01T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z", first: 2) {
      location { name } openingBalance { minorUnits } closingBalance { minorUnits } entries { edges { node { kind amount { minorUnits } reference dueOn } } pageInfo { endCursor } } } }`;
    expect(await ask(b2b.url, query, {}, 'buyer')).toEqual({
      statement: {
        location: { name: location.name },
        openingBalance: { minorUnits: 0 },
        closingBalance: { minorUnits: 5_000 },
        entries: {
          edges: [{ node: { kind: 'ORDER', amount: { minorUnits: 5_000 }, reference: 'K-1', dueOn: '2026-03-02' } }],
          pageInfo: { endCursor: 'cursor-9' },
        },
      },
    });
    await ask(b2b.url, query, { id: 'location-2' }, 'buyer');
    expect(asked).toMatchObject([{ companyLocationId: 'location-1' }, { companyLocationId: 'location-2' }]);
    expect(await ask(b2b.url, query, {}, 'staff')).toEqual({ statement: null });
    expect(b2b.router.calls).toHaveLength(2);
  });

  it.each([
    ['companyLocationChoose', 'companyLocationId: "location-2"', { __typename: 'CompanyLocationChosen', location }],
    [
      'companyMemberInvite',
      'email: "new@bergblick.example", role: BUYER',
      { __typename: 'CompanyMemberInvited', invitation },
    ],
    ['companyInvitationRevoke', 'invitationId: "i1"', { __typename: 'CompanyInvitationRevoked', invitationId: 'i1' }],
    ['companyMemberRoleSet', 'memberId: "m1", role: APPROVER', { __typename: 'CompanyMemberChanged', member: person }],
    ['companyMemberRemove', 'memberId: "m1"', { __typename: 'CompanyMemberRemoved', memberId: 'm1' }],
    [
      'companyMemberRemove',
      'memberId: "m1"',
      { __typename: 'NotFound', code: 'NOT_FOUND', message: 'No.', path: ['input'] },
    ],
  ])('passes %s on, and what became of it back', async (verb, input, outcome) => {
    await start({ [verb]: outcome });
    const answer = await ask<Record<string, object>>(
      b2b.url,
      `mutation { ${verb}(input: { ${input} }) { __typename ... on UserError { code } } }`,
      {},
      'admin',
    );
    expect(answer[verb]).toMatchObject({ __typename: outcome.__typename });
    expect(b2b.router.calls[0]!.request.query).toContain(verb);
  });
});
