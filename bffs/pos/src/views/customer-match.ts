import type { CustomerCreateMutation, CustomerMatchPartsFragment } from '../generated/upstream.ts';

/** Somebody whom the search found, as a till shows them. */
export const customerMatch = ({ customer, ...match }: CustomerMatchPartsFragment) => ({ ...match, ...customer });

/** What became of a new profile. The name is put together: a till reads it aloud, and takes no part of it. */
export function customerCreated(outcome: CustomerCreateMutation['customerCreate']) {
  if (outcome.__typename !== 'CustomerCreated') return outcome;
  const { id, givenName, familyName } = outcome.customer;
  const displayName = [givenName, familyName].filter(Boolean).join(' ') || null;
  return { ...outcome, customer: { id, displayName } };
}
