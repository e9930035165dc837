import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ShippingOption } from '../../domain/shipping/shipping-option.ts';

/**
 * Has all others that change shipping options wait until the transaction ends; nobody who reads does. Each then takes its moment after the one
 * before, so that the spans of the history follow one another.
 */
export async function lockShippingOptions(tx: Tx): Promise<void> {
  await tx.execute(sql`lock table prices.shipping_options in share row exclusive mode`);
}

/** How many options there are, those that are not offered too. */
export async function countShippingOptions(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::integer as count from prices.shipping_options`,
  );
  return row!.count;
}

/** What was, to be moved into the history, and the moment at which it ended. */
const before = (code: string) => sql`
  before as materialized (
    select o as was, greatest(prices.app_now(), o.since + interval '1 microsecond') as until
    from prices.shipping_options o where o.code = ${code}
  ), kept as (
    insert into prices.state_history (kind, key, state, held)
    select 'SHIPPING', (was).code, to_jsonb(was), tstzrange((was).since, until) from before
  )`;

/** Makes or changes an option under the lock of options, and moves what was into the history. */
export async function writeShippingOption(tx: Tx, option: ShippingOption): Promise<void> {
  const { code, position, version, isActive, ...definition } = option;
  await tx.execute(sql`
    with ${before(code)}
    insert into prices.shipping_options (code, position, definition, is_active, version, since)
    values (${code}, ${position}, ${JSON.stringify(definition)}::jsonb, ${isActive}, ${version},
      coalesce((select until from before), prices.app_now()))
    on conflict on constraint shipping_options_pkey do update
      set position = excluded.position, definition = excluded.definition, is_active = excluded.is_active,
        version = excluded.version, since = excluded.since`);
}

/** Removes an option under the lock of options, and moves it into the history. */
export async function removeShippingOption(tx: Tx, code: string): Promise<void> {
  await tx.execute(sql`with ${before(code)} delete from prices.shipping_options where code = ${code}`);
}
