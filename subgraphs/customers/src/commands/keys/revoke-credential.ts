import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { revokeCredential as writeRevocation } from '../data/credentials.ts';

/** Ends a credential for good, in one statement. Repeating it changes nothing. Edges forget what they know of it within 30 seconds. */
export const revokeCredential = async (db: Database, credentialId: string): Promise<{ revoked: boolean }> => ({
  revoked: isId(credentialId) && (await writeRevocation(db.orm, credentialId)),
});
