import { newId } from '@kontor/kit/src/ids.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { asCustomer, asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetUnverified } from './commands/profile/forget-unverified.ts';
import { lockCustomer } from './data/profile/locked-customers.ts';
import { createSigningHarness, type Data, type SigningHarness } from './testing/signing-harness.ts';

let harness: SigningHarness;
beforeAll(async () => (harness = await createSigningHarness()));
afterAll(() => harness.stop());

const staff = asStaff(['customers:read', 'customers:write', 'customers:lookup']);
const ask = async (query: string, variables: Record<string, unknown>, call: Call): Promise<Data> => {
  const { data, errors } = await harness.publicly(query, variables, call);
  expect(errors).toBeUndefined();
  return data;
};
/** Runs one mutation by its name. */
const run = async (field: string, input: Record<string, unknown>, selection: string, call: Call) => {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${field}(input: $input) { __typename ${selection} ... on UserError { code path } } }`;
  return (await ask(query, { input }, call))[field];
};
const IDENTITIES = 'identities { id kind source value verifiedAt isPrimary }';
const CHANGED = `... on IdentityChanged { identity { id kind source value verifiedAt isPrimary } customer { email phone version ${IDENTITIES} } }`;
const ADDRESSES = 'addresses { id label street city country isDefaultShipping isDefaultBilling version }';
const ENSURE =
  'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId created ambiguous } }';
const ensure = async (input: Record<string, unknown>) =>
  (await harness.internal(ENSURE, { input })).customerEnsure as {
    customerId: string | null;
    created: boolean;
    ambiguous: boolean;
  };
let count = 0;
/** A person with an address of their own. */
const person = async () => (await ensure({ email: `person-${(count += 1)}@example.com` })).customerId!;
const of = async (id: string, selection: string, call: Call = staff): Promise<Data> =>
  (await ask(`query ($id: ID!) { customer(id: $id) { ${selection} } }`, { id }, call)).customer;
const valuesOf = async (id: string) =>
  ((await of(id, IDENTITIES)).identities as { value: string }[]).map(({ value }) => value);
const topicsOf = async (id: string) =>
  (await harness.db.sql<{ topic: string }[]>`select topic from customers.outbox where key = ${id} order by seq`).map(
    ({ topic }) => topic,
  );

describe('customerByIdentity', () => {
  it('finds by card, by a channel’s id and by a verified number, in one statement, and by no number that is not verified', async () => {
    const id = await person();
    const set = (input: Record<string, unknown>) =>
      run('customerIdentitySet', { customerId: id, ...input }, CHANGED, staff);
    await set({ kind: 'LOYALTY_CARD', value: 'kn-0042 77' });
    await set({ kind: 'EXTERNAL', source: 'marketplace', value: 'Buyer-1' });
    await run('identityAdd', { kind: 'PHONE', value: '+49 30 555001' }, CHANGED, asCustomer(id));
    const find = (kind: string, value: string, source: string | null = null) =>
      ask(
        'query ($kind: CustomerIdentityKind!, $source: String, $value: String!) { customerByIdentity(kind: $kind, source: $source, value: $value) { id } }',
        { kind, source, value },
        staff,
      ).then(({ customerByIdentity }) => customerByIdentity);
    expect(await find('LOYALTY_CARD', 'KN004277')).toEqual({ id });
    expect(await find('EXTERNAL', 'Buyer-1', 'marketplace')).toEqual({ id });
    expect(await find('EXTERNAL', 'buyer-1', 'marketplace')).toBeNull();
    expect(await find('EXTERNAL', 'Buyer-1')).toBeNull();
    expect(await find('PHONE', '+4930555001')).toBeNull();
    await set({ kind: 'PHONE', value: '+4930555001' });
    harness.statements.length = 0;
    expect(await find('PHONE', '+49 30 555001')).toEqual({ id });
    expect(harness.statements.filter((text) => text.includes('customers.identities'))).toHaveLength(1);
  });

  it('is refused to guests, customers and staff without the scope', async () => {
    const query = '{ customerByIdentity(kind: EMAIL, value: "person-1@example.com") { id } }';
    for (const call of [asGuest(), asCustomer(newId()), asStaff(['customers:lookup'])])
      expect((await harness.publicly(query, {}, call)).errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('customerEnsure', () => {
  it('finds a person by an external id, a card, an address or a verified number', async () => {
    const externalId = { source: 'market', value: 'M-1' };
    const first = await ensure({ email: 'all@example.com', externalId, loyaltyCard: 'CARD-001' });
    expect(first).toMatchObject({ created: true, ambiguous: false });
    const { customerId } = first;
    await run('customerIdentitySet', { customerId, kind: 'PHONE', value: '+49305550100' }, CHANGED, staff);
    for (const input of [
      { externalId },
      { loyaltyCard: 'card001' },
      { email: 'ALL@example.com' },
      { phone: '+49305550100' },
    ])
      expect(await ensure(input)).toEqual({ customerId, created: false, ambiguous: false });
  });

  it('lets the external id decide before the card and the card before the address, and writes nothing then', async () => {
    const channel = (await ensure({ externalId: { source: 'market', value: 'M-2' } })).customerId;
    const card = (await ensure({ loyaltyCard: 'CARD-002' })).customerId;
    const address = (await ensure({ email: 'two@example.com' })).customerId;
    const named = { email: 'two@example.com', givenName: 'Ada', familyName: 'Byron' };
    expect(await ensure({ ...named, loyaltyCard: 'CARD-002', externalId: { source: 'market', value: 'M-2' } })).toEqual(
      {
        customerId: channel,
        created: false,
        ambiguous: true,
      },
    );
    expect(await ensure({ ...named, loyaltyCard: 'CARD-002' })).toEqual({
      customerId: card,
      created: false,
      ambiguous: true,
    });
    for (const id of [channel, card, address])
      expect(await of(id!, 'givenName version')).toEqual({ givenName: null, version: 1 });
  });

  it('makes one profile when many name a person by different things at once', async () => {
    const externalId = { source: 'market', value: 'M-3' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        ensure(
          index % 2
            ? { externalId, loyaltyCard: 'CARD-003' }
            : { loyaltyCard: 'CARD-003', externalId, email: 'three@example.com' },
        ),
      ),
    );
    expect(new Set(answers.map(({ customerId }) => customerId)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });

  it('adds an external id to a guest’s profile, and neither an address nor a card, which would open it', async () => {
    const { customerId } = await ensure({ email: 'relay@example.com' });
    const externalId = { source: 'market', value: 'M-4' };
    await ensure({ email: 'relay@example.com', loyaltyCard: 'CARD-004', externalId });
    await ensure({ email: 'stranger@example.com', externalId });
    expect(await valuesOf(customerId!)).toEqual(['relay@example.com', 'M-4']);
    expect(await ensure({ externalId })).toEqual({ customerId, created: false, ambiguous: false });
  });

  it('gives the profile of an account only by a verified address, also when it is not the primary one', async () => {
    const { customer, token } = await harness.signUp('account@example.com');
    expect((await ensure({ email: 'account@example.com' })).customerId).toBeNull();
    const call = await harness.callerOf(token);
    const verification = await harness.tokenTo('account@example.com');
    await harness.verify(verification);
    expect((await ensure({ email: 'account@example.com' })).customerId).toBe(customer.id);
    await run('identityAdd', { kind: 'EMAIL', value: 'victim@example.com' }, CHANGED, call);
    expect(await ensure({ email: 'victim@example.com' })).toEqual({
      customerId: null,
      created: false,
      ambiguous: false,
    });
  });

  it('makes nobody of a number alone, and refuses what names nobody', async () => {
    expect(await ensure({ phone: '+49305550999' })).toEqual({ customerId: null, created: false, ambiguous: false });
    for (const input of [
      {},
      { loyaltyCard: '4111 1111 1111 1111' },
      { externalId: { source: 'https://issuer', value: 'x' } },
    ])
      await expect(ensure(input)).rejects.toThrow();
  });
});

describe('identityAdd and identityVerify', () => {
  it('adds an address unverified, and verifies it by the mail, for its owner alone and once', async () => {
    const id = await person();
    const other = asCustomer(await person());
    const added = await run('identityAdd', { kind: 'EMAIL', value: ' Second@Example.com' }, CHANGED, asCustomer(id));
    expect(added.identity).toMatchObject({ value: 'second@example.com', verifiedAt: null, isPrimary: false });
    const primary = { identityId: added.identity.id };
    expect(await run('identityPrimarySet', primary, CHANGED, asCustomer(id))).toMatchObject({ code: 'NOT_VERIFIED' });
    const token = await harness.tokenTo('second@example.com');
    expect(await run('identityVerify', { token }, CHANGED, other)).toMatchObject({ code: 'INVALID_TOKEN' });
    const verified = await run('identityVerify', { token }, CHANGED, asCustomer(id));
    expect(verified.identity).toMatchObject({ value: 'second@example.com', verifiedAt: expect.any(String) as string });
    expect(await run('identityVerify', { token }, CHANGED, asCustomer(id))).toMatchObject({ code: 'INVALID_TOKEN' });
    const set = await run('identityPrimarySet', primary, CHANGED, asCustomer(id));
    expect(set.customer.email).toBe('second@example.com');
    expect(await topicsOf(id)).toContain('customers.identity.verified');
  });

  it('gives an address to one of two who add it at once', async () => {
    const ids = [await person(), await person()];
    const outcomes = await Promise.all(
      ids.map((id) => run('identityAdd', { kind: 'EMAIL', value: 'wanted@example.com' }, CHANGED, asCustomer(id))),
    );
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['IdentityChanged', 'InvalidInput']);
    expect(outcomes.find(({ code }) => code)).toMatchObject({ code: 'IDENTITY_TAKEN', path: ['input', 'value'] });
    const [row] = await harness.db
      .sql`select count(*)::int as count from customers.identities where value = 'wanted@example.com'`;
    expect(row!.count).toBe(1);
  });

  it('forgets an address that nobody verified for a day, so that its owner can add it', async () => {
    const [squatter, owner] = [await person(), await person()];
    const value = 'squatted@example.com';
    await run('identityAdd', { kind: 'EMAIL', value }, CHANGED, asCustomer(squatter));
    await forgetUnverified(harness.db);
    expect(await run('identityAdd', { kind: 'EMAIL', value }, CHANGED, asCustomer(owner))).toMatchObject({
      code: 'IDENTITY_TAKEN',
    });
    await harness.db
      .sql`update customers.identities set created_at = created_at - interval '25 hours' where value = ${value}`;
    const added = await run('identityAdd', { kind: 'EMAIL', value }, CHANGED, asCustomer(owner));
    expect(added.identity).toMatchObject({ value });
    await harness.db
      .sql`update customers.identities set created_at = created_at - interval '25 hours' where value = ${value}`;
    await forgetUnverified(harness.db);
    expect(await valuesOf(owner)).not.toContain(value);
    expect(await valuesOf(owner)).toHaveLength(1);
  });

  it('adds no more than ten a day', async () => {
    const call = asCustomer(await person());
    for (let index = 0; index < 10; index += 1)
      expect(await run('identityAdd', { kind: 'PHONE', value: `+4930777${100 + index}` }, CHANGED, call)).toMatchObject(
        { __typename: 'IdentityChanged' },
      );
    expect(await run('identityAdd', { kind: 'PHONE', value: '+4930777999' }, CHANGED, call)).toMatchObject({
      code: 'TOO_MANY_ATTEMPTS',
    });
  });

  it.each([
    [{ kind: 'LOYALTY_CARD', value: 'CARD-99' }, 'INVALID_KIND', ['input', 'kind']],
    [{ kind: 'EXTERNAL', value: 'x' }, 'INVALID_KIND', ['input', 'kind']],
    [{ kind: 'EMAIL', value: 'nothing' }, 'INVALID_EMAIL', ['input', 'value']],
    [{ kind: 'PHONE', value: '030' }, 'INVALID_PHONE', ['input', 'value']],
    [{ kind: 'PHONE', value: ' ' }, 'INVALID_PHONE', ['input', 'value']],
  ])('refuses %j', async (input, code, path) => {
    expect(await run('identityAdd', input, CHANGED, asCustomer(await person()))).toMatchObject({ code, path });
  });
});

describe('identityRemove', () => {
  it('keeps the last address and the primary one, and makes the oldest number the primary one', async () => {
    const id = await person();
    const call = asCustomer(id);
    const remove = (identityId: string) => run('identityRemove', { identityId }, CHANGED, call);
    const [first] = (await of(id, IDENTITIES)).identities;
    expect(await remove(first.id)).toMatchObject({ code: 'LAST_SIGN_IN' });
    const added = await run('identityAdd', { kind: 'EMAIL', value: 'spare@example.com' }, CHANGED, call);
    expect(await remove(first.id)).toMatchObject({ code: 'PRIMARY_IDENTITY' });
    expect((await remove(added.identity.id)).customer.identities).toHaveLength(1);
    expect(await remove(added.identity.id)).toMatchObject({ __typename: 'NotFound' });
    const [one] = [
      (await run('identityAdd', { kind: 'PHONE', value: '+49301001' }, CHANGED, call)).identity,
      (await run('identityAdd', { kind: 'PHONE', value: '+49301002' }, CHANGED, call)).identity,
    ];
    expect((await remove(one.id)).customer.phone).toBe('+49301002');
  });

  it('does not reach identities of others, for customers and for staff who name another profile', async () => {
    const [mine, theirs] = [await person(), await person()];
    const [identity] = (await of(theirs, IDENTITIES)).identities;
    for (const field of ['identityRemove', 'identityPrimarySet'])
      expect(await run(field, { identityId: identity.id }, CHANGED, asCustomer(mine))).toMatchObject({
        code: 'NOT_FOUND',
      });
    const input = { customerId: mine, identityId: identity.id };
    expect(await run('customerIdentityRemove', input, CHANGED, staff)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await valuesOf(theirs)).toHaveLength(1);
  });

  it('lets staff take a lost card off', async () => {
    const customerId = await person();
    const set = await run(
      'customerIdentitySet',
      { customerId, kind: 'LOYALTY_CARD', value: 'LOST-01' },
      CHANGED,
      staff,
    );
    const again = await run(
      'customerIdentitySet',
      { customerId, kind: 'LOYALTY_CARD', value: 'lost01' },
      CHANGED,
      staff,
    );
    expect(again.identity).toEqual(set.identity);
    expect(again.customer.version).toBe(set.customer.version);
    const input = { customerId, identityId: set.identity.id };
    expect((await run('customerIdentityRemove', input, CHANGED, staff)).identity).toBeNull();
    expect(await valuesOf(customerId)).toHaveLength(1);
  });

  it('verifies one number for one of two at once', async () => {
    const ids = [await person(), await person()];
    for (const id of ids) await run('identityAdd', { kind: 'PHONE', value: '+49305556' }, CHANGED, asCustomer(id));
    const outcomes = await Promise.all(
      ids.map((customerId) =>
        run('customerIdentitySet', { customerId, kind: 'PHONE', value: '+49305556' }, CHANGED, staff),
      ),
    );
    expect(outcomes.map(({ code }) => code ?? 'ok').sort()).toEqual(['IDENTITY_TAKEN', 'ok']);
  });
});

describe('customerCreate and customerUpdate', () => {
  const CREATED = '... on CustomerCreated { customer { id email phone givenName locale } }';
  it('makes a person at the till with a verified number, which finds them', async () => {
    const till = asStaff(['customers:lookup'], 'pos');
    const input = { phone: '+49 30 8801', phoneVerified: true, loyaltyCard: 'TILL-01', givenName: 'Ada', locale: 'de' };
    const { customer } = await run(
      'customerCreate',
      input,
      '... on CustomerCreated { customer { id givenName } }',
      till,
    );
    expect(await of(customer.id, 'phone locale givenName')).toEqual({
      phone: '+49308801',
      locale: 'de',
      givenName: 'Ada',
    });
    expect((await ensure({ phone: '+49308801' })).customerId).toBe(customer.id);
    const taken = await run('customerCreate', { email: 'fresh@example.com', loyaltyCard: 'till 01' }, CREATED, till);
    expect(taken).toMatchObject({ code: 'IDENTITY_TAKEN', path: ['input', 'loyaltyCard'] });
    expect((await ensure({ email: 'fresh@example.com' })).created).toBe(true);
    expect(await run('customerCreate', { givenName: 'Nobody' }, CREATED, till)).toMatchObject({
      code: 'IDENTITY_NEEDED',
    });
  });

  it('changes a profile at the version that was read, and refuses any other', async () => {
    const customerId = await person();
    const update = (expectedVersion: number, givenName: string) =>
      run(
        'customerUpdate',
        { customerId, expectedVersion, givenName, locale: 'en-GB' },
        '... on CustomerUpdated { customer { version givenName locale } } ... on VersionConflict { currentVersion }',
        staff,
      );
    const outcomes = await Promise.all([update(1, 'One'), update(1, 'Two')]);
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['CustomerUpdated', 'VersionConflict']);
    expect(outcomes.find(({ currentVersion }) => currentVersion)).toMatchObject({ currentVersion: 2 });
    expect(await of(customerId, 'version locale')).toEqual({ version: 2, locale: 'en-GB' });
    const missing = { customerId: newId(), expectedVersion: 1 };
    expect(await run('customerUpdate', missing, '', staff)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('addresses', () => {
  const SAVED = `... on AddressSaved { address { id version isDefaultShipping isDefaultBilling } customer { ${ADDRESSES} } } ... on VersionConflict { currentVersion }`;
  const REMOVED = `... on AddressRemoved { removed customer { ${ADDRESSES} } }`;
  const home = { street: 'Main Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
  const add = (call: Call, address: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
    run('addressAdd', { address: { ...home, ...address }, ...more }, SAVED, call);

  it('makes the first the default of both kinds, and hands a default on when it is removed', async () => {
    const call = asCustomer(await person());
    const first = await add(call, { label: 'Home' });
    expect(first.address).toMatchObject({ isDefaultShipping: true, isDefaultBilling: true });
    const second = await add(call, { label: 'Work' }, { defaultFor: ['BILLING'] });
    expect(second.address).toMatchObject({ isDefaultShipping: false, isDefaultBilling: true });
    expect(second.customer.addresses[0]).toMatchObject({
      label: 'Home',
      isDefaultShipping: true,
      isDefaultBilling: false,
    });
    const removed = await run('addressRemove', { addressId: first.address.id }, REMOVED, call);
    expect(removed.customer.addresses).toMatchObject([
      { label: 'Work', isDefaultShipping: true, isDefaultBilling: true },
    ]);
    expect(await run('addressRemove', { addressId: first.address.id }, REMOVED, call)).toMatchObject({
      removed: false,
    });
  });

  it('keeps exactly one default of a kind when many set it at once', async () => {
    const id = await person();
    const call = asCustomer(id);
    const ids: string[] = [];
    for (let index = 0; index < 4; index += 1) ids.push((await add(call)).address.id);
    const outcomes = await Promise.all(
      ids.flatMap((addressId) =>
        ['SHIPPING', 'BILLING'].map((kind) => run('addressDefaultSet', { addressId, kind }, SAVED, call)),
      ),
    );
    expect(outcomes.every(({ __typename }) => __typename === 'AddressSaved')).toBe(true);
    const { addresses } = await of(id, ADDRESSES);
    expect(addresses.filter(({ isDefaultShipping }: Data) => isDefaultShipping)).toHaveLength(1);
    expect(addresses.filter(({ isDefaultBilling }: Data) => isDefaultBilling)).toHaveLength(1);
  });

  it('replaces an address at the version that was read, for its owner alone', async () => {
    const call = asCustomer(await person());
    const { address } = await add(call);
    const update = (by: Call, expectedVersion: number, street: string) =>
      run('addressUpdate', { addressId: address.id, expectedVersion, address: { ...home, street } }, SAVED, by);
    expect(await update(asCustomer(await person()), address.version, 'Mine now')).toMatchObject({ code: 'NOT_FOUND' });
    const outcomes = await Promise.all([update(call, address.version, 'A 1'), update(call, address.version, 'B 2')]);
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['AddressSaved', 'VersionConflict']);
    const other = asCustomer(await person());
    expect(await run('addressDefaultSet', { addressId: address.id, kind: 'BILLING' }, SAVED, other)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await run('addressRemove', { addressId: address.id }, REMOVED, other)).toMatchObject({ removed: false });
  });

  it.each([
    [{ street: null }, 'ADDRESS_INCOMPLETE', 'street'],
    [{ postalCode: ' ' }, 'ADDRESS_INCOMPLETE', 'postalCode'],
    [{ city: 'x'.repeat(201) }, 'INVALID_ADDRESS', 'city'],
    [{ name: 'a\nb' }, 'INVALID_ADDRESS', 'name'],
    [{ street2: '4111 1111 1111 1111' }, 'INVALID_ADDRESS', 'street2'],
    [{ phone: '030' }, 'INVALID_PHONE', 'phone'],
  ])('refuses %j and keeps nothing', async (address, code, field) => {
    const id = await person();
    expect(await add(asCustomer(id), address)).toMatchObject({ code, path: ['input', 'address', field] });
    expect(await of(id, 'addresses { id } version')).toEqual({ addresses: [], version: 1 });
  });

  it('accepts 50 of one person, also when more are added at once', async () => {
    const call = asCustomer(await person());
    const outcomes = await Promise.all(Array.from({ length: 52 }, () => add(call)));
    expect(outcomes.filter(({ code }) => code === 'TOO_MANY_ADDRESSES')).toHaveLength(2);
  });
});

describe('preferencesSet', () => {
  const PREFERENCES = 'preferences { key text number isOn }';
  const set = (preferences: Record<string, unknown>[], call: Call) =>
    run('preferencesSet', { preferences }, `... on PreferencesChanged { customer { version ${PREFERENCES} } }`, call);

  it('sets, clears and keeps, and counts what changes nothing as no change', async () => {
    const call = asCustomer(await person());
    await set(
      [
        { key: 'locale', text: 'de' },
        { key: 'topics.sale', isOn: true },
        { key: 'web.columns', number: 3 },
      ],
      call,
    );
    const changed = await set([{ key: 'web.columns' }, { key: 'topics.sale', isOn: false }], call);
    expect(changed.customer).toEqual({
      version: 3,
      preferences: [
        { key: 'locale', text: 'de', number: null, isOn: null },
        { key: 'topics.sale', text: null, number: null, isOn: false },
      ],
    });
    expect((await set([{ key: 'locale', text: 'de' }, { key: 'nothing' }], call)).customer.version).toBe(3);
  });

  it('keeps 50 at most, also when many are set at once, and refuses hostile keys', async () => {
    const id = await person();
    const call = asCustomer(id);
    const keys = (from: number) => Array.from({ length: 30 }, (_, index) => ({ key: `k${from + index}`, number: 1 }));
    const outcomes = await Promise.all([set(keys(0), call), set(keys(100), call)]);
    expect(outcomes.map(({ code }) => code ?? 'ok').sort()).toEqual(['TOO_MANY_PREFERENCES', 'ok']);
    for (const key of ['__proto__', 'Constructor', ''])
      expect(await set([{ key, text: 'x' }], call)).toMatchObject({
        code: 'INVALID_PREFERENCE',
        path: ['input', 'preferences', '0', 'key'],
      });
    expect(await set([{ key: 'a', text: 'x', isOn: true }], call)).toMatchObject({ code: 'INVALID_PREFERENCE' });
    expect((await of(id, PREFERENCES)).preferences).toHaveLength(30);
  });
});

describe('consents', () => {
  const CONSENT = 'purpose channel isGranted source textVersion proof';
  const RECORDED = `... on ConsentRecorded { consent { ${CONSENT} } customer { version consents { ${CONSENT} } } }`;
  const newsletter = { purpose: 'newsletter', channel: 'email' };

  it('keeps every change in order, shows what holds, and records nothing twice', async () => {
    const id = await person();
    const call = asCustomer(id);
    const grant = (isGranted: boolean, textVersion: string | null = null) =>
      run('consentSet', { ...newsletter, isGranted, textVersion }, RECORDED, call);
    expect((await grant(false)).consent).toBeNull();
    await Promise.all(Array.from({ length: 5 }, () => grant(true, 'v1')));
    await grant(true, 'v2');
    await grant(false);
    const recorded = await run(
      'customerConsentSet',
      { customerId: id, ...newsletter, isGranted: true, proof: 'form 12' },
      RECORDED,
      staff,
    );
    expect(recorded.customer.consents).toEqual([
      { ...newsletter, isGranted: true, source: 'STAFF', textVersion: null, proof: 'form 12' },
    ]);
    const page = async (after: string | null) =>
      (
        await ask(
          `query ($after: Cursor) { me { consentHistory(first: 3, after: $after) { edges { node { isGranted textVersion } } pageInfo { hasNextPage endCursor } } } }`,
          { after },
          call,
        )
      ).me.consentHistory;
    const first = await page(null);
    const rest = await page(first.pageInfo.endCursor);
    expect([...first.edges, ...rest.edges].map(({ node }) => [node.isGranted, node.textVersion])).toEqual([
      [true, null],
      [false, null],
      [true, 'v2'],
      [true, 'v1'],
    ]);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('cannot be rewritten or deleted in the database: only moved by a merge and freed of its proof', async () => {
    const [id, survivor] = [await person(), await person()];
    await run(
      'customerConsentSet',
      { customerId: id, ...newsletter, isGranted: true, proof: 'form 13' },
      RECORDED,
      staff,
    );
    const { sql } = harness.db;
    await expect(sql`update customers.consents set granted = false where customer_id = ${id}`).rejects.toThrow(
      'stays as it is',
    );
    await expect(sql`update customers.consents set proof = 'other' where customer_id = ${id}`).rejects.toThrow(
      'stays as it is',
    );
    await expect(sql`delete from customers.consents where customer_id = ${id}`).rejects.toThrow('stays as it is');
    await sql`update customers.consents set customer_id = ${survivor}, proof = null where customer_id = ${id}`;
    expect((await of(survivor, `consents { ${CONSENT} }`)).consents).toHaveLength(1);
  });

  it.each([
    [{ purpose: 'News letter' }, 'purpose'],
    [{ channel: '' }, 'channel'],
    [{ textVersion: 'x'.repeat(101) }, 'textVersion'],
  ])('refuses %j', async (change, field) => {
    const outcome = await run(
      'consentSet',
      { ...newsletter, isGranted: true, ...change },
      RECORDED,
      asCustomer(await person()),
    );
    expect(outcome).toMatchObject({ path: ['input', field] });
  });
});

describe('who sees what belongs to a profile', () => {
  const OWN =
    'identities { id } addresses { id } preferences { key } consents { purpose } consentHistory { edges { cursor } } groups { code } segments { code }';

  it('never shows a note or statistics to the customer, nor anything to others', async () => {
    const id = await person();
    const note = await run(
      'customerNoteAdd',
      { customerId: id, body: ' Rude on the telephone. ' },
      '... on CustomerNoteAdded { note { body author } }',
      staff,
    );
    expect(note.note).toEqual({ body: 'Rude on the telephone.', author: 'staff-1' });
    for (const field of ['notes { body }', 'statistics { orders }']) {
      const answer = await harness.publicly(`{ me { id ${field} } }`, {}, asCustomer(id));
      expect(answer.data.me).toEqual({ id, [field.split(' ')[0]!]: null });
      expect(answer.errors[0].extensions.code).toBe('FORBIDDEN');
    }
    expect((await of(id, 'notes { body }')).notes).toEqual([{ body: 'Rude on the telephone.' }]);
    for (const call of [asGuest(), asCustomer(await person()), asStaff(['customers:write'])])
      expect(await of(id, OWN, call)).toBeNull();
    const mine = await of(id, OWN, asCustomer(id));
    expect(Object.values(mine)).not.toContain(null);
  });

  it('shows nothing of a profile that a till sees the name of', async () => {
    const till = asStaff(['customers:lookup'], 'pos');
    const input = { loyaltyCard: `SEEN-${(count += 1)}` };
    const { customer } = await run('customerCreate', input, `... on CustomerCreated { customer { ${OWN} } }`, till);
    expect(Object.values(customer)).toEqual(Array.from({ length: 7 }, () => null));
  });

  it('is nothing for a profile that was erased', async () => {
    const id = await person();
    await run('customerNoteAdd', { customerId: id, body: 'A note' }, '', staff);
    await run('profileUpdate', { locale: 'de', givenName: 'Ada' }, '', asCustomer(id));
    await harness.db
      .sql`update customers.customers set given_name = null, family_name = null, locale = null, erased_at = now() where customer_id = ${id}`;
    await harness.db.sql`delete from customers.identities where customer_id = ${id}`;
    expect(await of(id, `email phone givenName familyName locale ${OWN} notes { body }`)).toEqual({
      email: null,
      phone: null,
      givenName: null,
      familyName: null,
      locale: null,
      identities: [],
      addresses: [],
      preferences: [],
      consents: [],
      consentHistory: { edges: [] },
      groups: [],
      segments: [],
      notes: [],
    });
    expect(await run('customerNoteAdd', { customerId: id, body: 'Another' }, '', staff)).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('reads what belongs to 100 people in one statement a kind', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, () => person()));
    expect(ids).toHaveLength(100);
    // What is done beside requests, every second, can only add to what is counted.
    await eventually(async () => {
      harness.statements.length = 0;
      const { customers } = await ask(
        `{ customers(first: 100) { edges { node { id ${IDENTITIES} ${ADDRESSES} groups { code } segments { code } preferences { key } consents { purpose } notes { body } statistics { orders } consentHistory(first: 5) { edges { cursor } } } } } }`,
        {},
        staff,
      );
      expect(customers.edges).toHaveLength(100);
      const decidesSegments =
        /segments_version|segments_due_at|for update skip locked|customers\.app_now\(\)\) \* 1000/;
      const own = harness.statements.filter(
        (text) =>
          /customers\.(customers|identities|addresses|group_members|preferences|consents|notes|customer_statistics)\b/.test(
            text,
          ) && !decidesSegments.test(text),
      );
      // The page; identities, addresses, memberships (groups and segments alike), preferences, consents, history, notes, statistics.
      expect(own).toHaveLength(9);
    });
  });

  it('pages people, newest first, without gaps', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { customers }: Data = await ask(
        'query ($after: Cursor) { customers(first: 50, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        { after },
        staff,
      );
      seen.push(...customers.edges.map(({ node }: Data) => node.id as string));
      if (!customers.pageInfo.hasNextPage) break;
      after = customers.pageInfo.endCursor as string;
    }
    const rows = await harness.db.sql<
      { id: string }[]
    >`select customer_id as id from customers.customers where erased_at is null order by customer_id desc`;
    expect(seen).toEqual(rows.map(({ id }) => id));
  });
});

describe('old ids of merged profiles', () => {
  it('mean the survivor for commands and for what is shown', async () => {
    const [survivor, absorbed] = [await person(), await person()];
    await harness.db.sql`delete from customers.identities where customer_id = ${absorbed}`;
    await harness.db.sql`update customers.customers set merged_into = ${survivor} where customer_id = ${absorbed}`;
    const saved = await run(
      'preferencesSet',
      { preferences: [{ key: 'locale', text: 'de' }] },
      '... on PreferencesChanged { customer { id } }',
      asCustomer(absorbed),
    );
    expect(saved.customer.id).toBe(survivor);
    const { me } = await ask('{ me { id preferences { text } } }', {}, asCustomer(absorbed));
    expect(me).toEqual({ id: survivor, preferences: [{ text: 'de' }] });
    expect(await inTransaction(harness.db, (tx) => lockCustomer(tx, absorbed))).toMatchObject({ id: survivor });
  });
});
