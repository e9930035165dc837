import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ShippingOption } from '../../domain/shipping/shipping-option.ts';

/** A row of `shipping_options`, also as `state_history` keeps it. */
export interface ShippingOptionRow {
  readonly code: string;
  readonly position: number;
  readonly version: number;
  readonly is_active: boolean;
  readonly definition: Omit<ShippingOption, 'code' | 'position' | 'version' | 'isActive'>;
}

/** The SQL text of one scalar: a JSON list of the active options' rows, in order. `readShippingOptions` reads it. */
export const SHIPPING_OPTIONS_JSON = `(
  select coalesce(json_agg(o order by o.position, o.code), '[]') from prices.shipping_options o where o.is_active
)`;

/** What `SHIPPING_OPTIONS_JSON` selected, as shipping is rated with it. */
export const readShippingOptions = (rows: readonly ShippingOptionRow[]): ShippingOption[] => rows.map(toShippingOption);

/** A row of the table, or of its history, as an option. */
export const toShippingOption = ({
  code,
  position,
  version,
  is_active,
  definition,
}: ShippingOptionRow): ShippingOption => ({
  code,
  position,
  version,
  isActive: is_active,
  name: definition.name,
  names: definition.names,
  channels: definition.channels,
  currency: definition.currency,
  taxIncluded: definition.taxIncluded,
  taxCategory: definition.taxCategory,
  zones: definition.zones,
});

/** All options, those that are not offered too, by position, then code. */
export async function findShippingOptions(db: Db): Promise<ShippingOption[]> {
  const rows = await db.execute<ShippingOptionRow & Record<string, unknown>>(
    sql`select code, position, version, is_active, definition from prices.shipping_options order by position, code`,
  );
  return rows.map(toShippingOption);
}

/** An option by code; null when there is none. */
export async function findShippingOption(db: Db | Tx, code: string): Promise<ShippingOption | null> {
  const [row] = await db.execute<ShippingOptionRow & Record<string, unknown>>(
    sql`select code, position, version, is_active, definition from prices.shipping_options where code = ${code}`,
  );
  return row ? toShippingOption(row) : null;
}
