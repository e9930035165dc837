import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { busy, requestFault } from '@kontor/kit/src/errors.ts';
import { holdDevice } from '../../data/keys/devices.ts';
import { findStaffAccount, holdStaffOfPin } from '../../data/keys/staff-members.ts';
import { worksAt, type StaffMember } from '../../domain/keys/staff-member.ts';
import type { SessionTokens } from '../../domain/signing/session.ts';
import { beginSession } from '../signing/begin-session.ts';
import type { KeyDeps } from './key-deps.ts';
import { isStaffCode, normalizeStaffCode } from './set-staff-member.ts';
import {
  clearPinAttempts,
  giveBackPinAttempt,
  takePinAttempt,
  tooManyPinAttempts,
  WRONG_PIN,
  type PinAttempt,
} from './staff-attempts.ts';
import { verifyPin } from './verify-pin.ts';

/** A working day: nobody signs in twice during one, and nobody stays signed in over night. */
export const STAFF_SESSION_S = 12 * 3_600;

const PINS_BUSY = busy('Sign-in', 2_000);

export interface StaffSignIn {
  readonly staffCode: string;
  readonly pin: string;
}

/** A session of the staff, with its tokens for the one time that they are shown. */
export type StaffSignedIn = {
  readonly __typename: 'StaffSignedIn';
  readonly staff: Pick<StaffMember, 'id' | 'name'>;
} & SessionTokens;

export type StaffSignInOutcome =
  StaffSignedIn | typeof WRONG_PIN | ReturnType<typeof tooManyPinAttempts> | ReturnType<typeof busy>;

/**
 * Begins a session of somebody of the staff on a device, bound to both, to the device's location and to its channel. A wrong code, a wrong
 * PIN, somebody who is not active, has no PIN or does not work at the location are all answered alike, after the same statements and one
 * hash; each counts as an attempt, before it is made, by the code that was typed and by the device.
 * @throws GraphQLError FORBIDDEN for callers that are no device
 */
export async function signInStaff(
  deps: Pick<KeyDeps, 'db' | 'signing'>,
  { deviceId }: Caller,
  { staffCode, pin }: StaffSignIn,
): Promise<StaffSignInOutcome> {
  if (deviceId === undefined) throw requestFault('FORBIDDEN', 'Staff sign in on a registered device, with its key.');
  const { db } = deps;
  const attempt = { staffCode: normalizeStaffCode(staffCode), deviceId };
  const retryAfterMs = await takePinAttempt(db.orm, attempt);
  if (retryAfterMs !== null) return tooManyPinAttempts(retryAfterMs, ['input', 'staffCode']);
  let outcome: StaffSignInOutcome;
  try {
    outcome = await makeAttempt(deps, attempt, pin);
  } catch (error) {
    await giveBackPinAttempt(db.orm, attempt);
    throw error;
  }
  if (outcome.__typename === 'StaffSignedIn') await clearPinAttempts(db.orm, attempt);
  if (outcome.__typename === 'Busy') await giveBackPinAttempt(db.orm, attempt);
  return outcome;
}

async function makeAttempt(
  { db, signing }: Pick<KeyDeps, 'db' | 'signing'>,
  { staffCode, deviceId }: PinAttempt & { readonly deviceId: string },
  pin: string,
): Promise<StaffSignInOutcome> {
  // What cannot be a code costs the same statement.
  const account = await findStaffAccount(db.orm, isStaffCode(staffCode) ? staffCode : '');
  const isRight = await verifyPin(signing.work, pin, account?.pinHash ?? null);
  if (isRight === null) return PINS_BUSY;
  if (!account || !isRight || account.pinHash === null) return WRONG_PIN;
  const { id, pinHash } = account;
  return inTransaction(db, async (tx) => {
    // Both are held until the session is there: whoever revokes one of them at the same time waits, and finds the session.
    const staff = await holdStaffOfPin(tx, id, pinHash);
    const device = staff && (await holdDevice(tx, deviceId));
    if (!staff || !device || !worksAt(staff, device.locationId)) return WRONG_PIN;
    const tokens = await beginSession(signing, tx, {
      role: 'staff',
      staffId: staff.id,
      deviceId: device.id,
      locationId: device.locationId,
      channel: device.channel,
      scopes: [...staff.scopes],
      label: device.label,
      lifetimeS: STAFF_SESSION_S,
    });
    return { __typename: 'StaffSignedIn', ...tokens, staff: { id: staff.id, name: staff.name } };
  });
}
