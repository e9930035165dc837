import { expect, it } from 'vitest';
import { emailVerified } from './email-verified.ts';

const profile = { id: 'ada', email: 'ada@example.com', givenName: null, familyName: null, phone: null, locale: null };
const identity = {
  id: 'i1',
  kind: 'EMAIL',
  source: null,
  value: profile.email,
  verifiedAt: null,
  isPrimary: true,
} as const;
const verifiedAt = '2026-01-31T12:00:00.000Z';

it.each([
  ['the address itself was verified', [{ ...identity, verifiedAt }], true],
  ['it was not', [identity], false],
  ['only another address was', [identity, { ...identity, value: 'lovelace@example.com', verifiedAt }], false],
  ['nothing is known by mail', [{ ...identity, kind: 'PHONE' as const, verifiedAt }], false],
  ['identities could not be asked', null, null],
])('tells whether the address is verified when %s', (_when, identities, verified) => {
  expect(emailVerified({ ...profile, identities })).toBe(verified);
});
