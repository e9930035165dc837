import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { upsertDevice as writeDevice } from '../../data/keys/devices.ts';
import { readId, readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import { actorOf } from './authority.ts';
import { MAX_CHANNEL_LENGTH, MAX_LABEL_LENGTH } from './create-api-key.ts';
import { hashSecret } from './hash-secret.ts';
import { prefixOfSecret, shapeOfSecret } from './key-secret.ts';

export interface DeviceInput {
  /** `dk_…` with its checksum. */
  readonly secret: string;
  readonly label: string;
  readonly channel: string;
  readonly locationId: string;
}

/**
 * Registers a device under a key that exists already, or changes the one of that key, in one statement; only the key's hash is kept. One that
 * was revoked stays revoked.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function upsertDevice(db: Database, caller: Caller, input: DeviceInput): Promise<{ deviceId: string }> {
  const { secret } = input;
  const shape = shapeOfSecret(secret);
  if (typeof shape === 'string' || shape.kind !== 'dk')
    throw badInput('The key of a device begins with dk_ and ends with its checksum.', ['input', 'secret']);
  const locationId = valueOf(readId(input.locationId, 'locationId'));
  if (locationId === null) throw badInput('A device has a location.', ['input', 'locationId']);
  const deviceId = await writeDevice(db.orm, {
    id: newId(),
    label: valueOf(readText(input.label, 'label', MAX_LABEL_LENGTH)),
    channel: valueOf(readText(input.channel, 'channel', MAX_CHANNEL_LENGTH)),
    locationId,
    secretHash: hashSecret(secret),
    prefix: prefixOfSecret(shape),
    lastFour: secret.slice(-4),
    registeredBy: actorOf(caller),
  });
  return { deviceId };
}
