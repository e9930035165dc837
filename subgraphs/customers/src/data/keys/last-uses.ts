import type { Db } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';

/**
 * Writes down that keys and devices were used just now, where the last use is older than a minute. Rows that somebody else holds are passed
 * over: whoever uses the key next comes by again. Only columns without an index change, so that PostgreSQL need not touch the indexes.
 */
export async function writeLastUses(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`
    with due as (
      select credential_id from customers.credentials
      where credential_id = any(${uuids(ids)}) and (last_used_at is null or last_used_at < customers.app_now() - interval '1 minute')
      order by credential_id for no key update skip locked
    ), due_devices as (
      select device_id from customers.devices
      where device_id = any(${uuids(ids)}) and (last_seen_at is null or last_seen_at < customers.app_now() - interval '1 minute')
      order by device_id for no key update skip locked
    ), used as (
      update customers.credentials k set last_used_at = customers.app_now() from due where k.credential_id = due.credential_id
    )
    update customers.devices d set last_seen_at = customers.app_now() from due_devices where d.device_id = due_devices.device_id`);
}
