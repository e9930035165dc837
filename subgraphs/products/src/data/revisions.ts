import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Author } from '../domain/author.ts';

/** So many of the newest versions of a product are kept. */
const MAX_REVISIONS = 100;

/** Everything that belongs to the product `p`, as JSON of its rows, whoever wrote them. */
const content = sql`jsonb_build_object(
  'product', to_jsonb(p) - array['product_id', 'title_key', 'search', 'version', 'created_at', 'updated_at'],
  'variants', coalesce((select jsonb_agg(to_jsonb(v) - 'product_id' order by v.position) from products.variants v where v.product_id = p.product_id), '[]'),
  'components', coalesce((select jsonb_agg(to_jsonb(c) order by c.variant_id, c.component_variant_id) from products.variants v
    join products.variant_components c on c.variant_id = v.variant_id where v.product_id = p.product_id), '[]'),
  'media', coalesce((select jsonb_agg(to_jsonb(m) - 'product_id' order by m.position) from products.media m where m.product_id = p.product_id), '[]'),
  'texts', coalesce((select jsonb_agg(to_jsonb(t) - 'product_id' order by t.channel_code, t.locale) from products.product_texts t where t.product_id = p.product_id), '[]'),
  'channelMedia', coalesce((select jsonb_agg(to_jsonb(o) - 'product_id' order by o.channel_code, o.position) from products.channel_media o where o.product_id = p.product_id), '[]'),
  'categories', coalesce((select jsonb_agg(k.category_id order by k.position) from products.product_categories k where k.product_id = p.product_id), '[]'),
  'relations', coalesce((select jsonb_agg(to_jsonb(r) - 'product_id' order by r.kind, r.position) from products.product_relations r where r.product_id = p.product_id), '[]'),
  'publications', coalesce((select jsonb_agg(to_jsonb(s) - 'product_id' order by s.channel_code) from products.publications s where s.product_id = p.product_id), '[]'))`;

/**
 * Keeps what locked products are now as the revision of their version. A version that is kept already is left as it is; those that are
 * older than the newest hundred go.
 */
export async function recordRevisions(tx: Tx, productIds: readonly string[], author: Author): Promise<void> {
  if (productIds.length === 0) return;
  const { action, role, subject, staffId, channel } = author;
  await tx.execute(sql`
    with kept as (
      insert into products.product_revisions (product_id, version, content, action, role, subject, staff_id, channel_code, changed_at)
      select p.product_id, p.version, ${content}, ${action}, ${role}, ${subject}, ${staffId}, ${channel}, products.app_now()
      from products.products p where p.product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)
      on conflict on constraint product_revisions_pkey do nothing returning product_id, version)
    delete from products.product_revisions r using kept
    where kept.version > ${MAX_REVISIONS} and r.product_id = kept.product_id and r.version <= kept.version - ${MAX_REVISIONS}`);
}

/** What a locked product is without its publications, in one writing: two that are equal are written alike. */
export async function readContent(tx: Tx, productId: string): Promise<string> {
  const [row] = await tx.execute<{ content: string }>(sql`
    select (${content} - 'publications')::text as content from products.products p where p.product_id = ${productId}`);
  return row!.content;
}
