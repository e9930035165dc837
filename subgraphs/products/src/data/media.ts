import type { Sql } from 'postgres';

/** An image of a product. */
export interface MediaRow {
  readonly mediaId: string;
  readonly productId: string;
  readonly url: string;
  readonly altText: string | null;
}

/** Images of products; each product's in its order. */
export const findMediaOfProducts = (sql: Sql, productIds: readonly string[]): Promise<MediaRow[]> =>
  sql<MediaRow[]>`
    select media_id as "mediaId", product_id as "productId", url, alt_text as "altText" from products.media
    where product_id = any(${productIds as string[]}::uuid[]) order by product_id, position`;
