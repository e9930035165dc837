import { hashOfNobody, verifyPassword } from '../../passwords/argon2id.ts';
import type { PasswordWork } from '../../passwords/password-work.ts';

/** Stands in where there is no PIN, so that the answer takes as long. */
const NOBODY = hashOfNobody();
const LONGEST = 64;

/** Whether a text is the PIN of a hash, at the cost of one hash whatever there is; null when too much is waiting already. */
export async function verifyPin(work: PasswordWork, text: string, pinHash: string | null): Promise<boolean | null> {
  const verifying = work.run(() => verifyPassword(text.slice(0, LONGEST), pinHash ?? NOBODY));
  if (!verifying) return null;
  const isRight = await verifying;
  return isRight && pinHash !== null && text.length <= LONGEST;
}
