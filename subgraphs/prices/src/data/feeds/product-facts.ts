import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { labelsOf, type ProductFactsState } from '../../domain/feeds/product-labels.ts';

/** Goods that are others for prices than before: their tax, or what promotions know them by. */
export interface ChangedGoods {
  /** Variants whose tax category changed. */
  readonly taxed: readonly string[];
  /** Variants that promotions may know by something else. */
  readonly known: readonly string[];
}

/**
 * Keeps what is newer of products, each once, with their variants: a variant that a product does not have any more is gone. Products are locked in the
 * order of their ids.
 */
export async function writeProductFacts(tx: Tx, states: readonly ProductFactsState[]): Promise<ChangedGoods> {
  const products = states.map((state) => ({
    id: state.productId,
    revision: state.revision,
    title: state.title,
    categories: state.categoryIds,
    labels: labelsOf(state),
  }));
  const variants = states.flatMap((state) =>
    state.variants.map((variant) => ({
      id: variant.variantId,
      product: state.productId,
      sku: variant.sku ?? null,
      tax: variant.taxCategory,
      grams: variant.weightGrams ?? null,
    })),
  );
  const written = await tx.execute<{ id: string; isKnownOtherwise: boolean }>(sql`
    with input as materialized (
      select i.id, i.revision, i.title, array(select jsonb_array_elements_text(i.categories))::uuid[] as categories,
        array(select jsonb_array_elements_text(i.labels)) as labels
      from jsonb_to_recordset(${JSON.stringify(products)}::jsonb) as i(id uuid, revision bigint, title text, categories jsonb, labels jsonb)
    ), before as materialized (
      select f.product_id, f.category_ids, f.labels from input i join prices.product_facts f on f.product_id = i.id
    ), written as (
      insert into prices.product_facts as f (product_id, revision, title, category_ids, labels)
      select id, revision, title, categories, labels from input order by id
      on conflict on constraint product_facts_pkey do update
        set revision = excluded.revision, title = excluded.title, category_ids = excluded.category_ids, labels = excluded.labels
      where f.revision < excluded.revision
        or (f.revision = excluded.revision and (f.category_ids, f.labels) is distinct from (excluded.category_ids, excluded.labels))
      returning product_id, category_ids, labels
    )
    select w.product_id as id, (b.category_ids, b.labels) is distinct from (w.category_ids, w.labels) as "isKnownOtherwise"
    from written w left join before b using (product_id)`);
  if (written.length === 0) return { taxed: [], known: [] };
  const ids = new Set(written.map(({ id }) => id));
  const changed = variants.filter(({ product }) => ids.has(product.toLowerCase()));
  const kept = JSON.stringify(changed);
  const taxed = await tx.execute<{ id: string }>(sql`
    with input as materialized (
      select * from jsonb_to_recordset(${kept}::jsonb) as i(id uuid, product uuid, sku text, tax text, grams integer)
    ), before as materialized (
      select v.variant_id, v.tax_category from input i join prices.variant_facts v on v.variant_id = i.id
    ), gone as (
      delete from prices.variant_facts v
      where v.product_id in (select jsonb_array_elements_text(${JSON.stringify([...ids])}::jsonb)::uuid)
        and v.variant_id not in (select id from input)
    ), written as (
      insert into prices.variant_facts (variant_id, product_id, sku, tax_category, weight_grams)
      select id, product, sku, tax, grams from input order by id
      on conflict on constraint variant_facts_pkey do update
        set product_id = excluded.product_id, sku = excluded.sku, tax_category = excluded.tax_category, weight_grams = excluded.weight_grams
    )
    select i.id from input i left join before b on b.variant_id = i.id where coalesce(b.tax_category, 'standard') <> i.tax`);
  const otherwise = new Set(written.filter(({ isKnownOtherwise }) => isKnownOtherwise).map(({ id }) => id));
  return {
    taxed: taxed.map(({ id }) => id),
    known: changed.filter(({ product }) => otherwise.has(product.toLowerCase())).map(({ id }) => id.toLowerCase()),
  };
}

/** Whether a promotion that is on pages knows goods by their products, categories or labels: those that it is for, leaves out or counts. */
export async function hasTargetedPromotion(tx: Tx): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from prices.promotions p
    cross join lateral (values (p.definition -> 'effect' -> 'target'), (p.definition -> 'conditions' -> 'counting')) as meant(goods)
    cross join lateral (values (meant.goods), (meant.goods -> 'exclude')) as named(goods)
    where p.activity @> prices.app_now() and not p.needs_code and p.kind in ('PERCENT', 'AMOUNT') and jsonb_typeof(named.goods) = 'object'
      and (named.goods -> 'productIds' <> '[]' or named.goods -> 'categoryIds' <> '[]' or named.goods -> 'labels' <> '[]')
    limit 1`);
  return rows.length > 0;
}
