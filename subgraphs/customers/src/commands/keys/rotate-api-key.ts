import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockApiKey, replaceSecret } from '../../data/keys/api-keys.ts';
import { MAX_OVERLAP_S, type ApiKey } from '../../domain/keys/api-key.ts';
import { authorityOf, refusalOfGrant, scopesOfKey, type GrantRefused } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';
import { newKeySecret } from './key-secret.ts';

export const NO_SUCH_KEY = notFound('There is no such key, or it is not yours to see.', ['input', 'apiKeyId']);

const KEY_ENDED = invalidInput('KEY_ENDED', 'This key was revoked or has expired. Make a new one.', [
  'input',
  'apiKeyId',
]);
const INVALID_OVERLAP = invalidInput(
  'INVALID_OVERLAP',
  `The secret before works on for 0 to ${MAX_OVERLAP_S} seconds (7 days).`,
  ['input', 'overlapSeconds'],
);

export type ApiKeyRotateOutcome =
  | {
      readonly __typename: 'ApiKeyRotated';
      readonly apiKey: ApiKey;
      readonly key: string;
      readonly formerEndsAt: string;
    }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | GrantRefused;

/**
 * Gives a key a new secret and shows it this once; the one before ends after the overlap. Secrets that an earlier rotation let go on do so
 * until their own end, so that a rotation that is repeated, since its answer was lost, takes nobody's secret away. Whoever gets the secret
 * gets what it opens: nobody rotates a key that may do more than they may themselves.
 */
export async function rotateApiKey(
  { db, mode }: Pick<KeyDeps, 'db' | 'mode'>,
  caller: Caller,
  { apiKeyId, overlapSeconds }: { readonly apiKeyId: string; readonly overlapSeconds: number },
): Promise<ApiKeyRotateOutcome> {
  if (overlapSeconds < 0 || overlapSeconds > MAX_OVERLAP_S) return INVALID_OVERLAP;
  if (!isId(apiKeyId)) return NO_SUCH_KEY;
  const authority = await authorityOf(db, caller);
  const { secret, ...kept } = newKeySecret('sk', mode);
  return inTransaction(db, async (tx) => {
    const known = await lockApiKey(tx, apiKeyId, authority);
    if (!known) return NO_SUCH_KEY;
    const { role, scopes, channel, locationId } = known;
    const grant = {
      scopes: scopesOfKey(role, scopes),
      channel,
      locationIds: locationId === null ? null : [locationId],
    };
    const refused = refusalOfGrant(authority, grant);
    if (refused) return refused;
    if (!known.isLive) return KEY_ENDED;
    return { __typename: 'ApiKeyRotated', key: secret, ...(await replaceSecret(tx, apiKeyId, kept, overlapSeconds)) };
  });
}
