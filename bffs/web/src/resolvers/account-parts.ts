import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { BffContext } from '@kontor/kit/src/bff/context.ts';
import type { GraphQLResolveInfo } from 'graphql';
import { AccountDocument, type AccountPartsFragment, type AccountQueryVariables } from '../generated/upstream.ts';
import type { AccountMapper } from '../mappers.ts';
import type { Ask } from '../views/sources.ts';
import { lineVariants } from './selected.ts';

/** The parts of an account that are only fetched when somebody reads them. @param info of the account's field. */
export function accountParts(info: GraphQLResolveInfo): AccountQueryVariables {
  const reads = (...fields: readonly string[]) => selects(info, ...fields);
  return {
    addresses: reads('addresses'),
    cart: reads('cart'),
    company: reads('company'),
    consents: reads('consents'),
    identities: reads('identities') || reads('emailVerified'),
    // What came and went is asked page by page.
    loyalty: reads('loyalty'),
    loyaltyExpiring: reads('loyalty', 'expiring'),
    orders: reads('recentOrders'),
    preferences: reads('preferences'),
    sessions: reads('sessions'),
    ...lineVariants(info, 'cart'),
  };
}

/** Asks the router as whoever asks here. */
export const asCaller =
  (ctx: BffContext): Ask =>
  (document, variables) =>
    ctx.upstream(document, variables);

/**
 * The account that a command answers with. What the client reads of it beyond the profile is asked in a second operation; when that fails the
 * command was done all the same, and the parts are null.
 * @param info of the account's field. @param profile as the command answered it. @param ask as its owner.
 */
export async function accountAfter(
  ctx: BffContext,
  info: GraphQLResolveInfo,
  profile: AccountPartsFragment,
  ask: Ask = asCaller(ctx),
): Promise<AccountMapper> {
  const parts = accountParts(info);
  if (!Object.values(parts).includes(true)) return { ...profile, ask };
  try {
    const { me } = await ask(AccountDocument, parts);
    return { ...me, ...profile, ask };
  } catch (fault) {
    ctx.doWithout('me', fault);
    return { ...profile, ask };
  }
}
