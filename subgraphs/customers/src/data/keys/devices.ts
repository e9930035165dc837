import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Device } from '../../domain/keys/device.ts';
import type { KeyReach } from './api-keys.ts';

const columns = sql`d.device_id as id, d.label, d.channel, d.location_id as "locationId", d.prefix, d.last_four as "lastFour",
  d.registered_by as "registeredBy", d.registered_at::text as "registeredAt", d.last_seen_at::text as "lastSeenAt", d.revoked_at::text as "revokedAt"`;

type Row = Device & Record<string, unknown>;

const within = ({ channel, locationId }: KeyReach) => sql`(${channel}::text is null or d.channel = ${channel})
  and (${locationId}::uuid is null or d.location_id = ${locationId}::uuid)`;

/** Devices within reach, the newest first, those that were revoked among them. */
export async function findDevices(
  db: Db | Tx,
  { after, limit, reach }: { readonly after: string | null; readonly limit: number; readonly reach: KeyReach },
): Promise<Device[]> {
  return await db.execute<Row>(sql`
    select ${columns} from customers.devices d where ${within(reach)} and (${after}::uuid is null or d.device_id < ${after}::uuid)
    order by d.device_id desc limit ${limit}`);
}

/** A device to register. */
export type NewDevice = Pick<
  Device,
  'id' | 'label' | 'channel' | 'locationId' | 'prefix' | 'lastFour' | 'registeredBy'
> & { readonly secretHash: string };

/** Registers a device. */
export async function insertDevice(tx: Tx, device: NewDevice): Promise<Device> {
  const [row] = await tx.execute<Row>(sql`
    insert into customers.devices as d (device_id, label, channel, location_id, secret_hash, prefix, last_four, registered_by, registered_at)
    values (${device.id}::uuid, ${device.label}, ${device.channel}, ${device.locationId}::uuid, ${device.secretHash}, ${device.prefix},
      ${device.lastFour}, ${device.registeredBy}, customers.app_now())
    returning ${columns}`);
  return row!;
}

/** Registers a device, or changes the label, channel and location of the one of that key, in one statement. @returns its id. */
export async function upsertDevice(db: Db | Tx, device: NewDevice): Promise<string> {
  const [row] = await db.execute<{ id: string }>(sql`
    insert into customers.devices as d (device_id, label, channel, location_id, secret_hash, prefix, last_four, registered_by, registered_at)
    values (${device.id}::uuid, ${device.label}, ${device.channel}, ${device.locationId}::uuid, ${device.secretHash}, ${device.prefix},
      ${device.lastFour}, ${device.registeredBy}, customers.app_now())
    on conflict (secret_hash) do update set label = excluded.label, channel = excluded.channel, location_id = excluded.location_id
    returning device_id as id`);
  return row!.id;
}

/** Ends a device for good. Its row is locked until the transaction ends. @returns it and whether it was valid until now; null when none is within reach. */
export async function revokeDevice(
  tx: Tx,
  id: string,
  reach: KeyReach,
): Promise<{ readonly device: Device; readonly revoked: boolean } | null> {
  const [before] = await tx.execute<Row>(
    sql`select ${columns} from customers.devices d where d.device_id = ${id}::uuid and ${within(reach)} for update`,
  );
  if (!before) return null;
  if (before.revokedAt !== null) return { device: before, revoked: false };
  const [device] = await tx.execute<Row>(
    sql`update customers.devices d set revoked_at = customers.app_now() where d.device_id = ${id}::uuid returning ${columns}`,
  );
  return { device: device!, revoked: true };
}

/** A device that works, held so that it is not revoked before the transaction ends; null when there is none. */
export async function holdDevice(tx: Tx, id: string): Promise<Device | null> {
  const [row] = await tx.execute<Row>(
    sql`select ${columns} from customers.devices d where d.device_id = ${id}::uuid and d.revoked_at is null for share`,
  );
  return row ?? null;
}
