import { systemClock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findAvailability } from './data/levels.ts';
import type { Availability } from './domain/availability.ts';

/**
 * What a channel can sell of variants, aligned with the ids, in one statement. What never had stock, and what is no id, can not be
 * sold: quantity and version are 0.
 */
export async function readAvailability(
  db: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<Availability[]> {
  const ids = variantIds.filter(isId);
  const rows = ids.length > 0 ? await findAvailability(db, channel, ids) : [];
  const byId = new Map(rows.map((row) => [row.variantId, row]));
  const asOf = rows[0]?.asOf ?? systemClock.now().toISOString();
  return variantIds.map((variantId) => ({
    sellableQuantity: 0,
    version: 0,
    asOf,
    ...byId.get(variantId.toLowerCase()),
    variantId,
  }));
}
