import type { Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';

/** What an image is for. */
export type MediaRole = 'GALLERY' | 'SWATCH' | 'LIFESTYLE' | 'SIZE_CHART' | 'MANUAL' | 'VIDEO';

/** An image of a product. */
export interface MediaRow {
  readonly mediaId: string;
  readonly productId: string;
  readonly url: string;
  readonly altText: string | null;
  readonly role: MediaRole;
  /** Descriptions by locale; null when there is none but `altText`. */
  readonly altTexts: Readonly<Record<string, string>> | null;
}

/**
 * Images of products as the audience's channel shows them: those that it has chosen, in its order; where it has chosen none, all in the
 * product's order.
 */
export const findMediaOfProducts = (
  sql: Sql,
  { channel }: Audience,
  productIds: readonly string[],
): Promise<MediaRow[]> =>
  sql<MediaRow[]>`
    select m.media_id as "mediaId", m.product_id as "productId", m.url, m.alt_text as "altText", m.role, nullif(m.alt_texts, '{}') as "altTexts"
    from products.media m left join products.channel_media o on o.product_id = m.product_id and o.media_id = m.media_id and o.channel_code = ${channel ?? ''} collate "C"
    where m.product_id = any(${productIds as string[]}::uuid[]) and (o.media_id is not null or not exists (
      select 1 from products.channel_media other where other.product_id = m.product_id and other.channel_code = ${channel ?? ''} collate "C"))
    order by m.product_id, coalesce(o.position, m.position)`;
