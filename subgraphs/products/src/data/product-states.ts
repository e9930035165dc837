import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { ProductStatus } from '../domain/editing/inputs.ts';
import { variantTitle } from '../domain/variant-title.ts';
import { drawChangeNumbers } from './change-clock.ts';

/** What others keep of a product; `ProductState` of internal.graphql. */
export interface ProductState {
  readonly productId: string;
  readonly revision: number;
  readonly handle: string;
  readonly title: string;
  readonly channelCodes: string[];
  readonly productType: string | null;
  readonly status: ProductStatus;
  /** The main one first. */
  readonly categoryIds: string[];
  readonly vendor: string | null;
  readonly tags: string[];
  /** `code=value` of its own filterable attributes. */
  readonly attributes: string[];
  readonly variants: {
    readonly variantId: string;
    readonly title: string;
    readonly sku: string | null;
    readonly weightGrams: number | null;
    /** Its own, else the product's. */
    readonly taxCategory: string;
  }[];
}

interface StateRow extends Record<string, unknown> {
  productId: string;
  revision: number;
  handle: string;
  title: string;
  channelCodes: string[];
  productType: string | null;
  status: ProductStatus;
  categoryIds: string[];
  vendor: string | null;
  tags: string[];
  attributes: string[];
  collectionIds: string[];
  /** Id, values of options, SKU, weight in grams and tax category of each: objects would take much longer to make and to read. */
  variants: [string, string[], string | null, number | null, string][];
  changeNumber: string | null;
}

/** More of them, or longer ones, are nothing by which others tell products apart. */
const ATTRIBUTES = 50;
const ATTRIBUTE_LENGTH = 200;

/**
 * By the type's name, the codes of what products themselves have of filterable attributes: `single` ones with one value, and `several` with lists or
 * values by language. Each type is read once for all products, because a definition can be long, and most products have none.
 */
const filterableAttributes = sql`
  select y.name, array_agg(d ->> 'code' order by place) filter (where not is_varied) as single, array_agg(d ->> 'code' order by place) filter (where is_varied) as several
  from products.product_types y cross join lateral jsonb_array_elements(y.attributes) with ordinality as defined(d, place)
    cross join lateral (select (d ->> 'isList')::boolean or (d ->> 'isLocalizable')::boolean as is_varied) as kind
  where y.name in (select p.product_type from chosen join products.products p using (product_id) where p.attributes <> '{}')
    and (d ->> 'isFilterable')::boolean and d ->> 'kind' in ('ENUM', 'BOOLEAN', 'TEXT') and d ->> 'scope' = 'PRODUCT' and not coalesce((d ->> 'isRetired')::boolean, false)
  group by y.name`;

/** `code=value` of the product `p` of a type `f`. One value is read without a function that yields rows, which takes three times as long. */
const attributesOf = sql`
  (array(select code || '=' || (p.attributes ->> code) from unnest(f.single) as code
      where p.attributes ->> code <> '' and length(code) + 1 + length(p.attributes ->> code) <= ${ATTRIBUTE_LENGTH})
    || case when f.several is null then '{}' else array(
      select code || '=' || value
      from unnest(f.several) with ordinality as s(code, place)
        cross join lateral (select case jsonb_typeof(p.attributes -> code) when 'object' then p.attributes -> code -> '' else p.attributes -> code end as content) as own
        cross join lateral jsonb_array_elements_text(case jsonb_typeof(content) when 'array' then content else jsonb_build_array(content) end) with ordinality as e(value, listed)
      where value <> '' and length(code) + 1 + length(value) <= ${ATTRIBUTE_LENGTH} order by place, listed) end)[1:${ATTRIBUTES}]`;

const readStates = (db: Db | Tx, chosen: SQL) =>
  db.execute<StateRow>(sql`
    with chosen as materialized (${chosen}), filterable as materialized (${filterableAttributes})
    select p.product_id as "productId", p.version as revision, p.handle, p.title, chosen.change_number as "changeNumber",
      array(select s.channel_code from products.publications s where s.product_id = p.product_id and s.is_live order by s.channel_code) as "channelCodes", p.product_type as "productType",
      p.status, array(select k.category_id from products.product_categories k where k.product_id = p.product_id order by k.position) as "categoryIds",
      p.vendor, p.tags, case when f.name is null then '{}' else ${attributesOf} end as attributes,
      array(select h.collection_id from products.collection_products h where h.product_id = p.product_id order by h.collection_id) as "collectionIds",
      coalesce((select json_agg(json_build_array(v.variant_id, v.option_values, v.sku, v.weight_grams, coalesce(v.tax_category, p.tax_category)) order by v.position)
        from products.variants v where v.product_id = p.product_id), '[]') as variants
    from chosen join products.products p on p.product_id = chosen.product_id left join filterable f on f.name = p.product_type
    order by chosen.change_number, p.product_id`);

const toState = ({
  productId,
  revision,
  handle,
  title,
  channelCodes,
  productType,
  status,
  categoryIds,
  vendor,
  tags,
  attributes,
  variants,
}: StateRow): ProductState => ({
  productId,
  revision,
  handle,
  title,
  channelCodes,
  productType,
  status,
  categoryIds,
  vendor,
  tags,
  attributes,
  variants: variants.map(([variantId, optionValues, sku, weightGrams, taxCategory]) => ({
    variantId,
    title: variantTitle(optionValues),
    sku,
    weightGrams,
    taxCategory,
  })),
});

/** States of products as a transaction sees them, with the collections that hold each. */
export async function readProductStates(
  tx: Tx,
  productIds: readonly string[],
): Promise<{ state: ProductState; collectionIds: string[] }[]> {
  const rows = await readStates(
    tx,
    sql`select id::uuid as product_id, null::bigint as change_number from jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb) as id`,
  );
  return rows.map((row) => ({ state: toState(row), collectionIds: row.collectionIds }));
}

/** Products that changed behind a number, oldest change first, and the number of the last of them. */
export async function findProductChanges(
  db: Db,
  after: number,
  limit: number,
): Promise<{ states: ProductState[]; lastNumber: number | null }> {
  const rows = await readStates(
    db,
    sql`select product_id, change_number from products.product_changes where change_number > ${after} order by change_number limit ${limit}`,
  );
  return { states: rows.map(toState), lastNumber: rows.length > 0 ? Number(rows.at(-1)!.changeNumber) : null };
}

/**
 * Gives products the next places in the sequence of changes. Others who change products wait from here until the commit, so it is among
 * the last things that a command does.
 */
export async function recordChanges(tx: Tx, productIds: readonly string[]): Promise<void> {
  const before = await drawChangeNumbers(tx, productIds.length);
  await tx.execute(sql`
    insert into products.product_changes (product_id, change_number)
    select id::uuid, ${before}::bigint + place from jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb) with ordinality as changed(id, place)
    on conflict on constraint product_changes_pkey do update set change_number = excluded.change_number`);
}
