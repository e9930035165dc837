import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { guestOf } from './caller.ts';
import { enforcePolicy, hasScope } from './policy.ts';

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
