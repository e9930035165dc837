import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import type { Contact } from '../domain/checkout.ts';
import {
  CreditHoldDocument,
  type CreditHoldMutation,
  CustomerEnsureDocument,
  HoldsReleaseDocument,
  LoyaltyHoldDocument,
  type LoyaltyHoldMutation,
  OrderApprovalDocument,
  type OrderApprovalMutation,
  VerifiedEmailsDocument,
} from '../generated/upstream-customers.ts';

/** Longer than any checkout goes on; what is placed is made final, what fails is given back long before. */
const HOLD_S = 24 * 3_600;

const callOf = (requestId: string): Call => ({ caller: serviceCaller('orders'), requestId });

/** The id of the profile of an email address, which customers makes when there is none; null when the profile is not for whoever names its address. @throws GraphQLError when customers does not answer. */
export async function ensureCustomer(
  customers: GraphClient,
  requestId: string,
  contact: Contact & { readonly email: string },
): Promise<string | null> {
  const { email, givenName, familyName, phone } = contact;
  const input = { email, givenName, familyName, phone };
  const answer = await ask(customers, callOf(requestId), CustomerEnsureDocument, { input });
  return answer.customerEnsure.customerId ?? null;
}

/** Addresses in lower case that a person has shown to be theirs. @throws GraphQLError as above. */
export async function askVerifiedEmails(
  customers: GraphClient,
  requestId: string,
  customerId: string,
): Promise<string[]> {
  return (await ask(customers, callOf(requestId), VerifiedEmailsDocument, { customerId })).verifiedEmails;
}

interface OrderToApprove {
  readonly key: string;
  readonly customerId: string;
  readonly channel: string;
  readonly total: Money;
  readonly lines: readonly { readonly variantId: string; readonly category: string | null; readonly total: Money }[];
}

/** Whether the buyer's company lets an order through; if so, its budgets are held under the key. @throws GraphQLError as above. */
export async function askApproval(
  customers: GraphClient,
  requestId: string,
  order: OrderToApprove,
): Promise<OrderApprovalMutation['orderApproval']> {
  const input = { ...order, lines: order.lines.map((line) => ({ ...line })), ttlSeconds: HOLD_S };
  return (await ask(customers, callOf(requestId), OrderApprovalDocument, { input })).orderApproval;
}

interface ToHold {
  readonly key: string;
  readonly customerId: string;
  readonly amount: Money;
}

/** Holds points for an amount under a key; repeating answers the same. @throws GraphQLError as above. */
export async function holdPoints(
  customers: GraphClient,
  requestId: string,
  hold: ToHold & { readonly channel: string },
): Promise<LoyaltyHoldMutation['loyaltyHold']> {
  const input = { ...hold, ttlSeconds: HOLD_S };
  return (await ask(customers, callOf(requestId), LoyaltyHoldDocument, { input })).loyaltyHold;
}

/** Holds an amount on the account of the customer's company under a key; repeating answers the same. @throws GraphQLError as above. */
export async function holdCredit(
  customers: GraphClient,
  requestId: string,
  hold: ToHold & { readonly companyId: string },
): Promise<CreditHoldMutation['creditHold']> {
  const input = { ...hold, ttlSeconds: HOLD_S };
  return (await ask(customers, callOf(requestId), CreditHoldDocument, { input })).creditHold;
}

/** Gives back all that is held under a key; harmless when nothing is. @throws GraphQLError as above. */
export async function releaseHolds(customers: GraphClient, requestId: string, key: string): Promise<void> {
  await ask(customers, callOf(requestId), HoldsReleaseDocument, { input: { key } });
}
