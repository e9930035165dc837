import { expect, it } from 'vitest';
import { readScopes } from './known-scopes.ts';

it('knows every scope that the policy table names for a grant, on its lines and beyond them', () => {
  const known = ['audit:read', 'catalogue:read', 'checkout', 'keys:write', 'privacy:write', 'stock:write'];
  expect(readScopes([...known, ...known].reverse())).toEqual({ value: known });
});

it.each([
  'internal',
  'edge',
  '*',
  'profile',
  'company',
  'sign-in',
  'session-refresh',
  'staff-sign-in',
  'staff-session',
  'stock:fly',
  'toString',
  '__proto__',
  '',
])('does not know %j, also behind many that it knows', (scope) => {
  const read = readScopes([...Array.from({ length: 200 }, () => 'stock:read'), scope]);
  expect(read).toMatchObject({ fault: { code: 'UNKNOWN_SCOPE', field: 'scopes' } });
});
