import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import {
  findStaffAccount,
  insertStaffMember,
  lockStaffMember,
  updatePin,
  updateStaffMember,
} from '../../data/keys/staff-members.ts';
import { endSessionsOfStaff } from '../../data/signing/revocations.ts';
import { isPin, isTrivialPin } from '../../domain/keys/pin.ts';
import { losesBy, type StaffMember, type StaffMemberState } from '../../domain/keys/staff-member.ts';
import { hashPassword } from '../../passwords/argon2id.ts';
import type { KeyDeps } from './key-deps.ts';
import { readStaffState, type StaffMemberRequest } from './set-staff-member.ts';

export interface StaffMemberInput extends Pick<StaffMemberRequest, 'code' | 'name' | 'scopes' | 'locationIds'> {
  /** For somebody who has none. */
  readonly pin?: string | null | undefined;
}

/**
 * Makes a person of the staff, or the one of that code as named, with a PIN where there is none, in one transaction. Repeating is harmless,
 * and no PIN that somebody chose is replaced. A change that takes anything away ends the person's sessions.
 * @throws GraphQLError BAD_USER_INPUT, SERVICE_UNAVAILABLE when too much is hashed at once
 */
export async function upsertStaffMember(
  { db, signing }: Pick<KeyDeps, 'db' | 'signing'>,
  { pin, ...request }: StaffMemberInput,
): Promise<{ staffId: string }> {
  const read = readStaffState(request, () => false);
  if ('refusal' in read) throw badInput(read.refusal.message, read.refusal.path ?? []);
  const { state } = read;
  if (pin != null && (!isPin(pin) || isTrivialPin(pin, state.code)))
    throw badInput('A PIN has 6 to 12 digits without repetitions, runs and patterns.', ['input', 'pin']);
  const known = await findStaffAccount(db.orm, state.code);
  // Hashed before the transaction: nobody waits for the row meanwhile.
  const hashing = pin == null || known?.pinHash ? Promise.resolve(null) : signing.work.run(() => hashPassword(pin));
  if (!hashing) throw requestFault('SERVICE_UNAVAILABLE', 'Too many passwords are being checked now.');
  const pinHash = await hashing;
  return inTransaction(db, async (tx) => {
    const { id } = (await insertStaffMember(tx, newId(), state)) ?? (await change(tx, state));
    if (pinHash !== null) await updatePin(tx, id, { pinHash, before: null });
    return { staffId: id };
  });
}

/** The person of the code becomes as named, unless they are so already. */
async function change(tx: Tx, named: StaffMemberState): Promise<StaffMember> {
  // A conflict on the code was what led here, and nobody of the staff is ever deleted.
  const before = (await lockStaffMember(tx, named.code))!;
  const state = { ...named, externalIssuer: before.externalIssuer, externalSubject: before.externalSubject };
  const after = await updateStaffMember(tx, state);
  if (losesBy(before, state)) await endSessionsOfStaff(tx, [after.id]);
  return after;
}
