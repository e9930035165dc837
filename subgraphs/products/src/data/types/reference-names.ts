import type { Sql } from 'postgres';
import type { Audience } from '../../domain/audience.ts';
import type { AttributeReference } from '../../domain/types/attribute-definition.ts';
import { referenceKey, type NamedReference } from '../../domain/types/attribute-view.ts';
import { variantTitle } from '../../domain/variant-title.ts';
import { visible } from '../visible.ts';

/** A thing that an attribute refers to, by `referenceKey`. */
export interface ReferenceNameRow extends NamedReference {
  readonly key: string;
}

interface Read extends NamedReference {
  readonly kind: AttributeReference;
  readonly id: string;
  readonly optionValues: string[] | null;
}

/**
 * The names of what attributes refer to and an audience may see, in no order, in one statement.
 * @param keys as `referenceKey` makes them; ids are UUIDs
 */
export async function findReferenceNames(
  sql: Sql,
  audience: Audience,
  keys: readonly string[],
): Promise<ReferenceNameRow[]> {
  const wanted = keys.map((key) => ({ kind: key.slice(0, key.indexOf(':')), id: key.slice(key.indexOf(':') + 1) }));
  // The channel's text comes after everybody's of the same language, and so takes its place.
  const titles = sql`(
    select jsonb_object_agg(x.locale, x.title order by x.channel_code) from products.product_texts x
    where x.product_id = p.product_id and x.title is not null and x.channel_code in ('', ${audience.channel}))`;
  const rows = await sql<Read[]>`
    with wanted as materialized (select w.kind, w.id from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(kind text, id uuid))
    select w.kind, w.id, p.product_id as "productId", p.title as name, ${titles} as names, null::text[] as "optionValues"
    from wanted w join products.products p on p.product_id = w.id where w.kind = 'PRODUCT' and ${visible(sql, audience, sql`p.product_id`)}
    union all
    select w.kind, w.id, p.product_id, p.title, ${titles}, v.option_values
    from wanted w join products.variants v on v.variant_id = w.id join products.products p on p.product_id = v.product_id
    where w.kind = 'VARIANT' and ${visible(sql, audience, sql`p.product_id`)}
    union all
    select w.kind, w.id, null, c.name, c.names, null from wanted w join products.categories c on c.category_id = w.id where w.kind = 'CATEGORY'
    union all
    select w.kind, w.id, null, c.title, (
      select jsonb_object_agg(x.locale, x.texts -> 'title') from jsonb_each(c.translations) as x(locale, texts) where x.texts ->> 'title' is not null), null
    from wanted w join products.collections c on c.collection_id = w.id where w.kind = 'COLLECTION'`;
  return rows.map(({ kind, id, optionValues, ...named }) => ({
    key: referenceKey(kind, id),
    ...(optionValues && optionValues.length > 0 ? withOptions(named, variantTitle(optionValues)) : named),
  }));
}

/** Products are named by their title, variants also by what tells them apart. */
const withOptions = ({ name, names, productId }: NamedReference, title: string): NamedReference => ({
  name: `${name}, ${title}`,
  names: names && Object.fromEntries(Object.entries(names).map(([locale, text]) => [locale, `${text}, ${title}`])),
  productId,
});
