import type { Span } from '../../domain/lists/price-list.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';

/** So many can be active: a command that made one more is refused. */
const MAX_ACTIVE = 1_000;

/** A row of `promotions`, with its windows as `micros_of` tells them. */
export interface PromotionRow {
  readonly promotion_id: string;
  readonly code: string;
  readonly name: string;
  readonly version: number;
  readonly priority: number;
  readonly definition: Pick<Promotion, 'effect' | 'conditions' | 'combinesWith'>;
  readonly active: SpanMicros | null;
  readonly valid: SpanMicros | null;
  readonly needs_code: boolean;
  readonly max_uses: number | null;
  readonly max_uses_per_customer: number | null;
  readonly budget_minor: number | null;
  readonly budget_currency: string | null;
  readonly is_exhausted: boolean;
}

/** Microseconds since the epoch. */
type SpanMicros = readonly [from: number | null, until: number | null];

/**
 * The SQL text of one scalar: a JSON list of promotions that had not ended by a moment. `readPromotions` reads it.
 * @param moment SQL of a timestamp. @param limit how many at most, the first in order.
 */
export const promotionsJson = (moment: string, limit: number): string => `(
  select coalesce(json_agg(p), '[]') from (
    select promotion_id, code, name, version, priority, definition, prices.micros_of(activity) as active, prices.micros_of(validity) as valid,
      needs_code, max_uses, max_uses_per_customer, budget_minor, budget_currency,
      coalesce(uses_held + uses_confirmed >= max_uses, false) or coalesce(budget_held + budget_spent >= budget_minor, false) as is_exhausted
    from prices.promotions
    where activity is not null and coalesce(upper(activity) > ${moment}, true) and coalesce(upper(validity) > ${moment}, true)
    order by priority desc, promotion_id limit ${limit}
  ) as p
)`;

/** Those that are in force or will be. */
export const PROMOTIONS_JSON = promotionsJson('prices.app_now()', MAX_ACTIVE);

/** What `PROMOTIONS_JSON` selected, as the engine takes it. */
export const readPromotions = (rows: readonly PromotionRow[]): Promotion[] => rows.map(toPromotion);

const toPromotion = (row: PromotionRow): Promotion => ({
  id: row.promotion_id,
  code: row.code,
  name: row.name,
  version: row.version,
  priority: row.priority,
  combinesWith: row.definition.combinesWith,
  effect: row.definition.effect,
  conditions: row.definition.conditions,
  activity: toSpan(row.active),
  validity: toSpan(row.valid),
  needsCode: row.needs_code,
  limits: {
    maxUses: row.max_uses,
    maxUsesPerCustomer: row.max_uses_per_customer,
    budget:
      row.budget_minor === null || row.budget_currency === null
        ? null
        : { minor: row.budget_minor, currency: row.budget_currency },
  },
  isExhausted: row.is_exhausted,
});

const toSpan = (micros: SpanMicros | null): Span | null =>
  micros && { from: toDate(micros[0]), until: toDate(micros[1]) };

const toDate = (micros: number | null): Date | null => (micros === null ? null : new Date(Math.floor(micros / 1000)));
