import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope, requireScope } from '@kontor/kit/src/auth/policy.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { busy, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findStaffAccountById, updatePin, type StaffAccount } from '../../data/keys/staff-members.ts';
import { endSessionsOfStaff } from '../../data/signing/revocations.ts';
import { isPin, isTrivialPin } from '../../domain/keys/pin.ts';
import type { StaffMember } from '../../domain/keys/staff-member.ts';
import { hashPassword } from '../../passwords/argon2id.ts';
import { authorityOf, refusalOfGrant, type GrantRefused } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';
import {
  clearPinAttempts,
  giveBackPinAttempt,
  takePinAttempt,
  tooManyPinAttempts,
  WRONG_PIN,
} from './staff-attempts.ts';
import { verifyPin } from './verify-pin.ts';

const STAFF_WRITE = 'staff:write';

export interface StaffPinRequest {
  readonly staffId: string;
  readonly pin: string;
  /** The PIN until now, for people who set their own. */
  readonly currentPin?: string | null | undefined;
}

export type StaffPinSetOutcome =
  | { readonly __typename: 'StaffPinSet'; readonly staffMember: StaffMember }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof busy>
  | ReturnType<typeof tooManyPinAttempts>
  | typeof WRONG_PIN
  | GrantRefused;

const PINS_BUSY = busy('Sign-in', 2_000);
const NOBODY = notFound('Nobody of the staff has this id.', ['input', 'staffId']);
const NO_PIN = invalidInput('INVALID_PIN', 'A PIN has 6 to 12 digits.', ['input', 'pin']);
const TRIVIAL_PIN = invalidInput(
  'TRIVIAL_PIN',
  'This PIN is among the first that somebody would try. Take one without repetitions, runs and patterns.',
  ['input', 'pin'],
);

/**
 * Sets somebody's PIN and ends their sessions in the same transaction. One's own needs the PIN until now; somebody else's, or one's first,
 * the scope `staff:write` and everything that the person may do: whoever sets a PIN can sign in with it.
 * @throws GraphQLError FORBIDDEN
 */
export async function setStaffPin(
  deps: Pick<KeyDeps, 'db' | 'signing'>,
  caller: Caller,
  { staffId, pin, currentPin }: StaffPinRequest,
): Promise<StaffPinSetOutcome> {
  const { db, signing } = deps;
  const isOwn = caller.staffId !== undefined && caller.staffId === staffId;
  if (!isOwn) requireScope(caller, STAFF_WRITE);
  if (!isPin(pin)) return NO_PIN;
  const account = isId(staffId) ? await findStaffAccountById(db.orm, staffId) : null;
  if (!account) return NOBODY;
  if (isTrivialPin(pin, account.code)) return TRIVIAL_PIN;
  const refused =
    isOwn && (account.pinHash !== null || !hasScope(caller, STAFF_WRITE))
      ? await refusalOfOwn(deps, account, currentPin ?? '')
      : refusalOfGrant(await authorityOf(db, caller), account);
  if (refused) return refused;

  const hashing = signing.work.run(() => hashPassword(pin));
  if (!hashing) return PINS_BUSY;
  const pinHash = await hashing;
  const staffMember = await inTransaction(db, async (tx) => {
    const changed = await updatePin(tx, account.id, { pinHash, before: account.pinHash });
    if (changed) await endSessionsOfStaff(tx, [account.id]);
    return changed;
  });
  // Somebody else has set it meanwhile: what was verified is no longer the PIN.
  if (!staffMember) return WRONG_PIN;
  await clearPinAttempts(db.orm, { staffCode: account.code, deviceId: null });
  return { __typename: 'StaffPinSet', staffMember };
}

/** The refusal of somebody who sets their own PIN and does not know the one until now; null when they do. Attempts count as at a register. */
async function refusalOfOwn(
  { db, signing }: Pick<KeyDeps, 'db' | 'signing'>,
  { code, pinHash }: StaffAccount,
  currentPin: string,
): Promise<StaffPinSetOutcome | null> {
  const attempt = { staffCode: code, deviceId: null };
  const retryAfterMs = await takePinAttempt(db.orm, attempt);
  if (retryAfterMs !== null) return tooManyPinAttempts(retryAfterMs, ['input', 'currentPin']);
  try {
    const isRight = await verifyPin(signing.work, currentPin, pinHash);
    if (isRight) return null;
    if (isRight === false) return WRONG_PIN;
  } catch (error) {
    await giveBackPinAttempt(db.orm, attempt);
    throw error;
  }
  await giveBackPinAttempt(db.orm, attempt);
  return PINS_BUSY;
}
