import { encodeCursor, decodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { actsBeyond } from '@kontor/kit/src/auth/policy.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { Context } from '../context.ts';
import type { LoyaltyStanding } from '../domain/loyalty/loyalty-account.ts';
import { nextTier, redeemable } from '../domain/loyalty/rules.ts';
import type { Customer } from '../domain/profile/customer.ts';
import type { LoyaltyAccountResolvers } from '../generated/schema.ts';

/** An account as one caller sees it. */
export interface SeenLoyalty extends LoyaltyStanding {
  /** Whether the caller is the person, or may see more of them than balance and tier. */
  readonly isWhole: boolean;
}

/** Whether a scope of the caller opens the lines of other people's accounts. */
const seesLines = (caller: Caller): boolean => actsBeyond(caller, 'LoyaltyAccount.entries');

/** What a caller sees of somebody's points: everything of their own, what their scope gives of others', else null. */
export async function seeLoyalty(
  { id, erasedAt, askedId }: Customer & { readonly askedId?: string },
  { caller, loaders }: Context,
): Promise<SeenLoyalty | null> {
  // A token from before a merge names the person by the old id.
  const isOwn = caller.customerId !== undefined && (caller.customerId === id || caller.customerId === askedId);
  const isWhole = isOwn || seesLines(caller);
  if (erasedAt !== null || (!isWhole && !actsBeyond(caller, 'Customer.loyalty'))) return null;
  const standing = await loaders.loyaltyStandings.load(id);
  return standing && { ...standing, isWhole };
}

const ENTRIES = { byDefault: 20, most: 100 };
const MOST_DAYS = 3_650;
const NO_LINES = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

const available = ({ balance, held }: LoyaltyStanding): number => balance - held;

export const LoyaltyAccount: LoyaltyAccountResolvers = {
  available: (account) => (account.isWhole ? available(account) : null),
  held: ({ held, isWhole }) => (isWhole ? held : null),
  pending: ({ pending, isWhole }) => (isWhole ? pending : null),
  debt: ({ debt, isWhole }) => (isWhole ? debt : null),
  tier: async ({ tier }, _, { loaders }) =>
    (await loaders.loyaltyRules())?.tiers.find(({ code }) => code === tier) ?? null,
  nextTier: async ({ qualifying, isWhole }, _, { loaders }) => {
    const rules = isWhole ? await loaders.loyaltyRules() : null;
    return rules && nextTier(rules.tiers, qualifying);
  },
  redeemableAmount: async (account, { currency, channel }, ctx) =>
    account.isWhole
      ? redeemable(await ctx.loaders.loyaltyRules(), channel ?? channelOf(ctx), currency, available(account))
      : null,
  expiring: ({ accountId, isWhole }, { withinDays }, { loaders }) => {
    if (!Number.isInteger(withinDays) || withinDays < 0 || withinDays > MOST_DAYS)
      throw badInput(`withinDays must be from 0 to ${MOST_DAYS}.`, ['withinDays']);
    if (!isWhole) return null;
    return accountId === null ? [] : loaders.expiringPoints.load({ accountId, withinDays });
  },
  entries: async ({ accountId, isWhole }, { first, after }, { loaders, caller }) => {
    const size = pageSize(first, ENTRIES.byDefault, ENTRIES.most);
    const behind = after ? entryOf(after) : null;
    if (!isWhole) return null;
    if (accountId === null) return NO_LINES;
    const lines = await loaders.loyaltyEntries.load({ accountId, after: behind, most: size + 1 });
    // What staff write about somebody is for staff.
    const shown = seesLines(caller) ? lines : lines.map((line) => ({ ...line, note: null }));
    return toConnection(shown, size, ({ id }) => encodeCursor([id]));
  },
};

function entryOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id)) throw badInput('This cursor is not one of these lines.', ['after']);
  return id;
}
