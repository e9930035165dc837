import fc from 'fast-check';
import { expect, it } from 'vitest';
import { excessOf, type Authority } from './grant.ts';

const authority = (held: readonly string[], channel: string | null, locationId: string | null): Authority => ({
  has: (scope) => held.includes(scope),
  channel,
  locationId,
});

it('names the first scope that the giver does not have', () => {
  const grant = { scopes: ['keys:read', 'stock:write', 'staff:write'], channel: 'web', locationIds: null };
  expect(excessOf(authority(['keys:read'], null, null), grant)).toEqual({
    kind: 'SCOPE_NOT_HELD',
    what: 'stock:write',
  });
});

it('gives no other channel and none at all for somebody who is bound to one', () => {
  const bound = authority([], 'web', null);
  expect(excessOf(bound, { scopes: [], channel: 'pos', locationIds: null })).toEqual({
    kind: 'CHANNEL_NOT_HELD',
    what: 'pos',
  });
  expect(excessOf(bound, { scopes: [], channel: null, locationIds: null })).toEqual({
    kind: 'CHANNEL_NOT_HELD',
    what: null,
  });
  expect(excessOf(bound, { scopes: [], locationIds: null })).toBeNull();
  expect(excessOf(bound, { scopes: [], channel: 'web', locationIds: null })).toBeNull();
});

it('gives no other location and not all of them for somebody who is bound to one', () => {
  const bound = authority([], null, 'here');
  expect(excessOf(bound, { scopes: [], locationIds: ['here', 'there'] })).toEqual({
    kind: 'LOCATION_NOT_HELD',
    what: 'there',
  });
  expect(excessOf(bound, { scopes: [], locationIds: null })).toEqual({ kind: 'LOCATION_NOT_HELD', what: null });
  expect(excessOf(bound, { scopes: [], locationIds: ['here'] })).toBeNull();
});

it('lets nobody get by any chain of grants what the first giver did not have', () => {
  const scopes = fc.subarray(['a', 'b', 'c', 'd']);
  const place = fc.constantFrom(null, 'one', 'two');
  const holder = fc.record({ scopes, channel: place, location: place });
  fc.assert(
    fc.property(holder, fc.array(holder, { maxLength: 6 }), (first, chain) => {
      let giver = first;
      for (const next of chain) {
        const grant = { scopes: next.scopes, channel: next.channel, locationIds: next.location && [next.location] };
        if (excessOf(authority(giver.scopes, giver.channel, giver.location), grant) === null) giver = next;
      }
      expect(giver.scopes.every((scope) => first.scopes.includes(scope))).toBe(true);
      if (first.channel !== null) expect(giver.channel).toBe(first.channel);
      if (first.location !== null) expect(giver.location).toBe(first.location);
    }),
    { seed: 7 },
  );
});
