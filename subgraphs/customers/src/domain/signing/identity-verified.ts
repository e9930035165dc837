import type { IdentityKind } from '../profile/customer.ts';

/** Tells that a person has shown that an identity is theirs; not which. Keyed by the person. */
export const identityVerified = (customerId: string, kind: IdentityKind) => ({
  topic: 'customers.identity.verified',
  key: customerId,
  payload: { customerId, kind },
});
