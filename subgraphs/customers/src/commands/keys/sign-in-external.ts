import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import {
  findAddressOwner,
  findLinkedCustomer,
  insertLink,
  insertLinkedCustomer,
  lockSubject,
  type ExternalPerson,
} from '../../data/keys/external-identities.ts';
import { takeExternalToken } from '../../data/keys/external-tokens.ts';
import { holdStaffOfSubject } from '../../data/keys/staff-members.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { worksAt, type StaffMember } from '../../domain/keys/staff-member.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import type { VerifiedIdToken } from '../../oidc/id-token-verifier.ts';
import { normalizeEmail, readName } from '../read-input.ts';
import { beginSession, type SignedIn } from '../signing/begin-session.ts';
import type { Signing } from '../signing/signing.ts';
import type { KeyDeps } from './key-deps.ts';
import { STAFF_SESSION_S, type StaffSignedIn } from './sign-in-staff.ts';

/** Each turn follows upon somebody else's commit in between. */
const TRIES = 3;

export interface ExternalSignIn {
  readonly issuer: string;
  readonly idToken: string;
  readonly nonce?: string | null | undefined;
  /** Where somebody of the staff who works at several locations works now. */
  readonly locationId?: string | null | undefined;
}

const refused = (code: string, message: string, path: string[] | null = ['input', 'idToken']) => ({
  __typename: 'ExternalSignInRefused' as const,
  code,
  message,
  path,
});

export type ExternalSignInOutcome =
  SignedIn | StaffSignedIn | ReturnType<typeof refused> | ReturnType<typeof invalidInput> | ReturnType<typeof busy>;

const UNKNOWN_ISSUER = invalidInput('UNKNOWN_ISSUER', 'Nobody signs in by this issuer here.', ['input', 'issuer']);
const INVALID_LOCATION = invalidInput('INVALID_ID', 'locationId is not an id.', ['input', 'locationId']);
const TOKEN_USED = refused('TOKEN_USED', 'This ID token has begun a session already. Ask the issuer for another one.');
const NO_STAFF = refused('NOT_STAFF', 'The issuer vouches for you, but you are not of the staff here.');
const LOCATION_REQUIRED = refused('LOCATION_REQUIRED', 'Name one of your locations: you work at several.', [
  'input',
  'locationId',
]);
const ISSUER_BUSY = busy('The issuer', 5_000);

/**
 * Begins a session for somebody whom a configured issuer vouches for, in the caller's channel. A token is accepted once: of many who show
 * one at once, one gets a session, in one transaction with the profile, its link, its event and the note that the token was used.
 */
export async function signInExternal(
  { signing, db, idTokens }: Pick<KeyDeps, 'signing' | 'db' | 'idTokens'>,
  { issuer, idToken, nonce, locationId }: ExternalSignIn,
  channel: string,
): Promise<ExternalSignInOutcome> {
  if (locationId && !isId(locationId)) return INVALID_LOCATION;
  const token = await idTokens.verify({ issuer, idToken, nonce: nonce ?? null, channel });
  if (token.kind === 'unknown-issuer') return UNKNOWN_ISSUER;
  if (token.kind === 'unavailable') return ISSUER_BUSY;
  if (token.kind === 'refused') return refused('TOKEN_REFUSED', `This ID token is not accepted: ${token.reason}.`);
  return inTransaction(db, (tx) =>
    token.issuer.role === 'customer'
      ? beginForCustomer(signing, tx, token, channel)
      : beginForStaff(signing, tx, token, { channel, locationId: locationId?.toLowerCase() ?? null }),
  );
}

const take = (tx: Tx, { tokenHash, endsAt }: VerifiedIdToken) => takeExternalToken(tx, tokenHash, endsAt);

async function beginForCustomer(
  signing: Signing,
  tx: Tx,
  token: VerifiedIdToken,
  channel: string,
): Promise<ExternalSignInOutcome> {
  if (!(await take(tx, token))) return TOKEN_USED;
  const customerId = await findOrMakeCustomer(tx, personOf(token));
  const label = new URL(token.issuer.issuer).host;
  const tokens = await beginSession(signing, tx, { role: 'customer', customerId, channel, scopes: [], label });
  return { __typename: 'SignedIn', ...tokens, customer: (await findCustomers(tx, [customerId]))[0]! };
}

async function beginForStaff(
  signing: Signing,
  tx: Tx,
  token: VerifiedIdToken,
  where: { readonly channel: string; readonly locationId: string | null },
): Promise<ExternalSignInOutcome> {
  const { issuer, staffClaim } = token.issuer;
  const subject = staffClaim === 'sub' ? token.subject : verifiedEmail(token);
  const staff = subject === null ? null : await holdStaffOfSubject(tx, issuer, subject);
  if (!staff) return NO_STAFF;
  const place = placeOf(staff, where.locationId);
  if ('refusal' in place) return place.refusal;
  // Only now: whoever has to name a location may do so with the same token.
  if (!(await take(tx, token))) return TOKEN_USED;
  const tokens = await beginSession(signing, tx, {
    role: 'staff',
    staffId: staff.id,
    channel: where.channel,
    scopes: [...staff.scopes],
    lifetimeS: STAFF_SESSION_S,
    ...(place.locationId === null ? {} : { locationId: place.locationId }),
  });
  return { __typename: 'StaffSignedIn', ...tokens, staff: { id: staff.id, name: staff.name } };
}

/** Where a session of the staff works, null for everywhere, which only those get who work everywhere; or why it works nowhere. */
type Place = { readonly locationId: string | null } | { readonly refusal: ReturnType<typeof refused> };

function placeOf(staff: StaffMember, asked: string | null): Place {
  if (asked !== null) return worksAt(staff, asked) ? { locationId: asked } : { refusal: NO_STAFF };
  if (staff.locationIds === null) return { locationId: null };
  return staff.locationIds.length === 1 ? { locationId: staff.locationIds[0]! } : { refusal: LOCATION_REQUIRED };
}

const verifiedEmail = ({ email, emailVerified }: VerifiedIdToken): string | null =>
  email !== null && emailVerified ? normalizeEmail(email) : null;

/** An address is somebody's for certain now: who keeps what was done under it can give it to them. */
const identityVerified = (customerId: string) => ({
  topic: 'customers.identity.verified',
  key: customerId,
  payload: { customerId, kind: 'EMAIL' },
});

/** A name that we would not take from the person either is left out. */
const nameOf = (text: string | null): string | null => {
  const read = readName(text, 'name');
  return 'value' in read ? read.value : null;
};

const personOf = (token: VerifiedIdToken): ExternalPerson => ({
  issuer: token.issuer.issuer,
  subject: token.subject,
  email: verifiedEmail(token),
  givenName: nameOf(token.givenName),
  familyName: nameOf(token.familyName),
});

/**
 * The profile of somebody at an issuer: the one that is linked to them; else the one of their verified address, which is linked from now
 * on; else a new one. An account with their address that nobody has verified is somebody else's for all we know: it is left alone, and the
 * new profile has no address.
 */
async function findOrMakeCustomer(tx: Tx, person: ExternalPerson): Promise<string> {
  await lockSubject(tx, person.issuer, person.subject);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const linked = await findLinkedCustomer(tx, person.issuer, person.subject);
    if (linked !== null) return linked;
    const owner = person.email === null ? null : await findAddressOwner(tx, person.email);
    if (owner?.mayBeLinked) {
      const customerId = await link(tx, person, owner.customerId);
      if (customerId !== null) return customerId;
      continue;
    }
    const id = newId();
    if (await insertLinkedCustomer(tx, id, owner ? { ...person, email: null } : person)) {
      const verified = person.email !== null && !owner ? [identityVerified(id)] : [];
      await appendEvents(tx, 'customers', [customerChanged({ id, revision: 1 }), ...verified]);
      return id;
    }
  }
  throw new Error('A profile changed under an external sign-in again and again.');
}

/** Links the owner of an address, behind the lock of the profile. @returns null when the address is somebody else's meanwhile. */
async function link(tx: Tx, person: ExternalPerson, ownerId: string): Promise<string | null> {
  const locked = await lockCustomer(tx, ownerId);
  const owner = locked && person.email !== null ? await findAddressOwner(tx, person.email) : null;
  if (!locked || owner?.customerId !== locked.id || !owner.mayBeLinked) return null;
  if (!(await insertLink(tx, locked.id, person))) return null;
  const changed = (await touchCustomers(tx, [locked.id])).map(customerChanged);
  await appendEvents(tx, 'customers', owner.isVerified ? changed : [...changed, identityVerified(locked.id)]);
  return locked.id;
}
