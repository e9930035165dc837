import type { Db } from '@kontor/kit/src/database.ts';
import { clearAttempts, giveBackAttempt, takeAttempt, type AttemptLimit } from '../../data/signing/attempts.ts';

const WINDOW_S = 15 * 60;
const OF_PERSON = { kind: 'staff-pin', most: 5, windowS: WINDOW_S };
/** Many people share a register; nobody tries codes one after the other on it. */
const OF_DEVICE = { kind: 'device-pin', most: 30, windowS: WINDOW_S };

const ofPerson = (staffCode: string): AttemptLimit => ({ ...OF_PERSON, subjects: [staffCode] });
const ofDevice = (deviceId: string): AttemptLimit => ({ ...OF_DEVICE, subjects: [deviceId] });

/** An attempt at somebody's PIN, where it is made. */
export interface PinAttempt {
  /** As it was typed, in lower case, whether or not somebody has it. */
  readonly staffCode: string;
  /** Null where no device takes part. */
  readonly deviceId: string | null;
}

/** Counts an attempt at a PIN before it is made: by the person and by the device. @returns null, or how long to wait in milliseconds. */
export async function takePinAttempt(db: Db, { staffCode, deviceId }: PinAttempt): Promise<number | null> {
  const waitOfPerson = await takeAttempt(db, ofPerson(staffCode));
  if (waitOfPerson !== null || deviceId === null) return waitOfPerson;
  const waitOfDevice = await takeAttempt(db, ofDevice(deviceId));
  if (waitOfDevice !== null) await giveBackAttempt(db, ofPerson(staffCode));
  return waitOfDevice;
}

/** The attempt was not made after all. */
export async function giveBackPinAttempt(db: Db, { staffCode, deviceId }: PinAttempt): Promise<void> {
  await giveBackAttempt(db, ofPerson(staffCode));
  if (deviceId !== null) await giveBackAttempt(db, ofDevice(deviceId));
}

/** The attempt succeeded: the person's are forgotten, and this one of the device, which others still try on. */
export async function clearPinAttempts(db: Db, { staffCode, deviceId }: PinAttempt): Promise<void> {
  await clearAttempts(db, ofPerson(staffCode));
  if (deviceId !== null) await giveBackAttempt(db, ofDevice(deviceId));
}

export const tooManyPinAttempts = (retryAfterMs: number, path: string[]) => ({
  __typename: 'TooManyAttempts' as const,
  code: 'TOO_MANY_ATTEMPTS',
  message: `There were too many attempts. Try again in ${Math.ceil(retryAfterMs / 60_000)} minutes.`,
  path,
  retryAfterMs,
});

export const WRONG_PIN = {
  __typename: 'InvalidCredentials' as const,
  code: 'INVALID_CREDENTIALS',
  message: 'The code and the PIN do not belong together, or not here. Check both and try again.',
  path: null,
};
