import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Contact } from '../domain/checkout.ts';
import { CustomerEnsureDocument } from '../generated/upstream-customers.ts';

/** The id of the profile of an email address, which customers makes when there is none; null when the profile is not for whoever names its address. @throws GraphQLError when customers does not answer. */
export async function ensureCustomer(
  customers: GraphClient,
  requestId: string,
  contact: Contact & { readonly email: string },
): Promise<string | null> {
  const { email, givenName, familyName, phone } = contact;
  const input = { email, givenName, familyName, phone };
  const answer = await ask(customers, { caller: serviceCaller('orders'), requestId }, CustomerEnsureDocument, {
    input,
  });
  return answer.customerEnsure.customerId ?? null;
}
