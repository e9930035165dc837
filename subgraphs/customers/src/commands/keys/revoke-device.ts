import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { revokeDevice as writeRevocation } from '../../data/keys/devices.ts';
import { endSessionsOfDevice, revokeCredentials } from '../../data/signing/revocations.ts';
import type { Device } from '../../domain/keys/device.ts';
import { authorityOf } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';

const NO_SUCH_DEVICE = notFound('There is no such device, or it is not yours to see.', ['input', 'deviceId']);

export type DeviceRevokeOutcome =
  | { readonly __typename: 'DeviceRevoked'; readonly device: Device; readonly revoked: boolean }
  | ReturnType<typeof notFound>;

/**
 * Ends a device for good, and with it every session that staff began on it. Repeating it changes nothing. The row is locked first: a
 * sign-in on the device at the same time either waits and is refused, or its session is found and ended.
 */
export async function revokeDevice(
  { db }: Pick<KeyDeps, 'db'>,
  caller: Caller,
  { deviceId }: { readonly deviceId: string },
): Promise<DeviceRevokeOutcome> {
  if (!isId(deviceId)) return NO_SUCH_DEVICE;
  const reach = await authorityOf(db, caller);
  return inTransaction(db, async (tx) => {
    const outcome = await writeRevocation(tx, deviceId, reach);
    if (!outcome) return NO_SUCH_DEVICE;
    if (outcome.revoked) {
      await endSessionsOfDevice(tx, [deviceId]);
      await revokeCredentials(tx, [deviceId]);
    }
    return { __typename: 'DeviceRevoked', ...outcome };
  });
}
