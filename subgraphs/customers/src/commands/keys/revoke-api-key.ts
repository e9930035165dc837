import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import type { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findApiKey } from '../../data/keys/api-keys.ts';
import { revokeCredential } from '../../data/keys/credentials.ts';
import { revokeCredentials } from '../../data/signing/revocations.ts';
import type { ApiKey } from '../../domain/keys/api-key.ts';
import { authorityOf } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';
import { NO_SUCH_KEY } from './rotate-api-key.ts';

export type ApiKeyRevokeOutcome =
  | { readonly __typename: 'ApiKeyRevoked'; readonly apiKey: ApiKey; readonly revoked: boolean }
  | ReturnType<typeof notFound>;

/** Ends a key for good, with every secret it has, and tells edges in the same transaction. Repeating it changes nothing. */
export async function revokeApiKey(
  { db }: Pick<KeyDeps, 'db'>,
  caller: Caller,
  { apiKeyId }: { readonly apiKeyId: string },
): Promise<ApiKeyRevokeOutcome> {
  if (!isId(apiKeyId)) return NO_SUCH_KEY;
  const reach = await authorityOf(db, caller);
  return inTransaction(db, async (tx) => {
    if (!(await findApiKey(tx, apiKeyId, reach))) return NO_SUCH_KEY;
    const revoked = await revokeCredential(tx, apiKeyId);
    if (revoked) await revokeCredentials(tx, [apiKeyId]);
    return { __typename: 'ApiKeyRevoked', apiKey: (await findApiKey(tx, apiKeyId, reach))!, revoked };
  });
}
