import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { actsFor } from '@kontor/kit/src/auth/policy.ts';
import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { addIdentity, verifyIdentity, type OwnIdentity } from '../../commands/profile/add-identity.ts';
import { addNote } from '../../commands/profile/add-note.ts';
import {
  addAddress,
  removeAddress,
  setDefaultAddress,
  updateAddress,
} from '../../commands/profile/change-addresses.ts';
import {
  removeIdentityAsStaff,
  removeOwnIdentity,
  setIdentityAsStaff,
  setPrimaryIdentity,
} from '../../commands/profile/change-identities.ts';
import { createCustomer } from '../../commands/profile/create-customer.ts';
import { ensureCustomer } from '../../commands/profile/ensure-customer.ts';
import { previewSegment } from '../../commands/profile/preview-segment.ts';
import { readIdentity } from '../../commands/profile/read-identity.ts';
import { recordConsent, type Recorder } from '../../commands/profile/record-consent.ts';
import { setGroup } from '../../commands/profile/set-group.ts';
import { setGroupMembers } from '../../commands/profile/set-group-members.ts';
import { setPreferences } from '../../commands/profile/set-preferences.ts';
import { setSegment } from '../../commands/profile/set-segment.ts';
import { updateCustomerAsStaff, updateProfile } from '../../commands/profile/update-profile.ts';
import { normalizeEmail } from '../../commands/read-input.ts';
import type { Context } from '../../context.ts';
import { findCustomerPage } from '../../data/profile/customer-pages.ts';
import { findCustomerByEmail, findCustomerByIdentity } from '../../data/profile/customers.ts';
import { findGroups } from '../../data/profile/groups.ts';
import { findVerifiedEmails } from '../../data/profile/identities.ts';
import { findSegments } from '../../data/profile/segments.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';
import { CUSTOMERS_READ, outcomeAsSeenBy } from '../visibility.ts';

const CUSTOMERS_PAGE = 20;
const GROUPS_PAGE = 50;
const MOST = 100;

const noProfile = () => requestFault('FORBIDDEN', 'Only a signed-in customer has a profile to change.');

/** Runs a command on the caller's own profile. What was read before it in the same request is forgotten. */
async function onOwn<T>({ caller, loaders }: Context, command: (customerId: string) => Promise<T | null>): Promise<T> {
  if (!caller.customerId) throw noProfile();
  const outcome = await command(caller.customerId);
  if (!outcome) throw noProfile();
  loaders.profile.clear();
  return outcome;
}

/** Runs a command of staff. What was read before it in the same request is forgotten. */
async function onOther<T extends object>({ caller, loaders }: Context, command: Promise<T>): Promise<T> {
  const outcome = await command;
  loaders.profile.clear();
  return outcomeAsSeenBy(caller, outcome);
}

const ownIdentity = (customerId: string, { clientAddress }: Context): OwnIdentity => ({
  customerId,
  clientAddress: clientAddress ?? null,
});

const recorderOf = ({ role, subject }: Caller): Recorder => ({
  source: role === 'staff' ? 'STAFF' : 'INTEGRATION',
  recordedBy: subject,
});

/** The id that a list of people goes on behind. */
function idOf(cursor: string | null | undefined): string | null {
  if (!cursor) return null;
  const [id] = decodeCursor(cursor, 1);
  if (typeof id === 'string' && isId(id)) return id;
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}

export const profileQueries = {
  me: (_, _args, { caller, loaders }) => (caller.customerId ? loaders.customers.load(caller.customerId) : null),
  // Somebody else's profile and none at all look alike.
  customer: (_, { id }, { caller, loaders }) =>
    actsFor(caller, id, CUSTOMERS_READ) ? loaders.customers.load(id) : null,
  customerByEmail: (_, { email }, { db }) => {
    const address = normalizeEmail(email);
    return address === null ? null : findCustomerByEmail(db.orm, address);
  },
  customerByIdentity: (_, named, { db }) => {
    const read = readIdentity(named);
    return 'fault' in read ? null : findCustomerByIdentity(db.orm, read.value);
  },
  customers: async (_, { first, after, group, segment }, { db }) => {
    const size = pageSize(first, CUSTOMERS_PAGE, MOST);
    const before = idOf(after);
    const page = { limit: size + 1, before, group: group ?? null, segment: segment ?? null };
    return toConnection(await findCustomerPage(db.orm, page), size, ({ id }) => encodeCursor([id]), before !== null);
  },
  customerGroups: (_, { first, after }, { db }) =>
    findGroups(db.orm, { limit: pageSize(first, GROUPS_PAGE, MOST), after: after ?? null }),
  customerSegments: (_, _args, { db }) => findSegments(db.orm),
  segmentPreview: async (_, { rule, after }, { db }) => {
    const { matching, examined, last } = await previewSegment(db.orm, rule, idOf(after));
    return { matching, examined, endCursor: last === null ? null : encodeCursor([last]) };
  },
} satisfies QueryResolvers;

export const profileMutations = {
  profileUpdate: (_, { input }, ctx) => onOwn(ctx, (id) => updateProfile(ctx.db, id, input)),
  identityAdd: (_, { input }, ctx) => onOwn(ctx, (id) => addIdentity(ctx.signing, ownIdentity(id, ctx), input)),
  identityVerify: (_, { input }, ctx) =>
    onOwn(ctx, (id) => verifyIdentity(ctx.signing, ownIdentity(id, ctx), input.token)),
  identityRemove: (_, { input }, ctx) => onOwn(ctx, (id) => removeOwnIdentity(ctx.db, id, input.identityId)),
  identityPrimarySet: (_, { input }, ctx) => onOwn(ctx, (id) => setPrimaryIdentity(ctx.db, id, input.identityId)),
  addressAdd: (_, { input }, ctx) => onOwn(ctx, (id) => addAddress(ctx.db, id, input)),
  addressUpdate: (_, { input }, ctx) => onOwn(ctx, (id) => updateAddress(ctx.db, id, input)),
  addressRemove: (_, { input }, ctx) => onOwn(ctx, (id) => removeAddress(ctx.db, id, input.addressId)),
  addressDefaultSet: (_, { input }, ctx) => onOwn(ctx, (id) => setDefaultAddress(ctx.db, id, input)),
  preferencesSet: (_, { input }, ctx) => onOwn(ctx, (id) => setPreferences(ctx.db, id, input.preferences)),
  consentSet: (_, { input }, ctx) =>
    onOwn(ctx, (id) => recordConsent(ctx.db, id, input, { source: 'SELF', recordedBy: ctx.caller.subject })),
  customerCreate: (_, { input }, ctx) => createCustomer(ctx.db, input),
  customerUpdate: (_, { input }, ctx) => onOther(ctx, updateCustomerAsStaff(ctx.db, input)),
  customerIdentitySet: (_, { input }, ctx) => onOther(ctx, setIdentityAsStaff(ctx.db, input)),
  customerIdentityRemove: (_, { input }, ctx) => onOther(ctx, removeIdentityAsStaff(ctx.db, input)),
  customerConsentSet: (_, { input }, ctx) =>
    onOther(ctx, recordConsent(ctx.db, input.customerId, input, recorderOf(ctx.caller))),
  customerNoteAdd: (_, { input }, ctx) => onOther(ctx, addNote(ctx.db, input, ctx.caller.subject)),
  customerGroupSet: (_, { input }, { db }) => setGroup(db, input),
  customerGroupMembersSet: (_, { input }, ctx) => onOther(ctx, setGroupMembers(ctx.db, input)),
  segmentSet: (_, { input }, { db }) => setSegment(db, input),
} satisfies MutationResolvers;

/** What other services ask of profiles. */
export const profileInternalQueries = {
  verifiedEmails: (_, { customerId }, { db }) => (isId(customerId) ? findVerifiedEmails(db.orm, customerId) : []),
} satisfies InternalQueries;

/** What other services command of profiles. */
export const profileInternalMutations = {
  customerEnsure: (_, { input }, { db }) => ensureCustomer(db, input),
} satisfies InternalMutations;
