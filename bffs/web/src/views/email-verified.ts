import type { AccountSource } from './sources.ts';

/** Whether the address that messages go to was shown to be the person's; null where nobody could be asked. */
export function emailVerified({ email, identities }: AccountSource): boolean | null {
  if (!identities) return null;
  return identities.some(({ kind, value, verifiedAt }) => kind === 'EMAIL' && value === email && verifiedAt !== null);
}
