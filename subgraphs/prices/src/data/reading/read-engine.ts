import type { Sql } from 'postgres';
import type { FeeBracket } from '../../domain/lists/price-list.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import type { ShippingOption } from '../../domain/shipping/shipping-option.ts';
import { PROMOTIONS_JSON, readPromotions, type PromotionRow } from '../promotions/find-promotions.ts';
import {
  readShippingOptions,
  SHIPPING_OPTIONS_JSON,
  type ShippingOptionRow,
} from '../shipping/find-shipping-options.ts';

/** What processes keep, at a revision. */
export interface EngineState {
  readonly revision: number;
  readonly promotions: readonly Promotion[];
  readonly shippingOptions: readonly ShippingOption[];
  readonly feeSchedules: ReadonlyMap<string, readonly FeeBracket[]>;
  /** Tells two states of the tree of categories apart. */
  readonly treeMark: string;
  /** Parents by category; null when the tree is that of the mark that was given. */
  readonly parents: ReadonlyMap<string, string | null> | null;
}

interface Row {
  readonly revision: string;
  readonly promotions: string;
  readonly shipping_options: string;
  readonly fee_schedules: string | null;
  readonly tree_mark: string;
  readonly parents: string | null;
}

const ENGINE = `
  with tree as materialized (
    select count(*) || ':' || coalesce(sum(hash_record_extended(c, 0)), 0) as mark from prices.category_facts c
  )
  select e.revision::text as revision, tree.mark as tree_mark,
    (${PROMOTIONS_JSON})::text as promotions,
    (${SHIPPING_OPTIONS_JSON})::text as shipping_options,
    (select json_agg(json_build_array(code, brackets))::text from prices.fee_schedules) as fee_schedules,
    case when tree.mark is distinct from $1::text then
      (select coalesce(json_agg(json_build_array(category_id, parent_id))::text, '[]') from prices.category_facts where not is_removed) end as parents
  from prices.engine_state e cross join tree`;

/** Reads promotions, shipping options, fees and the tree of categories as they are now, by one statement. @param treeMark of the tree that is here already */
export async function readEngine(sql: Sql, treeMark: string | null): Promise<EngineState> {
  const [row] = await sql.unsafe<Row[]>(ENGINE, [treeMark], { prepare: true });
  if (!row) throw new Error('the state of the engine is one row');
  return {
    revision: Number(row.revision),
    promotions: readPromotions(JSON.parse(row.promotions) as PromotionRow[]),
    shippingOptions: readShippingOptions(JSON.parse(row.shipping_options) as ShippingOptionRow[]),
    feeSchedules: new Map(JSON.parse(row.fee_schedules ?? '[]') as [string, FeeBracket[]][]),
    treeMark: row.tree_mark,
    parents: row.parents === null ? null : new Map(JSON.parse(row.parents) as [string, string | null][]),
  };
}
