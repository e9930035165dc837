import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { revokeCredential as writeRevocation } from '../../data/keys/credentials.ts';
import { revokeCredentials } from '../../data/signing/revocations.ts';

/**
 * Ends a credential for good and tells edges in the same transaction. Repeating it changes nothing. Edges that hear of nothing forget what
 * they know of it within 30 seconds.
 */
export async function revokeCredential(db: Database, credentialId: string): Promise<{ revoked: boolean }> {
  if (!isId(credentialId)) return { revoked: false };
  return inTransaction(db, async (tx) => {
    const revoked = await writeRevocation(tx, credentialId);
    if (revoked) await revokeCredentials(tx, [credentialId]);
    return { revoked };
  });
}
