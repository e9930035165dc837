import { createEngineCache } from '@kontor/prices/src/engine-cache.ts';
import { createTableTaxes } from '@kontor/prices/src/domain/taxes/table-taxes.ts';
import { priceRange } from '@kontor/prices/src/domain/unit-price.ts';
import { createPriceReaders } from '@kontor/prices/src/price-readers.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Assortment } from './world.ts';

const VARIANTS = 72;
const PER_PRODUCT = 3;
const taxes = createTableTaxes();

/** A listing: prices of 72 variants and ranges of their 24 products, in one context. @returns how to ask for one after the other, each of other variants */
export function createListing(db: Database, { variantIds, scope }: Assortment): () => Promise<void> {
  const engines = createEngineCache(db);
  let round = 0;
  return async () => {
    const from = (round * VARIANTS) % (variantIds.length - VARIANTS);
    round += 1;
    const ids = variantIds.slice(from, from + VARIANTS);
    const reader = createPriceReaders({ db, engines, taxes })(scope);
    const prices = await Promise.all(ids.map((id) => reader.unitPrice(id, 1)));
    for (let place = 0; place < VARIANTS; place += PER_PRODUCT)
      if (!priceRange(prices.slice(place, place + PER_PRODUCT))) throw new Error('a product has no price');
  };
}

/** The prices alone, by the driver's own rows: what no listing can be cheaper than. */
export function createFloor(db: Database, { variantIds }: Assortment): () => Promise<void> {
  let round = 0;
  return async () => {
    const from = (round * VARIANTS) % (variantIds.length - VARIANTS);
    round += 1;
    const ids = variantIds.slice(from, from + VARIANTS);
    const rows = await db.sql`
      select p.variant_id, p.amount_minor, p.compare_at_minor, l.code from prices.prices p join prices.price_lists l using (price_list_id)
      where l.code in ('group-0', 'group-1', 'group-2', 'web-eur', 'base-eur') and p.variant_id = any(${ids}::uuid[])`;
    if (rows.length === 0) throw new Error('the floor found nothing');
  };
}
