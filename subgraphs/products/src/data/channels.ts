import type { Tx } from '@kontor/kit/src/database.ts';
import { channels } from '@kontor/drizzle/products/tables.ts';
import { eq, sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { ServiceLevel } from '../domain/service-levels.ts';

/** A channel as it is kept. */
export interface ChannelRow {
  readonly code: string;
  readonly name: string;
  readonly currencies: string[];
  readonly countries: string[];
  readonly locales: string[];
  readonly locationIds: string[];
  readonly serviceLevels: ServiceLevel[];
  readonly version: number;
}

export const MAX_CHANNELS = 100;

/** Channels by code, in no order. */
export const findChannels = (sql: Sql, codes: readonly string[]): Promise<ChannelRow[]> =>
  sql<ChannelRow[]>`
    select code, name, currencies, countries, locales, location_ids as "locationIds", service_levels as "serviceLevels", version from products.channels where code = any(${codes as string[]}::text[])`;

/** All channels, by code. */
export const findAllChannels = (sql: Sql): Promise<ChannelRow[]> =>
  sql<ChannelRow[]>`
    select code, name, currencies, countries, locales, location_ids as "locationIds", service_levels as "serviceLevels", version from products.channels order by code limit ${MAX_CHANNELS}`;

/** The channels that publish each product, by code. */
export const findChannelCodesOfProducts = (
  sql: Sql,
  productIds: readonly string[],
): Promise<{ productId: string; code: string }[]> =>
  sql<{ productId: string; code: string }[]>`
    select product_id as "productId", channel_code as code from products.publications
    where product_id = any(${productIds as string[]}::uuid[]) and is_live order by product_id, channel_code`;

/** Lets one command after another change channels; readers and publications do not wait. */
export async function lockChannels(tx: Tx): Promise<void> {
  await tx.execute(statement`lock table products.channels in share row exclusive mode`);
}

/** A channel inside a transaction; null when there is none. */
export async function readChannel(tx: Tx, code: string): Promise<ChannelRow | null> {
  const { name, currencies, countries, locales, locationIds, serviceLevels, version } = channels;
  const [row] = await tx
    .select({ code: channels.code, name, currencies, countries, locales, locationIds, serviceLevels, version })
    .from(channels)
    .where(eq(channels.code, code));
  return row ? { ...row, serviceLevels: row.serviceLevels as ServiceLevel[] } : null;
}

/** Those of the codes that name no channel. */
export async function missingChannels(tx: Tx, codes: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ code: string }>(statement`
    select wanted.code from jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb) as wanted (code) where not exists (select 1 from products.channels c where c.code = wanted.code)`);
  return rows.map(({ code }) => code);
}

/** How many channels there are. */
export const countChannels = (tx: Tx): Promise<number> => tx.$count(channels);

/** Writes a channel with its version. */
export async function writeChannel(tx: Tx, channel: ChannelRow): Promise<void> {
  await tx.execute(statement`
    insert into products.channels (code, name, currencies, countries, locales, location_ids, service_levels, version, updated_at)
    select c.code, c.name, c.currencies, c.countries, c.locales, c."locationIds", c."serviceLevels", c.version, products.app_now()
    from jsonb_to_record(${JSON.stringify(channel)}::jsonb) as c(code text, name text, currencies text[], countries text[], locales text[], "locationIds" uuid[], "serviceLevels" jsonb, version int)
    on conflict on constraint channels_pkey do update set name = excluded.name, currencies = excluded.currencies, countries = excluded.countries,
      locales = excluded.locales, location_ids = excluded.location_ids, service_levels = excluded.service_levels, version = excluded.version, updated_at = excluded.updated_at`);
}
