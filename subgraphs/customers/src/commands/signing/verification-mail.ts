import type { Tx } from '@kontor/kit/src/database.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { issueOneTimeToken } from './one-time-tokens.ts';
import type { Signing } from './signing.ts';

/** Shows that an address of a profile is its owner's. About the address, not the person. */
export const VERIFICATION = 'email-verification';
const LIFETIME_S = 86_400;

/** Queues the mail that verifies an address of a profile, in the command's transaction. */
export async function queueVerification(signing: Signing, tx: Tx, identityId: string): Promise<void> {
  const { tokenId } = await issueOneTimeToken(signing, tx, {
    purpose: VERIFICATION,
    subjectId: identityId,
    lifetimeS: LIFETIME_S,
  });
  await queueMail(tx, { kind: 'EMAIL_VERIFICATION', to: { identityId }, tokenId });
}
