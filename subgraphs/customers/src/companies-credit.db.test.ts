import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAging, readStatement } from './data/companies/statements.ts';
import { createCompanyHarness, EUR, staff, type CompanyHarness, type Person } from './testing/company-harness.ts';

let harness: CompanyHarness;
beforeAll(async () => (harness = await createCompanyHarness()));
afterAll(() => harness.stop());

const HOLD = `mutation ($input: CreditHoldInput!) { creditHold(input: $input) { __typename
  ... on CreditHeld { companyLocationId termsDays availableAmount { minorUnits currency } }
  ... on CreditExceeded { availableAmount { minorUnits } } ... on CreditUnavailable { reason } } }`;
const END = (field: string) => `mutation ($key: String!) { ${field}(input: { key: $key }) { done status } }`;
const REVERSE = `mutation ($input: CreditReverseInput!) { creditReverse(input: $input) { __typename
  ... on CreditReversed { remainingAmount { minorUnits } } ... on CreditReversalExceeded { remainingAmount { minorUnits } } } }`;
const BOOK = (field: string, type: string) => `mutation ($input: ${type}!) { ${field}(input: $input) { __typename
  ... on CreditBooked { bookingId location { credit { owed { minorUnits } available { minorUnits } } } } ... on UserError { code path } } }`;
const CREDIT = `query ($id: ID!) { company(id: $id) { locations { edges { node { credit { limit { minorUnits } owed { minorUnits }
  held { minorUnits } available { minorUnits } termsDays aging { current { minorUnits } days1To30 { minorUnits } } } } } } } }`;
const STATEMENT = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $first: Int, $after: Cursor) {
  companyStatement(companyLocationId: $id, from: $from, to: $to, first: $first, after: $after) {
    openingBalance { minorUnits } closingBalance { minorUnits }
    entries { edges { node { kind amount { minorUnits } reference dueOn } } pageInfo { hasNextPage endCursor } } } }`;

/** A company with one location of a limit in cents, and a buyer for it. */
async function shop(limitMinor: number, more: Record<string, unknown> = {}) {
  const companyId = await harness.company({ timeZone: 'Europe/Berlin' });
  const locationId = await harness.location(companyId, { creditLimit: EUR(limitMinor), ...more });
  const buyer = await harness.member(companyId, 'BUYER', locationId);
  return { companyId, locationId, buyer };
}
type Shop = Awaited<ReturnType<typeof shop>>;
const hold = async ({ companyId, buyer }: Shop, minorUnits: number, key = newId(), currency = 'EUR') =>
  (
    await harness.internal(HOLD, {
      input: { key, companyId, customerId: buyer.id, amount: { minorUnits, currency }, ttlSeconds: 600 },
    })
  ).creditHold;
const end = async (field: 'holdsConfirm' | 'holdsRelease', key: string) =>
  (await harness.internal(END(field), { key }))[field];
const order = async (at: Shop, minorUnits: number) => {
  const key = newId();
  expect(await hold(at, minorUnits, key)).toMatchObject({ __typename: 'CreditHeld' });
  expect(await end('holdsConfirm', key)).toEqual({ done: true, status: 'CONFIRMED' });
  return key;
};
const reverse = async (key: string, minorUnits: number, reference = newId()) =>
  (await harness.internal(REVERSE, { input: { key, amount: EUR(minorUnits), reference } })).creditReverse;
const pay = async (
  at: Pick<Shop, 'locationId'>,
  minorUnits: number,
  more: Record<string, unknown> = {},
  call = staff,
) => {
  const input = {
    companyLocationId: at.locationId,
    amount: EUR(minorUnits),
    reference: 'transfer',
    idempotencyKey: newId(),
  };
  const query = BOOK('creditPaymentRecord', 'CreditPaymentRecordInput');
  return (await harness.ask(query, { input: { ...input, ...more } }, call)).creditPaymentRecord;
};
const adjust = async (at: Shop, minorUnits: number) => {
  const input = {
    companyLocationId: at.locationId,
    amount: EUR(minorUnits),
    reference: 'goodwill',
    idempotencyKey: newId(),
  };
  return (await harness.ask(BOOK('creditAdjust', 'CreditAdjustInput'), { input })).creditAdjust;
};
const credit = async ({ companyId }: Shop, call: Person['call'] = staff) =>
  (await harness.ask(CREDIT, { id: companyId }, call)).company.locations.edges[0].node.credit;
const minor = (minorUnits: number) => ({ minorUnits });

describe('creditHold', () => {
  it('lets exactly ten of fifty orders at once take a tenth of the credit each', async () => {
    const at = await shop(1_000);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => hold(at, 100)));
    expect(outcomes.filter(({ __typename }) => __typename === 'CreditHeld')).toHaveLength(10);
    expect(outcomes.filter(({ __typename }) => __typename === 'CreditExceeded')).toHaveLength(40);
    expect(await credit(at)).toMatchObject({ owed: minor(0), held: minor(1_000), available: minor(0) });
    const [row] = await harness.db.sql`
      select count(*)::int as count from customers.credit_orders where company_location_id = ${at.locationId}`;
    expect(row).toEqual({ count: 10 });
  });

  it('answers the same when it is repeated, also at once and after the member buys for another location', async () => {
    const at = await shop(1_000);
    const key = newId();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => hold(at, 600, key)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([
        JSON.stringify({
          __typename: 'CreditHeld',
          companyLocationId: at.locationId,
          termsDays: 30,
          availableAmount: EUR(400),
        }),
      ]),
    );
    await harness.choose(await harness.location(at.companyId), at.buyer.call);
    expect(await hold(at, 600, key)).toMatchObject({ companyLocationId: at.locationId });
    expect(await hold(at, 601, key)).toEqual({ __typename: 'HoldKeyReused' });
    expect((await credit(at)).held).toEqual(minor(600));
  });

  it('gives none to blocked companies, strangers, locations without terms, and in another currency', async () => {
    const at = await shop(1_000);
    const unavailable = (reason: string) => ({ __typename: 'CreditUnavailable', reason });
    expect(await hold(at, 1, newId(), 'USD')).toEqual(unavailable('WRONG_CURRENCY'));
    expect(await hold({ ...at, buyer: await harness.person('stranger') }, 1)).toEqual(unavailable('NOT_A_MEMBER'));
    expect(await hold({ ...at, companyId: newId() }, 1)).toEqual(unavailable('NOT_A_MEMBER'));
    expect(await hold({ ...at, buyer: await harness.member(at.companyId, 'BUYER') }, 1)).toEqual(
      unavailable('NO_LOCATION'),
    );
    await harness.setLocation({ companyLocationId: at.locationId, termsDays: null });
    expect(await hold(at, 1)).toEqual(unavailable('NO_TERMS'));
    await harness.setLocation({ companyLocationId: at.locationId, termsDays: 0 });
    await harness.set({ companyId: at.companyId, status: 'BLOCKED' });
    expect(await hold(at, 1)).toEqual(unavailable('BLOCKED'));
    await harness.set({ companyId: at.companyId, status: 'ACTIVE' });
    expect(await hold(at, 1)).toMatchObject({ __typename: 'CreditHeld', termsDays: 0 });
  });

  it('gives back what is released, and nothing of an order that was placed', async () => {
    const at = await shop(1_000);
    const [placed, dropped] = [newId(), newId()];
    await hold(at, 300, placed);
    await hold(at, 700, dropped);
    expect(await end('holdsRelease', dropped)).toEqual({ done: true, status: 'RELEASED' });
    expect(await end('holdsConfirm', placed)).toEqual({ done: true, status: 'CONFIRMED' });
    expect(await end('holdsRelease', placed)).toEqual({ done: false, status: 'CONFIRMED' });
    expect(await credit(at)).toMatchObject({ owed: minor(300), held: minor(0), available: minor(700) });
  });

  it('keeps what is owed when the limit falls below it, and refuses new orders alone', async () => {
    const at = await shop(1_000);
    await order(at, 800);
    await harness.setLocation({ companyLocationId: at.locationId, creditLimit: EUR(500) });
    expect(await credit(at)).toMatchObject({ owed: minor(800), available: minor(-300) });
    expect(await hold(at, 1)).toEqual({ __typename: 'CreditExceeded', availableAmount: minor(0) });
    expect(await harness.setLocation({ companyLocationId: at.locationId, currency: 'USD' })).toMatchObject({
      code: 'CURRENCY_IN_USE',
    });
  });
});

describe('creditReverse', () => {
  it('gives back once per reference and never more than the order took', async () => {
    const at = await shop(1_000);
    const key = await order(at, 500);
    const reference = newId();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => reverse(key, 200, reference)));
    expect(outcomes).toEqual(outcomes.map(() => ({ __typename: 'CreditReversed', remainingAmount: minor(300) })));
    expect(await reverse(key, 100, reference)).toEqual({ __typename: 'HoldKeyReused' });
    expect(await reverse(key, 301)).toEqual({ __typename: 'CreditReversalExceeded', remainingAmount: minor(300) });
    expect(await reverse(newId(), 1)).toEqual({ __typename: 'NotFound' });
    const rest = await Promise.all(Array.from({ length: 5 }, () => reverse(key, 300)));
    expect(rest.filter(({ __typename }) => __typename === 'CreditReversed')).toHaveLength(1);
    expect(await credit(at)).toMatchObject({ owed: minor(0), available: minor(1_000) });
  });

  it('leaves what was paid already as credit of the location', async () => {
    const at = await shop(1_000);
    const key = await order(at, 500);
    await pay(at, 500);
    await reverse(key, 500);
    expect(await credit(at)).toMatchObject({ owed: minor(-500), available: minor(1_500) });
  });
});

describe('payments and adjustments', () => {
  it('are booked once per key, with what is paid beyond what is owed', async () => {
    const at = await shop(1_000);
    await order(at, 400);
    const input = { idempotencyKey: newId(), paidAt: '2026-01-31T10:00:00Z' };
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => pay(at, 600, input)));
    expect(new Set(outcomes.map(({ bookingId }) => bookingId)).size).toBe(1);
    expect(await credit(at)).toMatchObject({ owed: minor(-200), available: minor(1_200) });
    expect(await pay(at, 601, input)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await pay(at, 600, { ...input, paidAt: '2026-02-01T10:00:00Z' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    // Keys are the callers' own.
    const another = { ...staff, caller: { ...staff.caller, subject: 'staff-2' } };
    expect(await pay(at, 100, input, another)).toMatchObject({ __typename: 'CreditBooked' });
  });

  it('refuses what is not positive, in another currency, of no location, and charges beyond the credit', async () => {
    const at = await shop(1_000);
    expect(await pay(at, 0)).toMatchObject({ code: 'INVALID_AMOUNT' });
    expect(await pay(at, -1)).toMatchObject({ code: 'INVALID_AMOUNT' });
    expect(await pay(at, 1, { amount: { minorUnits: 1, currency: 'USD' } })).toMatchObject({ code: 'WRONG_CURRENCY' });
    expect(await pay({ locationId: newId() }, 1)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await adjust(at, -1_001)).toMatchObject({ code: 'CREDIT_EXCEEDED' });
    expect(await adjust(at, -1_000)).toMatchObject({ location: { credit: { owed: minor(1_000) } } });
    expect(await adjust(at, 300)).toMatchObject({ location: { credit: { owed: minor(700) } } });
    const { errors } = await harness.publicly(
      BOOK('creditPaymentRecord', 'CreditPaymentRecordInput'),
      { input: { companyLocationId: at.locationId, amount: EUR(1), reference: 'x', idempotencyKey: 'y' } },
      asStaff(['companies:write']),
    );
    expect(errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the statement of account', () => {
  const ALL = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

  it('lists what happened with references and due dates, page by page', async () => {
    const at = await shop(10_000, { termsDays: 15 });
    const key = await order(at, 700);
    await reverse(key, 200);
    await pay(at, 300);
    await adjust(at, -50);
    const statement = async (more: Record<string, unknown> = {}, call: Person['call'] = at.buyer.call) =>
      (await harness.ask(STATEMENT, { id: at.locationId, ...ALL, ...more }, call)).companyStatement;
    const whole = await statement();
    expect(whole).toMatchObject({ openingBalance: minor(0), closingBalance: minor(250) });
    const due = expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown;
    expect(whole.entries.edges.map(({ node }: { node: unknown }) => node)).toEqual([
      { kind: 'ORDER', amount: minor(700), reference: key, dueOn: due },
      { kind: 'CANCELLATION', amount: minor(-200), reference: key, dueOn: null },
      { kind: 'PAYMENT', amount: minor(-300), reference: 'transfer', dueOn: null },
      { kind: 'ADJUSTMENT', amount: minor(50), reference: 'goodwill', dueOn: due },
    ]);
    const [order15, charge0] = [whole.entries.edges[0].node.dueOn, whole.entries.edges[3].node.dueOn];
    expect(Date.parse(order15) - Date.parse(charge0)).toBe(15 * 86_400_000);
    const pages = [];
    let after: string | undefined;
    do {
      const { entries, ...balances } = await statement({ first: 3, after });
      expect(balances).toEqual({ openingBalance: minor(0), closingBalance: minor(250) });
      pages.push(...entries.edges);
      after = entries.pageInfo.hasNextPage ? entries.pageInfo.endCursor : undefined;
    } while (after);
    expect(pages).toEqual(whole.entries.edges);
    const admin = await harness.member(at.companyId, 'ADMIN');
    const approver = await harness.member(at.companyId, 'APPROVER');
    const foreign = await harness.member(await harness.company(), 'ADMIN');
    expect(await statement({}, admin.call)).toEqual(whole);
    for (const call of [approver.call, foreign.call, asGuest()]) expect(await statement({}, call)).toBeNull();
    expect(
      (await harness.publicly(STATEMENT, { id: at.locationId, ...ALL, first: 201 }, staff)).errors[0].extensions,
    ).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('is opening balance and entries to the cent, wherever it is cut, and agrees with the account', async () => {
    const at = await shop(100_000);
    const account = { companyLocationId: at.locationId, currency: 'EUR', timeZone: 'UTC' };
    const keys: string[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            kind: fc.constantFrom('order', 'reverse', 'pay', 'adjust'),
            amount: fc.integer({ min: 1, max: 500 }),
          }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        fc.tuple(fc.nat(1_000), fc.nat(1_000)),
        async (steps, [one, other]) => {
          for (const { kind, amount } of steps) {
            if (kind === 'order') keys.push(await order(at, amount));
            if (kind === 'reverse' && keys.length > 0) await reverse(keys[amount % keys.length]!, amount);
            if (kind === 'pay') await pay(at, amount);
            if (kind === 'adjust') await adjust(at, amount % 2 ? amount : -amount);
          }
          const times = (
            await harness.db.sql<
              { at: string }[]
            >`select booked_at::text as at from customers.ledger_transactions order by booked_at`
          ).map((row) => row.at);
          if (times.length === 0) return;
          const [from, to] = [times[one % times.length]!, times[other % times.length]!].sort();
          const part = await readStatement(harness.db.orm, account, {
            from: from!,
            to: to!,
            after: null,
            limit: 1_000,
          });
          const sum = part.entries.reduce((total, { amountMinor }) => total + amountMinor, 0);
          expect(part.openingMinor + sum).toBe(part.closingMinor);
          const whole = await readStatement(harness.db.orm, account, { ...ALL, after: null, limit: 1_000 });
          const owed = (await credit(at)).owed.minorUnits as number;
          expect(whole.closingMinor).toBe(owed);
          const aging = await readAging(harness.db, account);
          expect(Object.values(aging).reduce((total, bucket) => total + bucket, 0)).toBe(Math.max(0, owed));
        },
      ),
      { numRuns: 12, seed: 20_260_131 },
    );
  });

  it('shows how late what is owed is, the newest orders being the ones that payments have not reached', async () => {
    const at = await shop(100_000);
    const account = { companyLocationId: at.locationId, currency: 'EUR', timeZone: 'Europe/Berlin' };
    await order(at, 1_000);
    await order(at, 500);
    await pay(at, 1_100);
    const aged = async (nowOffset: string) => readAging(harness.database.open('customers', { nowOffset }), account);
    const nothing = { current: 0, days1To30: 0, days31To60: 0, days61To90: 0, daysOver90: 0 };
    expect((await credit(at)).aging).toEqual({ current: minor(400), days1To30: minor(0) });
    expect(await aged('45 days')).toEqual({ ...nothing, days1To30: 400 });
    expect(await aged('75 days')).toEqual({ ...nothing, days31To60: 400 });
    expect(await aged('105 days')).toEqual({ ...nothing, days61To90: 400 });
    expect(await aged('365 days')).toEqual({ ...nothing, daysOver90: 400 });
  });
});
