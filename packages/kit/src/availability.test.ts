import { expect, it } from 'vitest';
import { availabilityStatus, publicQuantity } from './availability.ts';
import { guestOf, serviceCaller } from './auth/caller.ts';

it.each([
  [-1, 'OUT'],
  [0, 'OUT'],
  [1, 'LOW'],
  [5, 'LOW'],
  [6, 'IN_STOCK'],
])('calls %i units %s', (quantity, word) => expect(availabilityStatus(quantity)).toBe(word));

it('tells shoppers 999 at most, and everybody who runs the business the count', () => {
  const quantities = (caller: Parameters<typeof publicQuantity>[0]) =>
    [3, 999, 1_000].map((quantity) => publicQuantity(caller, quantity));
  expect(quantities(guestOf('web'))).toEqual([3, 999, 999]);
  expect(quantities({ role: 'customer', subject: 'c', channel: 'web', scopes: [] })).toEqual([3, 999, 999]);
  expect(quantities({ role: 'integration', subject: 'i', channel: 'web', scopes: [] })).toEqual([3, 999, 1_000]);
  expect(quantities(serviceCaller('orders'))).toEqual([3, 999, 1_000]);
});
