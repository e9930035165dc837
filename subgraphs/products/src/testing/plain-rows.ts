import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { writeProductCategories } from '../data/categories/product-categories.ts';

/** Where a product of a test is. */
export interface PlainProduct {
  /** The main one first. */
  readonly categoryIds?: readonly string[];
  /** Channels that have it, shown unless told otherwise. */
  readonly channels?: readonly string[];
  readonly isLive?: boolean;
}

/** For tests: a product without variants, straight in the tables, told to nobody. @returns its id */
export async function plainProduct(
  db: Database,
  handle: string,
  { categoryIds = [], channels = ['web'], isLive = true }: PlainProduct = {},
): Promise<string> {
  const productId = newId();
  await db.sql`
    insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, version, created_at, updated_at)
    values (${productId}, ${handle}, ${handle}, ${handle}, '', '{}', '{}', 1, products.app_now(), products.app_now())`;
  for (const channel of channels)
    await db.sql`
      insert into products.publications (channel_code, product_id, published_at, is_live) values (${channel}, ${productId}, products.app_now(), ${isLive})`;
  await inTransaction(db, (tx) => writeProductCategories(tx, productId, categoryIds));
  return productId;
}

/** For tests: channels by code, straight in the table. */
export async function plainChannels(db: Database, ...codes: string[]): Promise<void> {
  for (const code of codes)
    await db.sql`
      insert into products.channels (code, name, currencies, countries, locales, location_ids, version, updated_at)
      values (${code}, ${code}, '{EUR}', '{DE}', '{de}', '{}', 1, products.app_now())`;
}
