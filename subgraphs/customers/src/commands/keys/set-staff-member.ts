import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { insertStaffMember, lockStaffMember, updateStaffMember } from '../../data/keys/staff-members.ts';
import { endSessionsOfStaff } from '../../data/signing/revocations.ts';
import type { Authority } from '../../domain/keys/grant.ts';
import { losesBy, type StaffMember, type StaffMemberState } from '../../domain/keys/staff-member.ts';
import { readText, type Read } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { authorityOf, refusalOfGrant, type GrantRefused } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';
import { readScopes } from './known-scopes.ts';

const CODE = /^[a-z0-9][a-z0-9._-]{0,31}$/;
const MAX_NAME_LENGTH = 100;
const MAX_ISSUER_LENGTH = 500;
/** OpenID Connect Core, 2: a subject is at most 255 characters. */
const MAX_SUBJECT_LENGTH = 255;
const MOST_LOCATIONS = 500;

export interface StaffMemberRequest {
  readonly code: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Null for all. */
  readonly locationIds?: readonly string[] | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly external?: { readonly issuer: string; readonly subject: string } | null | undefined;
  /** Null for somebody who is new. */
  readonly expectedVersion?: number | null | undefined;
}

export type StaffMemberSetOutcome =
  | { readonly __typename: 'StaffMemberSet'; readonly staffMember: StaffMember }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>
  | GrantRefused;

const NO_SUCH_CODE = notFound('Nobody of the staff has this code.', ['input', 'code']);
const SUBJECT_TAKEN = invalidInput('SUBJECT_TAKEN', 'Somebody else of the staff is this to the issuer.', [
  'input',
  'external',
]);

/** A login name as people type it: trimmed, in lower case. */
export const normalizeStaffCode = (text: string): string => text.trim().toLowerCase();

/** Whether a text, normalised, can be a code. */
export const isStaffCode = (code: string): boolean => CODE.test(code);

/**
 * Makes a person of the staff, or changes the one of that code, as a whole. Nobody gives more than they have themselves, and nobody changes
 * somebody who may do more. A change that takes anything away ends the person's sessions in the same transaction.
 */
export async function setStaffMember(
  { db, idTokens }: Pick<KeyDeps, 'db' | 'idTokens'>,
  caller: Caller,
  request: StaffMemberRequest,
): Promise<StaffMemberSetOutcome> {
  const read = readStaffState(request, (issuer) => idTokens.isIssuerOf(issuer, 'staff'));
  if ('refusal' in read) return read.refusal;
  const { state } = read;
  const authority = await authorityOf(db, caller);
  const refused = refusalOfGrant(authority, state, ['input']);
  if (refused) return refused;
  try {
    return await inTransaction(db, (tx) => write(tx, authority, state, request.expectedVersion ?? null));
  } catch (error) {
    if (brokenConstraint(error) !== 'staff_members_external') throw error;
    return SUBJECT_TAKEN;
  }
}

async function write(
  tx: Tx,
  authority: Authority,
  state: StaffMemberState,
  expectedVersion: number | null,
): Promise<StaffMemberSetOutcome> {
  const made = expectedVersion === null ? await insertStaffMember(tx, newId(), state) : null;
  if (made) return { __typename: 'StaffMemberSet', staffMember: made };
  const before = await lockStaffMember(tx, state.code);
  if (!before) return NO_SUCH_CODE;
  if (before.version !== expectedVersion) return versionConflict('This person of the staff', before.version);
  const refused = refusalOfGrant(authority, before);
  if (refused) return refused;
  const staffMember = await updateStaffMember(tx, state);
  if (losesBy(before, state)) await endSessionsOfStaff(tx, [staffMember.id]);
  return { __typename: 'StaffMemberSet', staffMember };
}

/** Reads a person of the staff as named, whatever the command. @param isStaffIssuer whether staff sign in by an external issuer. */
export function readStaffState(
  request: StaffMemberRequest,
  isStaffIssuer: (issuer: string) => boolean,
): { readonly state: StaffMemberState } | { readonly refusal: ReturnType<typeof invalidInput> } {
  const code = readCode(request.code);
  const name = readText(request.name, 'name', MAX_NAME_LENGTH);
  const scopes = readScopes(request.scopes);
  const locationIds = readLocations(request.locationIds ?? null);
  const { external } = request;
  const issuer = external ? readIssuer(external.issuer, isStaffIssuer) : { value: null };
  const subject = external ? readText(external.subject, 'external', MAX_SUBJECT_LENGTH) : { value: null };
  const refusal = refusalOf(code, name, scopes, locationIds, issuer, subject);
  if (refusal) return { refusal };
  return {
    state: {
      code: valueOf(code),
      name: valueOf(name),
      scopes: valueOf(scopes),
      locationIds: valueOf(locationIds),
      active: request.active ?? true,
      externalIssuer: valueOf<string | null>(issuer),
      externalSubject: valueOf<string | null>(subject),
    },
  };
}

function readCode(text: string): Read<string> {
  const code = normalizeStaffCode(text);
  if (isStaffCode(code)) return { value: code };
  const message = 'A code has 1 to 32 letters of a to z, digits, dots, dashes and underscores, such as anna.k or 4711.';
  return { fault: { code: 'INVALID_CODE', message, field: 'code' } };
}

function readLocations(ids: readonly string[] | null): Read<readonly string[] | null> {
  if (ids === null) return { value: null };
  if (ids.length >= 1 && ids.length <= MOST_LOCATIONS && ids.every(isId))
    return { value: [...new Set(ids.map((id) => id.toLowerCase()))].sort() };
  const message = `Name 1 to ${MOST_LOCATIONS} locations by their ids, or leave them out for all.`;
  return { fault: { code: 'INVALID_ID', message, field: 'locationIds' } };
}

function readIssuer(text: string, isStaffIssuer: (issuer: string) => boolean): Read<string> {
  if (text.length <= MAX_ISSUER_LENGTH && isStaffIssuer(text)) return { value: text };
  const message = 'This is not an issuer that staff sign in by here.';
  return { fault: { code: 'UNKNOWN_ISSUER', message, field: 'external' } };
}
