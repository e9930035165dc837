import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import type { Customer } from '../domain/profile/customer.ts';
import type { CustomerResolvers } from '../generated/schema.ts';
import type { ProfileLoaders } from '../profile-loaders.ts';
import { CUSTOMERS_READ, seesProfile } from './visibility.ts';

const HISTORY_PAGE = 20;
const MOST_HISTORY = 100;

type Sees = (caller: Caller, customer: Customer) => boolean;

/** The customer, under whichever id, and staff. Who reaches a profile in another way, as a colleague or at a register, sees none of this. */
const own: Sees = (caller, customer: Customer & { readonly askedId?: string }) =>
  seesProfile(caller, customer.id) || (customer.askedId !== undefined && customer.askedId === caller.customerId);

/** Never the customer. */
const staff: Sees = (caller) => hasScope(caller, CUSTOMERS_READ);

/** A list that belongs to a profile: null for who may not see it, and empty for a person who was forgotten, whatever is left of it. */
const list =
  <T>(sees: Sees, load: (loaders: ProfileLoaders, id: string) => Promise<T[]>) =>
  (customer: Customer, _args: unknown, { caller, loaders }: Context): Promise<T[]> | T[] | null => {
    if (!sees(caller, customer)) return null;
    return customer.erasedAt === null ? load(loaders.profile, customer.id) : [];
  };

const memberships = (kind: 'GROUP' | 'SEGMENT') => async (loaders: ProfileLoaders, id: string) =>
  (await loaders.memberships.load(id)).filter((membership) => membership.kind === kind);

function positionOf(cursor: string): number {
  const [seq] = decodeCursor(cursor, 1);
  if (!Number.isSafeInteger(seq))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return Number(seq);
}

/** The fields of `Customer` that list what belongs to a profile. */
export const profileDetails = {
  version: ({ revision }) => revision,
  identities: list(own, (loaders, id) => loaders.identities.load(id)),
  addresses: list(own, (loaders, id) => loaders.addresses.load(id)),
  preferences: list(own, (loaders, id) => loaders.preferences.load(id)),
  consents: list(own, (loaders, id) => loaders.consents.load(id)),
  groups: list(own, memberships('GROUP')),
  segments: list(own, memberships('SEGMENT')),
  statistics: list(staff, (loaders, id) => loaders.statistics.load(id)),
  notes: list(staff, (loaders, id) => loaders.notes.load(id)),
  consentHistory: async (customer, { first, after }, { caller, loaders }) => {
    if (!own(caller, customer)) return null;
    const size = pageSize(first, HISTORY_PAGE, MOST_HISTORY);
    const before = after ? positionOf(after) : null;
    const page = { customerId: customer.id, limit: size + 1, before };
    const rows = customer.erasedAt === null ? await loaders.profile.consentHistory.load(page) : [];
    return toConnection(rows, size, ({ seq }) => encodeCursor([seq]), before !== null);
  },
} satisfies CustomerResolvers;
