import type { Database } from '@kontor/kit/src/database.ts';
import type { ProductVariants } from '../../domain/feeds/offer.ts';

/** Live products of a channel behind a product, in the order of their ids, each with all of its variants. */
export const findLiveProducts = (
  { sql }: Database,
  channelCode: string,
  after: string,
  limit: number,
): Promise<ProductVariants[]> =>
  sql<ProductVariants[]>`
    select p.product_id as "productId", array(select v.variant_id from products.variants v where v.product_id = p.product_id) as "variantIds"
    from products.publications p
    where p.channel_code = ${channelCode} and p.is_live and p.product_id > ${after}::uuid
    order by p.product_id limit ${limit}`;

/** A product that changed. */
export interface ChangedProduct extends ProductVariants {
  readonly changeNumber: string;
  /** Whether the channel shows it now. */
  readonly isLive: boolean;
}

/** Products that changed behind a number, oldest change first, and whether the channel shows them. */
export const findChangedProducts = (
  { sql }: Database,
  channelCode: string,
  after: number,
  limit: number,
): Promise<ChangedProduct[]> =>
  sql<ChangedProduct[]>`
    select c.product_id as "productId", c.change_number as "changeNumber",
      exists (select 1 from products.publications p where p.channel_code = ${channelCode} and p.product_id = c.product_id and p.is_live) as "isLive",
      array(select v.variant_id from products.variants v where v.product_id = c.product_id) as "variantIds"
    from products.product_changes c where c.change_number > ${after} order by c.change_number limit ${limit}`;

/** The live products of a channel that these variants belong to, each with all of its variants. */
export const findProductsOfVariants = (
  { sql }: Database,
  channelCode: string,
  variantIds: readonly string[],
): Promise<ProductVariants[]> =>
  sql<ProductVariants[]>`
    select p.product_id as "productId", array(select v.variant_id from products.variants v where v.product_id = p.product_id) as "variantIds"
    from (
      select distinct product_id from products.variants
      where variant_id in (select jsonb_array_elements_text(${JSON.stringify(variantIds)}::jsonb)::uuid)
    ) as changed
    join products.publications p on p.product_id = changed.product_id and p.channel_code = ${channelCode} and p.is_live`;
