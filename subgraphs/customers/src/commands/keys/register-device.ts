import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import type { invalidInput } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { insertDevice } from '../../data/keys/devices.ts';
import type { Device } from '../../domain/keys/device.ts';
import { readText, type Read } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { actorOf, authorityOf, refusalOfGrant, type GrantRefused } from './authority.ts';
import { MAX_CHANNEL_LENGTH, MAX_LABEL_LENGTH } from './create-api-key.ts';
import type { KeyDeps } from './key-deps.ts';
import { newKeySecret } from './key-secret.ts';

export interface DeviceRequest {
  readonly label: string;
  readonly channel: string;
  readonly locationId: string;
}

export type DeviceRegisterOutcome =
  | { readonly __typename: 'DeviceRegistered'; readonly device: Device; readonly key: string }
  | ReturnType<typeof invalidInput>
  | GrantRefused;

/** Registers a device of a location and shows its key this once. The device itself may do nothing but let staff sign in. */
export async function registerDevice(
  { db, mode }: Pick<KeyDeps, 'db' | 'mode'>,
  caller: Caller,
  request: DeviceRequest,
): Promise<DeviceRegisterOutcome> {
  const label = readText(request.label, 'label', MAX_LABEL_LENGTH);
  const channel = readText(request.channel, 'channel', MAX_CHANNEL_LENGTH);
  const locationId = readLocation(request.locationId);
  const refusal = refusalOf(label, channel, locationId);
  if (refusal) return refusal;

  const place = { channel: valueOf(channel), locationId: valueOf(locationId) };
  const grant = { scopes: [], channel: place.channel, locationIds: [place.locationId] };
  const refused = refusalOfGrant(await authorityOf(db, caller), grant, ['input']);
  if (refused) return refused;

  const { secret, ...kept } = newKeySecret('dk', mode);
  const device = await inTransaction(db, (tx) =>
    insertDevice(tx, { id: newId(), label: valueOf(label), ...place, ...kept, registeredBy: actorOf(caller) }),
  );
  return { __typename: 'DeviceRegistered', device, key: secret };
}

const readLocation = (text: string): Read<string> =>
  isId(text)
    ? { value: text.toLowerCase() }
    : { fault: { code: 'INVALID_ID', message: 'locationId is not an id.', field: 'locationId' } };
