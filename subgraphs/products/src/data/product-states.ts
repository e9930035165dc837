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
  collectionIds: string[];
  variants: {
    variantId: string;
    optionValues: string[];
    sku: string | null;
    weightGrams: number | null;
    taxCategory: string;
  }[];
  changeNumber: string | null;
}

const readStates = (db: Db | Tx, chosen: SQL) =>
  db.execute<StateRow>(sql`
    with chosen as materialized (${chosen})
    select p.product_id as "productId", p.version as revision, p.handle, p.title, chosen.change_number as "changeNumber",
      array(select s.channel_code from products.publications s where s.product_id = p.product_id and s.is_live order by s.channel_code) as "channelCodes", p.product_type as "productType",
      p.status, array(select k.category_id from products.product_categories k where k.product_id = p.product_id order by k.position) as "categoryIds",
      array(select h.collection_id from products.collection_products h where h.product_id = p.product_id order by h.collection_id) as "collectionIds",
      coalesce((select jsonb_agg(jsonb_build_object('variantId', v.variant_id, 'optionValues', v.option_values, 'sku', v.sku, 'weightGrams', v.weight_grams,
          'taxCategory', coalesce(v.tax_category, p.tax_category)) order by v.position)
        from products.variants v where v.product_id = p.product_id), '[]') as variants
    from chosen join products.products p on p.product_id = chosen.product_id order by chosen.change_number, p.product_id`);

const toState = ({
  productId,
  revision,
  handle,
  title,
  channelCodes,
  productType,
  status,
  categoryIds,
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
  variants: variants.map(({ variantId, optionValues, sku, weightGrams, taxCategory }) => ({
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
