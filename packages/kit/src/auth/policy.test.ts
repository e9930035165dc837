import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { guestOf } from './caller.ts';
import {
  actsAt,
  actsBeyond,
  actsOn,
  beyondOf,
  enforcePolicy,
  hasScope,
  lineOf,
  NAMED_SCOPES,
  POLICY,
  scopeOf,
  SCOPES,
} from './policy.ts';

it('does not start with a root field that nobody decided about', () => {
  const schema = buildSchema('type Query { known: Int } type Mutation { forgotten: Int }');
  expect(() =>
    enforcePolicy(schema, (coordinate) => (coordinate === 'Query.known' ? 'catalogue:read' : undefined)),
  ).toThrow('Mutation.forgotten has no entry in the policy table');
});

it('asks the table before the resolver runs', () => {
  const schema = buildSchema('type Query { secret: Int }');
  let ran = 0;
  const field = schema.getQueryType()!.getFields()['secret']!;
  field.resolve = () => (ran += 1);
  enforcePolicy(schema, () => 'prices:write');
  const call = (scopes: string[]) => field.resolve!(null, {}, { caller: { ...guestOf('web'), scopes } }, {} as never);
  expect(() => call([])).toThrow(
    expect.objectContaining({
      extensions: expect.objectContaining({ code: 'FORBIDDEN', scope: 'prices:write' }) as unknown,
    }) as Error,
  );
  expect(ran).toBe(0);
  expect(call(['prices:write'])).toBe(1);
});

it('gives guests the catalogue and a checkout, and nothing that changes either', () => {
  const guest = guestOf('web');
  expect(['catalogue:read', 'carts:write', 'checkout'].every((scope) => hasScope(guest, scope))).toBe(true);
  expect(
    ['catalogue:write', 'prices:write', 'stock:write', 'channels:write', 'customers:read', 'internal'].some((scope) =>
      hasScope(guest, scope),
    ),
  ).toBe(false);
});

const STAFF = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: [] } as const;

it('tells the scope of a line, whatever its form, and nothing of what nobody decided', () => {
  expect([scopeOf('Query.product'), scopeOf('Query.cart'), scopeOf('Customer.addresses')]).toEqual([
    'catalogue:read',
    'carts:write',
    undefined,
  ]);
  for (const name of ['Query.nothing', 'constructor', '__proto__', 'toString']) {
    expect(lineOf(name)).toEqual({});
    expect(scopeOf(name)).toBeUndefined();
    expect(beyondOf(name)).toEqual([]);
  }
});

it('gives composition the lines with a scope alone, each with it', () => {
  expect(Object.keys(SCOPES)).toEqual(Object.keys(POLICY).filter((line) => scopeOf(line) !== undefined));
  expect(Object.entries(SCOPES).every(([line, scope]) => scopeOf(line) === scope)).toBe(true);
});

it('names every scope once, those that lift an owner among them', () => {
  expect(new Set(NAMED_SCOPES).size).toBe(NAMED_SCOPES.length);
  expect(NAMED_SCOPES).toEqual(expect.arrayContaining(['catalogue:read', 'orders:read', 'stock:any-location']));
});

it('opens what is one’s own, and what a scope of the line lifts', () => {
  const customer = { ...STAFF, role: 'customer', customerId: 'ada' } as const;
  const reader = { ...STAFF, scopes: ['customers:read'] };
  expect([actsOn(customer, 'ada', 'Customer'), actsOn(customer, 'bea', 'Customer')]).toEqual([true, false]);
  expect([actsOn(STAFF, null, 'Customer'), actsOn(reader, null, 'Customer')]).toEqual([false, true]);
  // No line, no lifting: nobody but the owner.
  expect([actsBeyond(reader, 'Query.product'), actsBeyond(reader, 'Customer.cart')]).toEqual([false, false]);
});

it('binds to a location those who have one, however its id is written', () => {
  const bound = { ...STAFF, locationId: 'here' };
  const line = 'Mutation.stockReceive';
  expect([actsAt(bound, 'HERE', line), actsAt(bound, 'there', line), actsAt(STAFF, 'there', line)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(actsAt({ ...bound, scopes: ['stock:any-location'] }, 'there', line)).toBe(true);
});
