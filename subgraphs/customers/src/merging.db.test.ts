import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent, EventBus } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { confirmHolds, placeHold } from './data/accounts/holds.ts';
import { findCustomers } from './data/profile/customers.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
let bus: EventBus;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const heard: DomainEvent[] = [];
const staff = asStaff(['customers:merge', 'customers:read']);

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  const { customers: identity } = await createTestIdentities(['customers']);
  bus = createMemoryBus();
  const topics = ['customers.customer.merged', 'customers.customer.unmerged', 'customers.customer.changed'];
  for (const topic of topics) await bus.consume(`test-${topic}`, [topic], async (events) => void heard.push(...events));
  service = createApp({ db, bus, identity, logger: silentLogger });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const publicly = async (query: string, variables: Record<string, unknown> = {}, call: Call = staff) => {
  const { data, errors } = await service.graph().execute<Data>({ query, variables }, call);
  expect(errors).toBeUndefined();
  return data;
};

interface Somebody {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly isVerified?: boolean;
  readonly points?: number;
}
let count = 0;
const unique = (): string => String((count += 1));

async function make({
  givenName,
  familyName,
  email,
  phone,
  isVerified = false,
  points = 0,
}: Somebody = {}): Promise<string> {
  const id = newId();
  await db.sql`insert into customers.customers (customer_id, given_name, family_name, revision, created_at, updated_at)
    values (${id}, ${givenName ?? null}, ${familyName ?? null}, 1, now(), now())`;
  if (email) await identify(id, 'EMAIL', email, { isVerified, isPrimary: true });
  if (phone) await identify(id, 'PHONE', phone, { isVerified, isPrimary: true });
  if (points > 0) await give(id, points);
  return id;
}

async function identify(
  customerId: string,
  kind: string,
  value: string,
  { isVerified = false, isPrimary = false, source = '' } = {},
): Promise<string> {
  const id = newId();
  await db.sql`insert into customers.identities (identity_id, customer_id, kind, source, value, is_primary, verified_at, created_at)
    values (${id}, ${customerId}, ${kind}, ${source}, ${value}, ${isPrimary}, ${isVerified ? '2026-01-01T00:00:00Z' : null}, now())`;
  return id;
}

const give = async (customerId: string, points: number) => {
  const [row] =
    await db.sql`select status from customers.adjust_points(${customerId}, ${points}, ${`gift-${unique()}`}, '', null, 'A gift', null)`;
  return row!['status'] as string;
};
const pointsOf = async (customerId: string): Promise<number> => {
  const [row] = await db.sql<{ balance: number }[]>`
    select coalesce(sum(balance), 0)::int as balance from customers.accounts where owner_id = ${customerId} and kind = 'POINTS'`;
  return row!.balance;
};
const identitiesOf = async (customerId: string) =>
  db.sql<{ kind: string; value: string; primary: boolean; verified: boolean }[]>`
    select kind, value, is_primary as primary, verified_at is not null as verified from customers.identities
    where customer_id = ${customerId} order by kind, value`;
const versionOf = async (id: string): Promise<number> => {
  const [row] = await db.sql<
    { revision: number }[]
  >`select revision::int from customers.customers where customer_id = ${id}`;
  return row!.revision;
};
const meant = async (id: string): Promise<string> => (await findCustomers(db.orm, [id]))[0]!.id;

const MERGE = `mutation ($input: CustomerMergeInput!) { customerMerge(input: $input) { __typename
  ... on CustomersMerged { mergeId customer { id email phone givenName familyName version formerIds } }
  ... on MergeBlocked { code path conflicts { code message } }
  ... on VersionConflict { path currentVersion } ... on UserError { code path } } }`;
const UNMERGE = `mutation ($input: CustomerUnmergeInput!) { customerUnmerge(input: $input) { __typename
  ... on CustomersUnmerged { mergeId survivor { id email phone givenName familyName } restored { id email phone givenName familyName } }
  ... on UnmergeBlocked { code path conflicts { code message } } ... on UserError { code path } } }`;

async function merge(survivorId: string, absorbedId: string, given: Record<string, unknown> = {}) {
  const versions = await Promise.all([survivorId, absorbedId].map(versionOf));
  const input = {
    survivorId,
    absorbedId,
    expectedSurvivorVersion: versions[0],
    expectedAbsorbedVersion: versions[1],
    idempotencyKey: newId(),
    ...given,
  };
  return (await publicly(MERGE, { input })).customerMerge;
}
const unmerge = async (mergeId: string, idempotencyKey = newId()) =>
  (await publicly(UNMERGE, { input: { mergeId, idempotencyKey } })).customerUnmerge;
const merged = async (survivorId: string, absorbedId: string): Promise<string> => {
  const outcome = await merge(survivorId, absorbedId);
  expect(outcome).toMatchObject({ __typename: 'CustomersMerged' });
  return outcome.mergeId;
};
const unmerged = async (mergeId: string) => {
  const outcome = await unmerge(mergeId);
  expect(outcome).toMatchObject({ __typename: 'CustomersUnmerged' });
  return outcome;
};
const codes = (outcome: Data): string[] => outcome.conflicts.map(({ code }: { code: string }) => code);

describe('customerMerge', () => {
  it('gives the survivor what the absorbed profile has, fills its gaps, and tells it once', async () => {
    const survivor = await make({ givenName: 'Jana', email: 'jana@merge.example' });
    const absorbed = await make({
      givenName: 'J.',
      familyName: 'Lindqvist',
      email: 'j@merge.example',
      phone: '+4930100',
      isVerified: true,
    });
    const outcome = await merge(survivor, absorbed);
    expect(outcome).toEqual({
      __typename: 'CustomersMerged',
      mergeId: expect.any(String) as string,
      customer: {
        id: survivor,
        // Verified beats unverified; otherwise what the survivor has stays.
        email: 'j@merge.example',
        phone: '+4930100',
        givenName: 'Jana',
        familyName: 'Lindqvist',
        version: 2,
        formerIds: [absorbed],
      },
    });
    expect(await identitiesOf(survivor)).toEqual([
      { kind: 'EMAIL', value: 'j@merge.example', primary: true, verified: true },
      { kind: 'EMAIL', value: 'jana@merge.example', primary: false, verified: false },
      { kind: 'PHONE', value: '+4930100', primary: true, verified: true },
    ]);
    expect(await identitiesOf(absorbed)).toEqual([]);
    const byOldId = await publicly(
      'query ($id: ID!) { customer(id: $id) { id } customerByEmail(email: "j@merge.example") { id } }',
      { id: absorbed },
    );
    expect(byOldId).toEqual({ customer: { id: survivor }, customerByEmail: { id: survivor } });
    const { mergeId } = outcome;
    await eventually(() =>
      expect(
        heard
          .filter((event) => event.topic.endsWith('.merged') && event.key === survivor)
          .map((event) => event.payload),
      ).toEqual([{ mergeId, survivorId: survivor, absorbedId: absorbed }]),
    );
    await eventually(() => {
      for (const id of [survivor, absorbed])
        expect(
          heard.filter((event) => event.topic.endsWith('.changed') && event.key === id).map((event) => event.payload),
        ).toEqual([{ customerId: id, revision: 2 }]);
    });
  });

  it('answers the same when it is repeated with its key, and refuses the key for anything else', async () => {
    const [survivor, absorbed, third] = [await make(), await make(), await make()];
    const given = { idempotencyKey: newId(), expectedSurvivorVersion: 1, expectedAbsorbedVersion: 1 };
    const first = await merge(survivor, absorbed, given);
    expect(await merge(survivor, absorbed, given)).toEqual(first);
    expect(await merge(survivor, third, given)).toMatchObject({ __typename: 'IdempotencyKeyReused' });
    expect(await meant(third)).toBe(third);
  });

  it('refuses profiles that have changed since, and changes nothing', async () => {
    const [survivor, absorbed] = [await make(), await make({ phone: '+4930101' })];
    expect(await merge(survivor, absorbed, { expectedSurvivorVersion: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      path: ['input', 'expectedSurvivorVersion'],
      currentVersion: 1,
    });
    expect(await merge(survivor, absorbed, { expectedAbsorbedVersion: 7 })).toMatchObject({
      path: ['input', 'expectedAbsorbedVersion'],
    });
    expect(await meant(absorbed)).toBe(absorbed);
    expect(await identitiesOf(absorbed)).toHaveLength(1);
    expect(await db.sql`select from customers.merges where survivor_id = ${survivor}`).toHaveLength(0);
  });

  it('names what stands against it', async () => {
    const [one, other, erased] = [await make(), await make(), await make()];
    await db.sql`update customers.customers set erased_at = now() where customer_id = ${erased}`;
    expect(codes(await merge(one, one))).toEqual(['SAME_PROFILE']);
    expect(codes(await merge(one, erased))).toEqual(['ERASED']);
    await merged(one, other);
    expect(codes(await merge(await make(), other))).toEqual(['ALREADY_MERGED']);
    expect(codes(await merge(other, await make()))).toEqual(['ALREADY_MERGED']);
    await db.sql`insert into customers.privacy_requests (request_id, kind, customer_id, requested_by, key_hash, request_hash, state, step, due_at, requested_at)
      values (${newId()}, 'EXPORT', ${one}, 'x', ${newId()}, 'x', 'RUNNING', 'x', now() + interval '1 day', now())`;
    expect(codes(await merge(one, await make()))).toEqual(['OPEN_PRIVACY_REQUEST']);
    const nobody = { survivorId: one, absorbedId: newId(), expectedSurvivorVersion: 1, expectedAbsorbedVersion: 1 };
    for (const input of [nobody, { ...nobody, absorbedId: 'none' }])
      expect((await publicly(MERGE, { input: { ...input, idempotencyKey: newId() } })).customerMerge).toMatchObject({
        __typename: 'NotFound',
        path: ['input', 'absorbedId'],
      });
  });

  it('is refused when they buy for different companies, and keeps the higher role in one company', async () => {
    const companies = [newId(), newId()];
    for (const id of companies)
      await db.sql`insert into customers.companies (company_id, name, created_at) values (${id}, ${`C ${id}`}, now())`;
    const join = async (customerId: string, companyId: string, role: string) =>
      db.sql`insert into customers.company_members (member_id, company_id, customer_id, role, joined_at) values (${newId()}, ${companyId}, ${customerId}, ${role}, now())`;
    const [survivor, stranger, colleague] = [await make(), await make(), await make()];
    await join(survivor, companies[0]!, 'BUYER');
    await join(stranger, companies[1]!, 'BUYER');
    await join(colleague, companies[0]!, 'ADMIN');
    expect(codes(await merge(survivor, stranger))).toEqual(['DIFFERENT_COMPANIES']);
    const mergeId = await merged(survivor, colleague);
    const active = async (id: string) =>
      db.sql`select role from customers.company_members where customer_id = ${id} and left_at is null`;
    expect(await active(survivor)).toEqual([{ role: 'ADMIN' }]);
    await unmerged(mergeId);
    expect(await active(survivor)).toEqual([{ role: 'BUYER' }]);
    expect(await active(colleague)).toEqual([{ role: 'ADMIN' }]);
  });

  it('is for staff with the scope alone', async () => {
    const [one, other] = [await make(), await make()];
    const input = {
      survivorId: one,
      absorbedId: other,
      expectedSurvivorVersion: 1,
      expectedAbsorbedVersion: 1,
      idempotencyKey: 'k',
    };
    for (const call of [asStaff(['customers:read', 'customers:write']), asCustomer(one)]) {
      const { errors } = await service.graph().execute<Data>({ query: MERGE, variables: { input } }, call);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await meant(other)).toBe(other);
  });

  it('moves addresses, notes, preferences, groups, consents and orders; defaults and settings of the survivor stay', async () => {
    const [survivor, absorbed] = [await make(), await make()];
    const address = async (id: string, street: string) =>
      db.sql`insert into customers.addresses (address_id, customer_id, street, country, is_default_shipping, is_default_billing, version, created_at, updated_at)
        values (${newId()}, ${id}, ${street}, 'DE', true, ${id === absorbed}, 1, now(), now())`;
    await address(survivor, 'Own street');
    await address(absorbed, 'Other street');
    await db.sql`insert into customers.notes (note_id, customer_id, body, author, created_at) values (${newId()}, ${absorbed}, 'A note', 'staff', now())`;
    for (const [id, key, value] of [
      [survivor, 'both', '1'],
      [absorbed, 'both', '2'],
      [absorbed, 'theirs', '3'],
    ] as const)
      await db.sql`insert into customers.preferences (customer_id, key, value, updated_at) values (${id}, ${key}, ${value}::jsonb, now())`;
    const group = `g${unique()}`;
    const shared = `g${unique()}`;
    for (const code of [group, shared])
      await db.sql`insert into customers.groups (code, kind, name, version, created_at, updated_at) values (${code}, 'GROUP', ${code}, 1, now(), now())`;
    for (const [id, code] of [
      [absorbed, group],
      [absorbed, shared],
      [survivor, shared],
    ] as const)
      await db.sql`insert into customers.group_members (customer_id, group_code, since) values (${id}, ${code}, now())`;
    const consent = async (id: string, granted: boolean) =>
      db.sql`insert into customers.consents (customer_id, purpose, channel, granted, source, recorded_by, recorded_at) values (${id}, 'NEWS', 'EMAIL', ${granted}, 'SELF', 'x', now())`;
    await consent(survivor, true);
    await consent(absorbed, false);
    for (const [id, total] of [
      [survivor, 100],
      [absorbed, 250],
    ] as const) {
      await db.sql`insert into customers.customer_orders (order_id, customer_id, channel, currency, total_minor, placed_at) values (${newId()}, ${id}, 'web', 'EUR', ${total}, '2026-01-01T00:00:00Z')`;
      await db.sql`insert into customers.customer_statistics (customer_id, channel, currency, orders, spent_minor, last_order_at) values (${id}, 'web', 'EUR', 1, ${total}, '2026-01-01T00:00:00Z')`;
    }
    const state = async (id: string) => ({
      addresses:
        await db.sql`select street, is_default_shipping as shipping, is_default_billing as billing from customers.addresses where customer_id = ${id} order by street`,
      notes: (await db.sql`select from customers.notes where customer_id = ${id}`).length,
      preferences: await db.sql`select key, value from customers.preferences where customer_id = ${id} order by key`,
      groups: (
        await db.sql`select group_code as code from customers.group_members where customer_id = ${id} order by group_code`
      ).map((row) => row['code'] as string),
      consents: await db.sql`select granted from customers.consents where customer_id = ${id} order by seq`,
      statistics:
        await db.sql`select orders, spent_minor::int as spent from customers.customer_statistics where customer_id = ${id}`,
    });
    const before = [await state(survivor), await state(absorbed)];
    const mergeId = await merged(survivor, absorbed);
    expect(await state(survivor)).toEqual({
      addresses: [
        { street: 'Other street', shipping: false, billing: true },
        { street: 'Own street', shipping: true, billing: false },
      ],
      notes: 1,
      preferences: [
        { key: 'both', value: 1 },
        { key: 'theirs', value: 3 },
      ],
      groups: [group, shared].sort(),
      consents: [{ granted: true }, { granted: false }],
      statistics: [{ orders: 2, spent: 350 }],
    });
    await unmerged(mergeId);
    expect([await state(survivor), await state(absorbed)]).toEqual(before);
  });

  it('lets sessions go on as the survivor’s, with new tokens, and the password open it when it has none', async () => {
    const [survivor, absorbed] = [await make(), await make({ email: `${unique()}@merge.example` })];
    const sessionId = newId();
    await db.sql`insert into customers.sessions (session_id, role, customer_id, channel, scopes, generation, rotated_at, created_at, last_used_at, expires_at, ends_at)
      values (${sessionId}, 'customer', ${absorbed}, 'web', '{}', 0, now(), now(), now(), now() + interval '1 day', now() + interval '1 day')`;
    await db.sql`insert into customers.passwords (customer_id, hash, changed_at) values (${absorbed}, '$argon2id$x', now())`;
    const mergeId = await merged(survivor, absorbed);
    const owners = async () =>
      [
        ...(await db.sql`select customer_id as id from customers.sessions where session_id = ${sessionId}`),
        ...(await db.sql`select customer_id as id from customers.passwords where customer_id in (${survivor}, ${absorbed})`),
      ].map((row) => row['id'] as string);
    expect(await owners()).toEqual([survivor, survivor]);
    expect(await db.sql`select from customers.revocations where credential_id = ${sessionId}`).toHaveLength(1);
    await unmerged(mergeId);
    expect(await owners()).toEqual([absorbed, absorbed]);
    expect(await db.sql`select from customers.revocations where credential_id = ${sessionId}`).toHaveLength(2);
  });

  it('has a number that both have once, verified when either has verified it', async () => {
    const phone = '+4930555';
    const survivor = await make({ phone });
    const absorbed = await make({ phone, isVerified: true });
    const mergeId = await merged(survivor, absorbed);
    expect(await identitiesOf(survivor)).toEqual([{ kind: 'PHONE', value: phone, primary: true, verified: true }]);
    await unmerged(mergeId);
    expect(await identitiesOf(survivor)).toEqual([{ kind: 'PHONE', value: phone, primary: true, verified: false }]);
    expect(await identitiesOf(absorbed)).toEqual([{ kind: 'PHONE', value: phone, primary: true, verified: true }]);
  });
});

describe('points of a merge', () => {
  it('are the survivor’s, and what was spent meanwhile both have spent', async () => {
    const [survivor, absorbed] = [await make({ points: 100 }), await make({ points: 40 })];
    const mergeId = await merged(survivor, absorbed);
    expect(await pointsOf(survivor)).toBe(140);
    expect(await give(absorbed, -110)).toBe('ADJUSTED');
    await unmerged(mergeId);
    expect([await pointsOf(survivor), await pointsOf(absorbed)]).toEqual([0, 30]);
    expect(
      await db.sql`select transaction_id from customers.ledger_entries group by 1 having sum(amount) <> 0`,
    ).toEqual([]);
  });

  it('stay held for an order that is being placed', async () => {
    const [survivor, absorbed] = [await make(), await make({ points: 50 })];
    const key = newId();
    expect(
      await placeHold(db.orm, { key, kind: 'POINTS', ownerId: absorbed, unit: 'POINTS', amount: 30, ttlS: 600 }),
    ).toMatchObject({ status: 'HELD' });
    const mergeId = await merged(survivor, absorbed);
    expect(await confirmHolds(db.orm, key)).toEqual({ done: true, status: 'CONFIRMED' });
    expect([await pointsOf(survivor), await pointsOf(absorbed)]).toEqual([20, 0]);
    await unmerged(mergeId);
    expect([await pointsOf(survivor), await pointsOf(absorbed)]).toEqual([0, 20]);
  });

  it('are taken once when an order is confirmed while the profiles are merged', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [survivor, absorbed] = [await make({ points: 10 }), await make({ points: 50 })];
      const key = newId();
      await placeHold(db.orm, { key, kind: 'POINTS', ownerId: absorbed, unit: 'POINTS', amount: 30, ttlS: 600 });
      const [outcome, ended] = await Promise.all([merge(survivor, absorbed), confirmHolds(db.orm, key)]);
      expect(outcome).toMatchObject({ __typename: 'CustomersMerged' });
      expect(ended).toEqual({ done: true, status: 'CONFIRMED' });
      expect([await pointsOf(survivor), await pointsOf(absorbed)]).toEqual([30, 0]);
    }
  });
});

describe('customerUnmerge', () => {
  it('gives names and primary addresses back, and leaves with the survivor what was added or changed since', async () => {
    const survivor = await make({ email: 'own@undo.example' });
    const absorbed = await make({
      givenName: 'Ada',
      familyName: 'Byron',
      email: 'theirs@undo.example',
      isVerified: true,
    });
    const mergeId = await merged(survivor, absorbed);
    await db.sql`update customers.customers set family_name = 'Changed' where customer_id = ${survivor}`;
    await identify(survivor, 'EMAIL', 'since@undo.example');
    expect(await unmerged(mergeId)).toEqual({
      __typename: 'CustomersUnmerged',
      mergeId,
      survivor: { id: survivor, email: 'own@undo.example', phone: null, givenName: null, familyName: 'Changed' },
      restored: { id: absorbed, email: 'theirs@undo.example', phone: null, givenName: 'Ada', familyName: 'Byron' },
    });
    expect((await identitiesOf(survivor)).map(({ value }) => value)).toEqual([
      'own@undo.example',
      'since@undo.example',
    ]);
    await eventually(() =>
      expect(
        heard
          .filter((event) => event.topic.endsWith('.unmerged') && event.key === survivor)
          .map((event) => event.payload),
      ).toEqual([{ mergeId, survivorId: survivor, absorbedId: absorbed }]),
    );
  });

  it('does not bring back what was deleted since', async () => {
    const [survivor, absorbed] = [await make(), await make({ phone: '+4930666' })];
    const mergeId = await merged(survivor, absorbed);
    await db.sql`delete from customers.identities where customer_id = ${survivor}`;
    await unmerged(mergeId);
    expect(await identitiesOf(absorbed)).toEqual([]);
  });

  it('undoes merges on top of one another from the last one on, and old ids lead to whoever they mean in between', async () => {
    const [a, b, c] = [
      await make({ phone: '+4930701' }),
      await make({ phone: '+4930702' }),
      await make({ phone: '+4930703' }),
    ];
    const first = await merged(b, a);
    const second = await merged(c, b);
    expect(await Promise.all([a, b, c].map(meant))).toEqual([c, c, c]);
    expect(
      await db.sql`select from customers.customers x join customers.customers y on y.customer_id = x.merged_into where y.merged_into is not null`,
    ).toHaveLength(0);
    const blocked = await unmerge(first);
    expect(blocked).toMatchObject({ __typename: 'UnmergeBlocked', path: ['input', 'mergeId'] });
    expect(codes(blocked)).toEqual(['LATER_MERGE']);
    expect(blocked.conflicts[0].message).toContain(second);
    await unmerged(second);
    expect(await Promise.all([a, b, c].map(meant))).toEqual([b, b, c]);
    expect((await identitiesOf(b)).map(({ value }) => value)).toEqual(['+4930701', '+4930702']);
    await unmerged(first);
    expect(await Promise.all([a, b, c].map(meant))).toEqual([a, b, c]);
    expect((await identitiesOf(a)).map(({ value }) => value)).toEqual(['+4930701']);
  });

  it('answers the same when it is repeated with its key, and is done once', async () => {
    const [survivor, absorbed] = [await make({ points: 5 }), await make({ points: 5 })];
    const mergeId = await merged(survivor, absorbed);
    const key = newId();
    const first = await unmerge(mergeId, key);
    expect(await unmerge(mergeId, key)).toEqual(first);
    expect(codes(await unmerge(mergeId))).toEqual(['ALREADY_UNDONE']);
    expect(await unmerge(newId())).toMatchObject({ __typename: 'NotFound' });
    expect([await pointsOf(survivor), await pointsOf(absorbed)]).toEqual([5, 5]);
  });

  it('is refused when the person was forgotten', async () => {
    const [survivor, absorbed] = [await make(), await make()];
    const mergeId = await merged(survivor, absorbed);
    await db.sql`update customers.customers set erased_at = now() where customer_id = ${survivor}`;
    expect(codes(await unmerge(mergeId))).toEqual(['ERASED']);
  });
});

describe('merges at once', () => {
  it('let one of two win that merge the same profiles into one another', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = [await make({ points: 3 }), await make({ points: 4 })];
      const outcomes = await Promise.all([merge(one, other), merge(other, one)]);
      expect(outcomes.filter(({ __typename }) => __typename === 'CustomersMerged')).toHaveLength(1);
      expect(outcomes.filter(({ __typename }) => __typename === 'MergeBlocked')).toHaveLength(1);
      const survivors = await Promise.all([one, other].map(meant));
      expect(new Set(survivors).size).toBe(1);
      expect(await pointsOf(survivors[0]!)).toBe(7);
    }
  });

  it('lose no identity that is added to the absorbed profile meanwhile', async () => {
    const ADD = 'mutation ($input: CustomerIdentitySetInput!) { customerIdentitySet(input: $input) { __typename } }';
    const clerk = asStaff(['customers:write', 'customers:read']);
    for (let round = 0; round < 8; round += 1) {
      const [survivor, absorbed] = [await make(), await make()];
      const values = [1, 2, 3].map(() => `CARD${unique().padStart(8, '0')}`);
      const [outcome, ...added] = await Promise.all([
        merge(survivor, absorbed),
        ...values.map((value) =>
          publicly(ADD, { input: { customerId: absorbed, kind: 'LOYALTY_CARD', value } }, clerk),
        ),
      ]);
      expect(added.map((each) => each.customerIdentitySet.__typename)).toEqual(values.map(() => 'IdentityChanged'));
      expect(['CustomersMerged', 'VersionConflict']).toContain(outcome.__typename);
      const owner = outcome.__typename === 'CustomersMerged' ? survivor : absorbed;
      expect((await identitiesOf(owner)).map(({ value }) => value)).toEqual(values);
    }
  });

  it('count every order that is placed meanwhile for whoever its buyer is', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [survivor, absorbed] = [await make(), await make()];
      const orders = Array.from({ length: 6 }, (_, index) => ({
        eventId: newId(),
        topic: 'orders.order.placed',
        key: newId(),
        occurredAt: '2026-01-01T00:00:00.000Z',
        payload: {
          orderId: newId(),
          number: `M-${unique()}`,
          channel: 'web',
          customerId: index % 2 ? survivor : absorbed,
          companyId: null,
          total: { minorUnits: 100, currency: 'EUR' },
          lines: [],
          placedAt: '2026-01-01T00:00:00.000Z',
        },
      }));
      const [outcome] = await Promise.all([merge(survivor, absorbed), ...orders.map((event) => bus.publish([event]))]);
      // An order that was counted first does not change what a merge was decided by.
      expect(outcome).toMatchObject({ __typename: 'CustomersMerged' });
      expect(
        await db.sql`select customer_id as id, orders, spent_minor::int as spent from customers.customer_statistics
          where customer_id in (${survivor}, ${absorbed})`,
      ).toEqual([{ id: survivor, orders: 6, spent: 600 }]);
    }
  });

  it('lose nothing in a ring of merges', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = await Promise.all([1, 2, 3, 4].map(() => make({ email: `ring-${unique()}@merge.example` })));
      await Promise.all(ids.map((id, index) => merge(ids[(index + 1) % ids.length]!, id)));
      const means = await Promise.all(ids.map(meant));
      const known = await Promise.all([...new Set(means)].map(identitiesOf));
      expect(known.flat()).toHaveLength(4);
    }
  });
});

describe('customerMergePreview', () => {
  const PREVIEW = `query ($survivorId: ID!, $absorbedId: ID!) { customerMergePreview(survivorId: $survivorId, absorbedId: $absorbedId) {
    survivor { id version } absorbed { id version } moves { part count } values { field value from reason instead } conflicts { code } notices { code } } }`;
  const preview = async (survivorId: string, absorbedId: string) =>
    (await publicly(PREVIEW, { survivorId, absorbedId })).customerMergePreview;

  it('tells what would move and which values win, and changes nothing', async () => {
    const survivor = await make({ givenName: 'Jana', email: 'own@preview.example' });
    const absorbed = await make({
      givenName: 'J.',
      familyName: 'L.',
      email: 'theirs@preview.example',
      isVerified: true,
      points: 12,
    });
    for (const id of [survivor, absorbed]) await identify(id, 'EXTERNAL', unique(), { source: 'marketplace' });
    expect(await preview(survivor, absorbed)).toEqual({
      survivor: { id: survivor, version: 1 },
      absorbed: { id: absorbed, version: 1 },
      moves: [
        { part: 'IDENTITIES', count: 2 },
        { part: 'POINTS', count: 12 },
      ],
      values: [
        { field: 'givenName', value: 'Jana', from: 'SURVIVOR', reason: 'OWN', instead: 'J.' },
        { field: 'familyName', value: 'L.', from: 'ABSORBED', reason: 'FILLS_GAP', instead: null },
        {
          field: 'email',
          value: 'theirs@preview.example',
          from: 'ABSORBED',
          reason: 'VERIFIED',
          instead: 'own@preview.example',
        },
      ],
      conflicts: [],
      notices: [{ code: 'EXTERNAL_IDS_OF_ONE_SOURCE' }],
    });
    expect(await meant(absorbed)).toBe(absorbed);
    expect(await preview(survivor, newId())).toBeNull();
    expect((await preview(survivor, survivor)).conflicts).toEqual([{ code: 'SAME_PROFILE' }]);
  });
});

describe('duplicateCustomers', () => {
  const DUPLICATES = `query ($first: Int, $after: Cursor) { duplicateCustomers(first: $first, after: $after) {
    edges { node { customer { id } other { id } inCommon } } pageInfo { hasNextPage endCursor } } }`;

  it('finds people of one name who share a number or a street, page by page', async () => {
    const named = { givenName: 'Zoë', familyName: `Twin-${unique()}` };
    const one = await make({ ...named, phone: '+4930801' });
    const other = await make({ givenName: 'ZOE', familyName: named.familyName.toUpperCase(), phone: '+4930801' });
    const third = await make(named);
    for (const [id, street] of [
      [one, 'Hauptstraße 1'],
      [third, 'HAUPTSTRASSE 1'],
    ] as const)
      await db.sql`insert into customers.addresses (address_id, customer_id, street, postal_code, country, version, created_at, updated_at)
        values (${newId()}, ${id}, ${street}, '10115', 'DE', 1, now(), now())`;
    await make(named);
    const found: Data[] = [];
    let after: string | null = null;
    for (let page = 0; page < 50; page += 1) {
      const { edges, pageInfo }: Data = (await publicly(DUPLICATES, { first: 1, after })).duplicateCustomers;
      found.push(...edges.map((edge: Data) => edge.node));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(found.filter((pair) => pair.customer.id === one)).toEqual([
      { customer: { id: one }, other: { id: other }, inCommon: ['PHONE'] },
      { customer: { id: one }, other: { id: third }, inCommon: ['ADDRESS'] },
    ]);
    await merged(one, other);
    const { duplicateCustomers } = await publicly(DUPLICATES, { first: 50 });
    expect(JSON.stringify(duplicateCustomers.edges)).not.toContain(other);
  });
});

describe('a history of merges, their undoing and edits', () => {
  interface Model {
    readonly alias: Map<number, number>;
    readonly owner: Map<string, number>;
    readonly points: number[];
    readonly standing: {
      mergeId: string;
      survivor: number;
      absorbed: number;
      aliases: number[];
      values: string[];
      brought: number;
    }[];
  }
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('merge' as const),
        one: fc.nat(5),
        other: fc.nat(5),
        points: fc.constant(0),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('unmerge' as const),
        one: fc.nat(5),
        other: fc.nat(5),
        points: fc.constant(0),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('identify' as const),
        one: fc.nat(5),
        other: fc.nat(5),
        points: fc.constant(0),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('forget' as const),
        one: fc.nat(5),
        other: fc.nat(50),
        points: fc.constant(0),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('adjust' as const),
        one: fc.nat(5),
        other: fc.nat(5),
        points: fc.integer({ min: -30, max: 40 }),
      }),
    },
  );

  it(
    'agrees with a simple model: nobody is lost or doubled, every old id means somebody, points are conserved',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
          const ids: string[] = [];
          const model: Model = { alias: new Map(), owner: new Map(), points: [], standing: [] };
          for (let index = 0; index < 6; index += 1) {
            const email = `model-${unique()}@merge.example`;
            ids.push(await make({ email, points: 10 }));
            model.owner.set(email, index);
            model.points.push(10);
          }
          const means = (index: number) => model.alias.get(index) ?? index;
          for (const { kind, one, other, points } of steps) {
            if (kind === 'merge') {
              const outcome = await merge(ids[one]!, ids[other]!);
              const possible = one !== other && !model.alias.has(one) && !model.alias.has(other);
              expect(outcome.__typename).toBe(possible ? 'CustomersMerged' : 'MergeBlocked');
              if (!possible) continue;
              const aliases = [other, ...[...model.alias].flatMap(([from, to]) => (to === other ? [from] : []))];
              const values = [...model.owner].flatMap(([value, owner]) => (owner === other ? [value] : []));
              model.standing.push({
                mergeId: outcome.mergeId,
                survivor: one,
                absorbed: other,
                aliases,
                values,
                brought: model.points[other]!,
              });
              for (const alias of aliases) model.alias.set(alias, one);
              for (const value of values) model.owner.set(value, one);
              model.points[one]! += model.points[other]!;
              model.points[other] = 0;
            } else if (kind === 'unmerge') {
              const found = model.standing[one % Math.max(1, model.standing.length)];
              if (!found) continue;
              const place = model.standing.indexOf(found);
              const isOnTop = model.standing.some(
                (later, index) =>
                  index > place && (later.survivor === found.survivor || later.absorbed === found.survivor),
              );
              const outcome = await unmerge(found.mergeId);
              expect(outcome.__typename).toBe(isOnTop ? 'UnmergeBlocked' : 'CustomersUnmerged');
              if (isOnTop) continue;
              model.standing.splice(place, 1);
              for (const alias of found.aliases) {
                if (alias === found.absorbed) model.alias.delete(alias);
                else model.alias.set(alias, found.absorbed);
              }
              for (const value of found.values)
                if (model.owner.get(value) === found.survivor) model.owner.set(value, found.absorbed);
              const back = Math.min(found.brought, model.points[found.survivor]!);
              model.points[found.survivor]! -= back;
              model.points[found.absorbed]! += back;
            } else if (kind === 'identify') {
              const value = `model-${unique()}@merge.example`;
              await identify(await meant(ids[one]!), 'EMAIL', value);
              model.owner.set(value, means(one));
            } else if (kind === 'forget') {
              const value = [...model.owner.keys()][other % Math.max(1, model.owner.size)];
              if (value === undefined) continue;
              await db.sql`delete from customers.identities where value = ${value}`;
              model.owner.delete(value);
            } else {
              const status = await give(ids[one]!, points || 1);
              const fits = model.points[means(one)]! + (points || 1) >= 0;
              expect(status).toBe(fits ? 'ADJUSTED' : 'INSUFFICIENT');
              if (fits) model.points[means(one)]! += points || 1;
            }
          }
          expect(await Promise.all(ids.map(meant))).toEqual(ids.map((_, index) => ids[means(index)]));
          for (const [index, id] of ids.entries()) {
            const expected = [...model.owner].flatMap(([value, owner]) => (owner === index ? [value] : [])).sort();
            const known = await identitiesOf(id);
            expect(known.map(({ value }) => value).sort()).toEqual(expected);
            expect(known.filter(({ primary }) => primary)).toHaveLength(
              model.alias.has(index) ? 0 : known.some(({ primary }) => primary) ? 1 : 0,
            );
            expect(await pointsOf(id)).toBe(model.points[index]);
          }
        }),
        { seed: 20_260_131, numRuns: 25 },
      );
    },
  );
});

it('keeps nothing personal of what was moved', async () => {
  const survivor = await make({ givenName: 'Secretname', email: 'secret@journal.example' });
  const absorbed = await make({
    familyName: 'Secretname',
    email: 'secret2@journal.example',
    phone: '+4930901',
    isVerified: true,
  });
  await merged(survivor, absorbed);
  const rows =
    await db.sql`select m::text from customers.merge_moves m union all select o.payload::text from customers.outbox o where o.key in (${survivor}, ${absorbed})`;
  const text = JSON.stringify(rows).toLowerCase();
  for (const personal of ['secretname', 'secret@', 'secret2@', '4930901']) expect(text).not.toContain(personal);
});

it('answers the survivor for an access key of the absorbed profile', async () => {
  const [survivor, absorbed] = [await make(), await make()];
  const hash = 'a'.repeat(63) + unique().slice(-1);
  await db.sql`insert into customers.credentials (credential_id, secret_hash, label, role, scopes, customer_id, created_at)
    values (${newId()}, ${hash}, 'A key', 'customer', '{}', ${absorbed}, now())`;
  await merged(survivor, absorbed);
  expect(await db.sql`select customer_id as id from customers.credentials where secret_hash = ${hash}`).toEqual([
    { id: survivor },
  ]);
});

it('answers one’s own profile to somebody who is signed in with an old id', async () => {
  const [survivor, absorbed] = [await make(), await make()];
  await merged(survivor, absorbed);
  const call = callAs({ ...asCustomer(absorbed).caller });
  expect(await publicly('{ me { id } }', {}, call)).toEqual({ me: { id: survivor } });
});
