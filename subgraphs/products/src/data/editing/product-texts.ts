import type { Sql } from 'postgres';
import type { KeptText } from '../../domain/editing/product-content.ts';

/** All texts of products as they are kept, each product's by channel and language. */
export const findTextsOfProducts = (
  sql: Sql,
  productIds: readonly string[],
): Promise<(KeptText & { readonly productId: string })[]> =>
  sql<(KeptText & { productId: string })[]>`
    select product_id as "productId", channel_code as channel, locale, title, description_html as "descriptionHtml", seo_title as "seoTitle",
      seo_description as "seoDescription"
    from products.product_texts where product_id = any(${productIds as string[]}::uuid[]) order by product_id, channel_code, locale`;
