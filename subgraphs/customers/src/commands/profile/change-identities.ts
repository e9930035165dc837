import { brokenConstraint, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { changeIdentity, deleteIdentity, findIdentities, insertIdentity } from '../../data/profile/identities.ts';
import type { Customer, IdentityKind } from '../../domain/profile/customer.ts';
import { MOST_IDENTITIES, type Identity, type IdentityKey } from '../../domain/profile/identity.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { changeProfile, type Change } from './changed-profile.ts';
import { readIdentity } from './read-identity.ts';

export type IdentityRefusal = ReturnType<typeof invalidInput>;

/** An identity was added, changed, or removed: it is null then. */
export interface IdentityChanged {
  readonly __typename: 'IdentityChanged';
  readonly customer: Customer;
  readonly identity: Identity | null;
}

export type IdentityOutcome = IdentityChanged | IdentityRefusal | ReturnType<typeof notFound>;

export const IDENTITY_TAKEN = (path: string[]) =>
  invalidInput('IDENTITY_TAKEN', 'Somebody is known by this already.', path);
export const TOO_MANY_IDENTITIES = invalidInput(
  'TOO_MANY_IDENTITIES',
  `A profile has at most ${MOST_IDENTITIES} identities. Remove one first.`,
  ['input', 'value'],
);
const NO_CUSTOMER = notFound('There is no such customer.', ['input', 'customerId']);
const NO_IDENTITY = notFound('The profile has no such identity.', ['input', 'identityId']);
const refuse = (code: string, message: string) => invalidInput(code, message, ['input', 'identityId']);

type Step = Change<Identity | null | IdentityRefusal | ReturnType<typeof notFound>>;
const unchanged = (outcome: Step['outcome']): Step => ({ outcome, changed: false });

/** Runs a step under the lock of the profile, and turns what it came to into an answer. */
export async function changeIdentities(
  db: Database,
  customerId: string,
  step: (tx: Tx, customerId: string, identities: readonly Identity[]) => Promise<Step>,
): Promise<IdentityOutcome> {
  if (!isId(customerId)) return NO_CUSTOMER;
  const result = await changeProfile(db, customerId, async (tx, { id }) =>
    step(tx, id, await findIdentities(tx, [id])),
  );
  if (!result) return NO_CUSTOMER;
  const { outcome, customer } = result;
  if (outcome !== null && '__typename' in outcome) return outcome;
  return { __typename: 'IdentityChanged', customer, identity: outcome };
}

/** Whether the first of its kind becomes the primary one. Ids of channels never are: there is one for each. */
export const becomesPrimary = (kind: IdentityKind, identities: readonly Identity[]): boolean =>
  kind !== 'EXTERNAL' && !identities.some((each) => each.kind === kind && each.isPrimary);

const sameAs =
  (key: IdentityKey) =>
  ({ kind, source, value }: Identity): boolean =>
    kind === key.kind && source === key.source && value === key.value;

/**
 * Removes an identity of the caller's own. The last address stays, because the person signs in by it and gets mail there; the primary
 * address stays until another has become it. Of numbers, the oldest that is left becomes the primary one.
 */
export const removeOwnIdentity = (db: Database, customerId: string, identityId: string): Promise<IdentityOutcome> =>
  changeIdentities(db, customerId, async (tx, _id, identities) => {
    const identity = identities.find(({ id }) => id === identityId);
    if (!identity) return unchanged(NO_IDENTITY);
    if (identity.kind !== 'EMAIL' && identity.kind !== 'PHONE')
      return unchanged(refuse('INVALID_KIND', 'Cards and ids of channels are removed by staff.'));
    return remove(tx, identity, identities);
  });

/** Removes any identity of a profile, for staff: as the person could, and cards and ids of channels besides. */
export const removeIdentityAsStaff = (
  db: Database,
  input: { readonly customerId: string; readonly identityId: string },
): Promise<IdentityOutcome> =>
  changeIdentities(db, input.customerId, async (tx, _id, identities) => {
    const identity = identities.find(({ id }) => id === input.identityId);
    return identity ? remove(tx, identity, identities) : unchanged(NO_IDENTITY);
  });

async function remove(tx: Tx, identity: Identity, identities: readonly Identity[]): Promise<Step> {
  const others = identities.filter(({ kind, id }) => kind === identity.kind && id !== identity.id);
  if (identity.kind === 'EMAIL') {
    if (others.length === 0) return unchanged(refuse('LAST_SIGN_IN', 'The last address stays: add another one first.'));
    if (identity.isPrimary) return unchanged(refuse('PRIMARY_IDENTITY', 'Make another address the primary one first.'));
  }
  await deleteIdentity(tx, identity.id);
  const heir = identity.isPrimary ? others[0] : undefined;
  if (heir) await changeIdentity(tx, heir, { makePrimary: true });
  return { outcome: null, changed: true };
}

/** Makes an identity of the caller's own the primary one of its kind: an address only when it is verified. Repeating changes nothing. */
export const setPrimaryIdentity = (db: Database, customerId: string, identityId: string): Promise<IdentityOutcome> =>
  changeIdentities(db, customerId, async (tx, _id, identities) => {
    const identity = identities.find(({ id }) => id === identityId);
    if (!identity) return unchanged(NO_IDENTITY);
    if (identity.kind === 'EXTERNAL') return unchanged(refuse('INVALID_KIND', 'No id of a channel is primary.'));
    if (identity.kind === 'EMAIL' && identity.verifiedAt === null)
      return unchanged(refuse('NOT_VERIFIED', 'Open the link that was mailed to this address first.'));
    if (identity.isPrimary) return unchanged(identity);
    return { outcome: await changeIdentity(tx, identity, { makePrimary: true }), changed: true };
  });

/** An identity that staff give to a person. */
export interface SetIdentityInput {
  readonly customerId: string;
  readonly kind: IdentityKind;
  readonly source?: string | null | undefined;
  readonly value: string;
}

/**
 * Gives a person a loyalty card, an id of a channel, or a telephone number that staff verified. Repeating changes nothing. Who is known
 * by it already keeps it.
 */
export async function setIdentityAsStaff(db: Database, input: SetIdentityInput): Promise<IdentityOutcome> {
  if (input.kind === 'EMAIL')
    return invalidInput('INVALID_KIND', 'An address is verified by a mail to it alone.', ['input', 'kind']);
  const read = readIdentity(input);
  const refusal = refusalOf(read);
  if (refusal) return refusal;
  const key = valueOf(read);
  const taken = IDENTITY_TAKEN(['input', 'value']);
  try {
    return await changeIdentities(db, input.customerId, async (tx, id, identities) => {
      const known = identities.find(sameAs(key));
      if (known?.verifiedAt != null) return unchanged(known);
      if (!known && identities.length >= MOST_IDENTITIES) return unchanged(TOO_MANY_IDENTITIES);
      const isPrimary = becomesPrimary(key.kind, identities);
      const made = known
        ? await changeIdentity(tx, known, { verify: true })
        : await insertIdentity(tx, id, { ...key, isVerified: true, isPrimary });
      if (!made) return unchanged(taken);
      await appendEvents(tx, 'customers', [identityVerified(id, key.kind)]);
      return { outcome: made, changed: true };
    });
  } catch (error) {
    // Somebody else's number was verified between the look and the write.
    if (brokenConstraint(error) === 'identities_value') return taken;
    throw error;
  }
}
