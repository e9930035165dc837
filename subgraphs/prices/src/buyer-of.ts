import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Buyer } from './domain/pricing-context.ts';

/** The buyer that a verified caller is: what its token says, and nothing that it says of itself. */
export const buyerOf = ({ customerId, companyId, companyLocationId, groups }: Caller): Buyer => ({
  customerId: customerId ?? null,
  companyId: companyId ?? null,
  companyLocationId: companyLocationId ?? null,
  groups: groups ?? [],
});
