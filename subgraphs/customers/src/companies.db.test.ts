import { asGuest, asStaff, callAs } from '@kontor/testkit/src/callers.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompanyHarness, EUR, staff, type CompanyHarness, type Person } from './testing/company-harness.ts';

let harness: CompanyHarness;
beforeAll(async () => (harness = await createCompanyHarness()));
afterAll(() => harness.stop());

const COMPANY = `query ($id: ID!) { company(id: $id) { id name parent { id } children { edges { node { id } } }
  locations { edges { node { id credit { limit { minorUnits } } } } } members { edges { node { role givenName email } } }
  invitations { edges { node { email } } } } }`;
const ROLE = `mutation ($input: CompanyMemberRoleSetInput!) { companyMemberRoleSet(input: $input) { __typename
  ... on CompanyMemberChanged { member { id role } } ... on UserError { code path } } }`;
const REMOVE = `mutation ($input: CompanyMemberRemoveInput!) { companyMemberRemove(input: $input) { __typename
  ... on CompanyMemberRemoved { memberId } ... on UserError { code path } } }`;
const LEAVE =
  'mutation { companyLeave { __typename ... on CompanyLeft { companyId } ... on UserError { code path } } }';
const REVOKE = `mutation ($input: CompanyInvitationRevokeInput!) { companyInvitationRevoke(input: $input) { __typename
  ... on UserError { code } } }`;
const see = async (id: string, call: Person['call']) => (await harness.ask(COMPANY, { id }, call)).company;
const setRole = async (memberId: string | null, role: string, call: Person['call']) =>
  (await harness.ask(ROLE, { input: { memberId, role } }, call)).companyMemberRoleSet;
const remove = async (memberId: string | null, call: Person['call']) =>
  (await harness.ask(REMOVE, { input: { memberId } }, call)).companyMemberRemove;
const leave = async (call: Person['call']) => (await harness.ask(LEAVE, {}, call)).companyLeave;
const activeRoles = async (companyId: string) =>
  (
    await harness.db.sql<{ role: string }[]>`
      select role from customers.company_members where company_id = ${companyId} and left_at is null order by member_id`
  ).map(({ role }) => role);

describe('companySet', () => {
  it('changes what is named, clears what is null, counts versions and tells each change once', async () => {
    const made = await harness.set({ name: ' Analytical Engines ', taxId: 'DE1', externalReference: 'erp-1' });
    expect(made.company).toMatchObject({ name: 'Analytical Engines', version: 1, status: 'ACTIVE', timeZone: 'UTC' });
    const { id } = made.company;
    const input = { companyId: id, expectedVersion: 1, taxId: null, timeZone: 'Europe/Berlin' };
    expect((await harness.set(input)).company).toMatchObject({ version: 2, timeZone: 'Europe/Berlin' });
    expect(await harness.set(input)).toEqual({
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
      path: ['input', 'expectedVersion'],
      currentVersion: 2,
    });
    expect((await harness.set({ companyId: id, taxId: null })).company).toMatchObject({ version: 2 });
    const told = await harness.db.sql<{ payload: unknown }[]>`
      select payload from customers.outbox where topic = 'customers.company.changed' and key = ${id} order by seq`;
    expect(told.map(({ payload }) => payload)).toEqual([
      { companyId: id, version: 1 },
      { companyId: id, version: 2 },
    ]);
  });

  it.each([
    [{}, 'INVALID_TEXT', 'name'],
    [{ name: 'x'.repeat(201) }, 'INVALID_TEXT', 'name'],
    [{ name: 'A', timeZone: '+01:00' }, 'INVALID_TIME_ZONE', 'timeZone'],
    [{ name: 'A', parentId: 'none' }, 'UNKNOWN_PARENT', 'parentId'],
    [{ name: 'A', parentId: newId() }, 'UNKNOWN_PARENT', 'parentId'],
  ])('refuses %j', async (input, code, field) => {
    expect(await harness.set(input)).toEqual({ __typename: 'InvalidInput', code, path: ['input', field] });
  });

  it('refuses names and references that another company has', async () => {
    await harness.company({ name: 'Taken', externalReference: 'taken' });
    expect(await harness.set({ name: 'Taken' })).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await harness.set({ name: 'Free', externalReference: 'taken' })).toMatchObject({ code: 'REFERENCE_TAKEN' });
  });

  it('refuses a cycle, and trees of more than eight levels, also when a branch is moved', async () => {
    const chain: string[] = [await harness.company()];
    for (let level = 2; level <= 8; level += 1) chain.push(await harness.company({ parentId: chain.at(-1) }));
    expect(await harness.set({ name: 'Ninth', parentId: chain[7] })).toMatchObject({ code: 'TREE_TOO_DEEP' });
    expect(await harness.set({ companyId: chain[0], parentId: chain[7] })).toMatchObject({ code: 'COMPANY_CYCLE' });
    expect(await harness.set({ companyId: chain[0], parentId: chain[0] })).toMatchObject({ code: 'COMPANY_CYCLE' });
    const top = await harness.company();
    expect(await harness.set({ companyId: chain[0], parentId: top })).toMatchObject({ code: 'TREE_TOO_DEEP' });
    expect(await harness.set({ companyId: chain[1], parentId: top })).toMatchObject({ __typename: 'CompanySet' });
  });

  it('makes no cycle when two companies go below each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await harness.company(), await harness.company()];
      const outcomes = await Promise.all([
        harness.set({ companyId: one, parentId: other }),
        harness.set({ companyId: other, parentId: one }),
      ]);
      expect(outcomes.map((outcome) => outcome.code ?? outcome.__typename).sort()).toEqual([
        'COMPANY_CYCLE',
        'CompanySet',
      ]);
    }
  });

  it('is for staff with the scope alone', async () => {
    const before = await harness.db.sql`select count(*) from customers.companies`;
    const admin = await harness.member(await harness.company({ name: 'Its own' }), 'ADMIN');
    for (const call of [asGuest(), asStaff(['companies:read']), admin.call]) {
      const { errors } = await harness.publicly(
        'mutation { companySet(input: { name: "Mine" }) { __typename } companyLocationSet(input: { name: "Mine" }) { __typename } }',
        {},
        call,
      );
      expect(errors?.map((error: { extensions: { code: string } }) => error.extensions.code)).toEqual(['FORBIDDEN']);
    }
    expect(Number((await harness.db.sql`select count(*) from customers.companies`)[0]!['count'])).toBe(
      Number(before[0]!['count']) + 1,
    );
  });
});

describe('who sees what of a company', () => {
  let top: string;
  let middle: string;
  let leaf: string;
  let sibling: string;
  beforeAll(async () => {
    top = await harness.company({ name: 'Top' });
    middle = await harness.company({ name: 'Middle', parentId: top });
    leaf = await harness.company({ name: 'Leaf', parentId: middle });
    sibling = await harness.company({ name: 'Sibling', parentId: top });
    await harness.location(middle);
  });

  it('shows a buyer the own company and nothing above, beside or below it', async () => {
    const buyer = await harness.member(middle, 'BUYER');
    const seen = await see(middle, buyer.call);
    expect(seen).toMatchObject({ name: 'Middle', parent: null, children: null, invitations: null });
    expect(seen.locations.edges[0].node.credit).toEqual({ limit: { minorUnits: 100_000 } });
    expect(seen.members.edges).toContainEqual({ node: { role: 'BUYER', givenName: null, email: null } });
    for (const id of [top, leaf, sibling, newId(), 'none']) expect(await see(id, buyer.call)).toBeNull();
  });

  it('shows an administrator the companies below as well, with addresses and invitations', async () => {
    const admin = await harness.member(middle, 'ADMIN');
    const below = await harness.member(leaf, 'BUYER');
    const seen = await see(middle, admin.call);
    expect(seen).toMatchObject({
      parent: null,
      children: { edges: [{ node: { id: leaf } }] },
      invitations: { edges: [] },
    });
    expect(seen.members.edges).toContainEqual({ node: { role: 'ADMIN', givenName: null, email: admin.email } });
    expect(await see(leaf, admin.call)).toMatchObject({
      parent: { id: middle },
      members: { edges: [{ node: { role: 'BUYER', email: below.email } }] },
    });
    for (const id of [top, sibling]) expect(await see(id, admin.call)).toBeNull();
  });

  it('shows approvers no credit', async () => {
    const approver = await harness.member(middle, 'APPROVER');
    expect((await see(middle, approver.call)).locations.edges[0].node.credit).toBeNull();
  });

  it('shows staff everything, guests nothing, and holders of customers:read the name alone', async () => {
    expect(await see(top, staff)).toMatchObject({ name: 'Top', parent: null });
    expect(await see(top, asGuest())).toBeNull();
    expect(await see(middle, asStaff(['customers:read']))).toEqual({
      id: middle,
      name: 'Middle',
      parent: { id: top },
      children: null,
      locations: null,
      members: null,
      invitations: null,
    });
  });

  it('believes what is written, not what a token says', async () => {
    const stranger = await harness.person('stranger');
    const { caller } = stranger.call;
    const forged = callAs({ ...caller, companyId: middle, companyRole: 'ADMIN' });
    expect(await see(middle, forged)).toBeNull();
    const entities = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Company { name } } }`;
    expect((await harness.ask(entities, { of: [{ __typename: 'Company', id: middle }] }, forged))._entities).toEqual([
      null,
    ]);
  });

  it('lists companies for staff, a page at a time', async () => {
    const query = `query ($after: Cursor, $parentId: ID) { companies(first: 1, after: $after, parentId: $parentId) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await harness.ask(query, { parentId: top })).companies;
    const second = (await harness.ask(query, { parentId: top, after: first.pageInfo.endCursor })).companies;
    expect([first.edges[0].node.id, second.edges[0].node.id, second.pageInfo.hasNextPage]).toEqual([
      middle,
      sibling,
      false,
    ]);
    const { errors } = await harness.publicly(query, {}, asStaff(['customers:read']));
    expect(errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('companyLocationSet', () => {
  it('keeps what is not named and answers a conflict of versions', async () => {
    const companyId = await harness.company();
    const { location } = await harness.setLocation({
      companyId,
      name: 'Plant',
      address: { street: ' Ringstraße 2 ', country: 'AT' },
      currency: 'EUR',
      priceListCode: 'wholesale',
      termsDays: 15,
      creditLimit: EUR(5_000),
      defaultChannel: 'b2b',
      taxExemption: { country: 'AT', number: 'U1', validUntil: '2031-01-01T00:00:00Z' },
    });
    expect(location).toEqual({
      id: location.id,
      name: 'Plant',
      version: 1,
      currency: 'EUR',
      termsDays: 15,
      priceListCode: 'wholesale',
      defaultChannel: 'b2b',
      address: { street: 'Ringstraße 2', city: null, country: 'AT' },
      taxExemption: { country: 'AT', number: 'U1', validUntil: '2031-01-01T00:00:00.000Z' },
      credit: { limit: EUR(5_000) },
    });
    const change = { companyLocationId: location.id, expectedVersion: 1, taxExemption: null, termsDays: null };
    expect((await harness.setLocation(change)).location).toEqual({
      ...location,
      version: 2,
      taxExemption: null,
      termsDays: null,
    });
    expect(await harness.setLocation(change)).toMatchObject({ __typename: 'VersionConflict', currentVersion: 2 });
    expect(await harness.setLocation({ companyLocationId: newId() })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    [{ termsDays: 7 }, 'INVALID_TERMS', ['termsDays']],
    [{ creditLimit: { minorUnits: 1, currency: 'USD' } }, 'WRONG_CURRENCY', ['creditLimit', 'currency']],
    [{ creditLimit: EUR(-1) }, 'INVALID_AMOUNT', ['creditLimit', 'minorUnits']],
    [{ currency: undefined }, 'INCOMPLETE', ['currency']],
    [{ taxExemption: { country: 'DE', number: ' ' } }, 'INVALID_TEXT', ['taxExemption', 'number']],
  ])('refuses %j and makes nothing', async (change, code, path) => {
    const companyId = await harness.company();
    const input = { companyId, name: 'Refused', address: { country: 'DE' }, currency: 'EUR', ...change };
    expect(await harness.setLocation(input)).toMatchObject({
      __typename: 'InvalidInput',
      code,
      path: ['input', ...path],
    });
    const rows = await harness.db.sql`select 1 from customers.company_locations where company_id = ${companyId}`;
    expect(rows).toHaveLength(0);
  });
});

describe('companyLocationChoose', () => {
  it('changes what the member buys for, and ends tokens that say otherwise', async () => {
    const companyId = await harness.company();
    const [first, second] = [await harness.location(companyId), await harness.location(companyId)];
    const elsewhere = await harness.location(await harness.company());
    const buyer = await harness.member(companyId, 'BUYER', first);
    expect(await harness.choose(second, buyer.call)).toEqual({
      __typename: 'CompanyLocationChosen',
      location: { id: second },
    });
    for (const id of [elsewhere, newId(), 'none'])
      expect(await harness.choose(id, buyer.call)).toMatchObject({ code: 'NOT_FOUND' });
    const context =
      'query ($ids: [ID!]!) { companyContext(customerIds: $ids) { customerId companyId companyRole companyLocationId currency termsDays taxExemption { number } } }';
    expect((await harness.internal(context, { ids: [buyer.id, newId(), 'none'] })).companyContext).toEqual([
      {
        customerId: buyer.id,
        companyId,
        companyRole: 'BUYER',
        companyLocationId: second,
        currency: 'EUR',
        termsDays: 30,
        taxExemption: null,
      },
    ]);
    const me = 'query { me { companyRole company { id } companyLocation { id } } }';
    expect((await harness.ask(me, {}, buyer.call)).me).toEqual({
      companyRole: 'BUYER',
      company: { id: companyId },
      companyLocation: { id: second },
    });
  });

  it('tells an exemption only while it is valid', async () => {
    const companyId = await harness.company();
    const taxExemption = { country: 'DE', number: 'X1', validUntil: '2001-01-01T00:00:00Z' };
    const buyer = await harness.member(companyId, 'BUYER', await harness.location(companyId, { taxExemption }));
    const context = 'query ($ids: [ID!]!) { companyContext(customerIds: $ids) { taxExemption { number } } }';
    expect((await harness.internal(context, { ids: [buyer.id] })).companyContext).toEqual([{ taxExemption: null }]);
  });
});

describe('members', () => {
  it('keeps one administrator when two remove each other, give up their roles or leave at once', async () => {
    for (const way of ['remove', 'role', 'leave'] as const) {
      const companyId = await harness.company();
      const admins = [await harness.member(companyId, 'ADMIN'), await harness.member(companyId, 'ADMIN')];
      const outcomes = await Promise.all(
        admins.map((admin, index) => {
          if (way === 'leave') return leave(admin.call);
          const other = admins[1 - index]!;
          return way === 'remove' ? remove(other.memberId, admin.call) : setRole(admin.memberId, 'BUYER', admin.call);
        }),
      );
      const refused = outcomes.filter(({ code }) => code !== undefined);
      expect(refused).toHaveLength(1);
      // Who was removed meanwhile sees no member any more.
      expect(refused[0].code).toBe(way === 'remove' ? 'NOT_FOUND' : 'LAST_ADMIN');
      expect((await activeRoles(companyId)).filter((role) => role === 'ADMIN')).toEqual(['ADMIN']);
    }
  });

  it('refuses to remove or degrade the last administrator, for staff as well', async () => {
    const companyId = await harness.company();
    const admin = await harness.member(companyId, 'ADMIN');
    await harness.member(companyId, 'BUYER');
    expect(await remove(admin.memberId, staff)).toMatchObject({ code: 'LAST_ADMIN' });
    expect(await setRole(admin.memberId, 'APPROVER', staff)).toMatchObject({ code: 'LAST_ADMIN' });
    expect(await leave(admin.call)).toMatchObject({ code: 'LAST_ADMIN' });
    expect(await activeRoles(companyId)).toEqual(['ADMIN', 'BUYER']);
  });

  it('ends what an ex-member sees, with the tokens, and tells the profile’s change', async () => {
    const companyId = await harness.company();
    const admin = await harness.member(companyId, 'ADMIN');
    const email = 'leaving@example.com';
    const signedIn = await harness.signUp(email);
    await harness.invite({ email, role: 'BUYER' }, admin.call);
    const session = await harness.callerOf(signedIn.token);
    const joined = await harness.accept(await harness.tokenTo(email, /^Buy for/), session);
    expect(joined).toMatchObject({ __typename: 'CompanyJoined', company: { id: companyId } });
    expect(await see(companyId, session)).not.toBeNull();
    const refreshed = await harness.refresh(signedIn.refreshToken);
    expect(await harness.claimsOf(refreshed.token)).toMatchObject({ companyId, companyRole: 'BUYER' });
    const revoked = () => harness.db.sql`
      select 1 from customers.revocations where credential_id = ${session.caller.credentialId!}`;
    const before = (await revoked()).length;

    expect(await remove(joined.memberId, admin.call)).toEqual({
      __typename: 'CompanyMemberRemoved',
      memberId: joined.memberId,
    });
    expect((await revoked()).length).toBe(before + 1);
    expect(await see(companyId, session)).toBeNull();
    expect((await harness.ask('{ me { company { id } companyRole companyLocation { id } } }', {}, session)).me).toEqual(
      {
        company: null,
        companyRole: null,
        companyLocation: null,
      },
    );
    expect(await leave(session)).toMatchObject({ code: 'NOT_FOUND' });
    await eventually(() =>
      expect(harness.heard.filter(({ key }) => key === signedIn.customer.id).length).toBeGreaterThanOrEqual(3),
    );
  });

  it('lets nobody but administrators of the company and staff change members: others find none', async () => {
    const companyId = await harness.company();
    await harness.member(companyId, 'ADMIN');
    const buyer = await harness.member(companyId, 'BUYER');
    const approver = await harness.member(companyId, 'APPROVER');
    const foreign = await harness.member(await harness.company(), 'ADMIN');
    for (const call of [buyer.call, approver.call, foreign.call, asGuest(), asStaff(['companies:read'])]) {
      expect(await setRole(buyer.memberId, 'ADMIN', call)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await remove(approver.memberId, call)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await harness.invite({ companyId, email: 'x@example.com', role: 'ADMIN' }, call)).toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    expect(await activeRoles(companyId)).toEqual(['ADMIN', 'BUYER', 'APPROVER']);
    expect(await setRole(buyer.memberId, 'APPROVER', staff)).toMatchObject({ member: { role: 'APPROVER' } });
  });
});

describe('invitations', () => {
  it('are mailed, accepted once and by the address alone, and show that it is theirs', async () => {
    const companyId = await harness.company({ name: 'Inviting Limited' });
    const locationId = await harness.location(companyId);
    const admin = await harness.member(companyId, 'ADMIN');
    const invited = await harness.person('invited');
    const other = await harness.person('other');
    const outcome = await harness.invite(
      { email: ` ${invited.email.toUpperCase()}`, role: 'APPROVER', locationId, locale: 'de' },
      admin.call,
    );
    expect(outcome.invitation).toMatchObject({ email: invited.email, role: 'APPROVER' });
    expect((await see(companyId, admin.call)).invitations.edges).toEqual([{ node: { email: invited.email } }]);
    const token = await harness.tokenTo(invited.email);
    expect(JSON.stringify(await harness.db.sql`select m::text as row from customers.one_time_tokens m`)).not.toContain(
      token,
    );
    expect(await harness.accept(token, other.call)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await harness.accept('ot_nothing', invited.call)).toMatchObject({ code: 'NOT_FOUND' });

    const outcomes = await Promise.all(Array.from({ length: 8 }, () => harness.accept(token, invited.call)));
    expect(outcomes.map((each) => each.code ?? each.__typename).sort()).toEqual([
      'CompanyJoined',
      ...Array.from({ length: 7 }, () => 'NOT_FOUND'),
    ]);
    const [row] = await harness.db.sql`
      select m.role, m.company_location_id, (select verified_at is not null from customers.identities where value = ${invited.email}) as verified
      from customers.company_members m where m.customer_id = ${invited.id} and left_at is null`;
    expect(row).toEqual({ role: 'APPROVER', company_location_id: locationId, verified: true });
    expect(
      await harness.db.sql`select 1 from customers.company_invitations where email = ${invited.email}`,
    ).toHaveLength(0);
    expect(await harness.invite({ email: invited.email, role: 'BUYER' }, admin.call)).toMatchObject({
      code: 'ALREADY_MEMBER',
    });
  });

  it('are accepted once when two people share the secret', async () => {
    const companyId = await harness.company();
    const admin = await harness.member(companyId, 'ADMIN');
    const invited = await harness.person('shared');
    const thief = await harness.person('thief');
    await harness.invite({ email: invited.email, role: 'ADMIN' }, admin.call);
    const token = await harness.tokenTo(invited.email);
    const [mine, theirs] = await Promise.all([harness.accept(token, invited.call), harness.accept(token, thief.call)]);
    expect(mine).toMatchObject({ __typename: 'CompanyJoined' });
    expect(theirs).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('use nothing up for somebody who buys for another company', async () => {
    const admin = await harness.member(await harness.company(), 'ADMIN');
    const busy = await harness.member(await harness.company(), 'BUYER');
    await harness.invite({ email: busy.email, role: 'BUYER' }, admin.call);
    const token = await harness.tokenTo(busy.email);
    expect(await harness.accept(token, busy.call)).toMatchObject({ code: 'ALREADY_MEMBER' });
    expect(await leave(busy.call)).toMatchObject({ __typename: 'CompanyLeft' });
    expect(await harness.accept(token, busy.call)).toMatchObject({ __typename: 'CompanyJoined' });
  });

  it('end when they are revoked, replaced or old', async () => {
    const companyId = await harness.company();
    const admin = await harness.member(companyId, 'ADMIN');
    const invited = await harness.person('ended');
    const first = await harness.invite({ email: invited.email, role: 'ADMIN' }, admin.call);
    const firstToken = await harness.tokenTo(invited.email);
    const second = await harness.invite({ email: invited.email, role: 'BUYER' }, admin.call);
    expect(await harness.accept(firstToken, invited.call)).toMatchObject({ code: 'NOT_FOUND' });
    const foreign = await harness.member(await harness.company(), 'ADMIN');
    const revoke = async (invitationId: string, call: Person['call']) =>
      (await harness.ask(REVOKE, { input: { invitationId } }, call)).companyInvitationRevoke;
    expect(await revoke(second.invitation.id, foreign.call)).toMatchObject({ code: 'NOT_FOUND' });
    const token = await harness.tokenTo(invited.email);
    expect(await revoke(second.invitation.id, admin.call)).toEqual({ __typename: 'CompanyInvitationRevoked' });
    expect(await revoke(first.invitation.id, admin.call)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await harness.accept(token, invited.call)).toMatchObject({ code: 'NOT_FOUND' });

    await harness.invite({ email: invited.email, role: 'BUYER' }, admin.call);
    const late = await harness.tokenTo(invited.email);
    const tomorrow = await harness.start({ nowOffset: '15 days' });
    const accept = 'mutation ($token: String!) { companyInvitationAccept(input: { token: $token }) { __typename } }';
    const { data } = await harness.publicly(accept, { token: late }, invited.call, tomorrow);
    expect(data.companyInvitationAccept).toEqual({ __typename: 'NotFound' });
    expect(await activeRoles(companyId)).toEqual(['ADMIN']);
  });

  it('are limited for each address', async () => {
    const admin = await harness.member(await harness.company(), 'ADMIN');
    const outcomes = [];
    for (let count = 0; count < 6; count += 1)
      outcomes.push(await harness.invite({ email: 'often@example.com', role: 'BUYER' }, admin.call));
    expect(outcomes.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      'TOO_MANY_INVITATIONS',
    ]);
  });
});
