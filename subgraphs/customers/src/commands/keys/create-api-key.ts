import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { idempotencyKeyReused, invalidInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { findApiKeyMade, insertApiKey } from '../../data/keys/api-keys.ts';
import type { ApiKey, ApiKeyRole } from '../../domain/keys/api-key.ts';
import { readId, readText, type Read } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { actorOf, authorityOf, refusalOfGrant, scopesOfKey, type GrantRefused } from './authority.ts';
import { hashSecret } from './hash-secret.ts';
import type { KeyDeps } from './key-deps.ts';
import { newKeySecret } from './key-secret.ts';
import { readScopes } from './known-scopes.ts';

export const MAX_LABEL_LENGTH = 100;
export const MAX_CHANNEL_LENGTH = 64;
const MAX_IDEMPOTENCY_KEY_LENGTH = 200;

export interface ApiKeyRequest {
  readonly label: string;
  readonly role: ApiKeyRole;
  readonly channel?: string | null | undefined;
  readonly scopes: readonly string[];
  readonly locationId?: string | null | undefined;
  /** ISO 8601. */
  readonly expiresAt?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export type ApiKeyCreateOutcome =
  | { readonly __typename: 'ApiKeyCreated'; readonly apiKey: ApiKey; readonly key: string | null }
  | ReturnType<typeof invalidInput>
  | GrantRefused
  | ReturnType<typeof idempotencyKeyReused>;

const EXPIRED = invalidInput('INVALID_EXPIRY', 'A key cannot end before it begins: name an instant to come.', [
  'input',
  'expiresAt',
]);

/**
 * Makes a key of staff or of an integration and shows its secret this once. Nobody gives a key more than they have themselves. The same
 * request under the same idempotency key answers the same key without its secret, which is kept nowhere: rotate the key for another one.
 */
export async function createApiKey(
  { db, mode }: Pick<KeyDeps, 'db' | 'mode'>,
  caller: Caller,
  request: ApiKeyRequest,
): Promise<ApiKeyCreateOutcome> {
  const label = readText(request.label, 'label', MAX_LABEL_LENGTH);
  const channel = optionalText(request.channel, 'channel', MAX_CHANNEL_LENGTH);
  const scopes = readScopes(request.scopes);
  const locationId = readId(request.locationId, 'locationId');
  const idempotencyKey = optionalText(request.idempotencyKey, 'idempotencyKey', MAX_IDEMPOTENCY_KEY_LENGTH);
  const refusal = refusalOf(label, channel, scopes, locationId, idempotencyKey);
  if (refusal) return refusal;

  const wished = {
    label: valueOf(label),
    role: request.role,
    channel: valueOf(channel),
    scopes: valueOf(scopes),
    locationId: valueOf(locationId),
    expiresAt: request.expiresAt ?? null,
  };
  const grant = {
    scopes: scopesOfKey(wished.role, wished.scopes),
    channel: wished.channel,
    locationIds: wished.locationId === null ? null : [wished.locationId],
  };
  const refused = refusalOfGrant(await authorityOf(db, caller), grant, ['input']);
  if (refused) return refused;

  const { secret, ...kept } = newKeySecret('sk', mode);
  const createdBy = actorOf(caller);
  const requestKey = valueOf(idempotencyKey);
  const requestHash = requestKey === null ? null : hashSecret(JSON.stringify(wished));
  return inTransaction(db, async (tx) => {
    const row = { id: newId(), ...wished, ...kept, createdBy, idempotencyKey: requestKey, requestHash };
    const apiKey = await insertApiKey(tx, row);
    if (apiKey) return { __typename: 'ApiKeyCreated', apiKey, key: secret };
    const made = requestKey === null ? null : await findApiKeyMade(tx, createdBy, requestKey);
    if (!made) return EXPIRED;
    if (made.requestHash !== requestHash) return idempotencyKeyReused();
    return { __typename: 'ApiKeyCreated', apiKey: made, key: null };
  });
}

const optionalText = (text: string | null | undefined, field: string, maximum: number): Read<string | null> =>
  text === null || text === undefined ? { value: null } : readText(text, field, maximum);
