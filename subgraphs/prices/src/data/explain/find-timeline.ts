import type { Database } from '@kontor/kit/src/database.ts';
import type { Held, Timeline, TimelineList, TimelineRow } from '../../domain/explain/timeline.ts';
import type { Derivation, PriceListScope, Span } from '../../domain/lists/price-list.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import type { TaxRate, TaxRounding } from '../../domain/taxes/tax-provider.ts';

/** Which part of the past is asked for. */
export interface TimelineQuery {
  /** UUIDs in lower case. */
  readonly variantIds: readonly string[];
  /** Lists of this currency alone; null for all, drafts too. */
  readonly currency: string | null;
  /** The country whose taxes are told. */
  readonly country: string;
  /** Microseconds since the epoch: states that ended before are left out. */
  readonly from: number;
  /** A draft of a list or a promotion that is wanted besides what was in force; null for none. */
  readonly draftCode: string | null;
}

/** Lists and rows at most; beyond, the newest are told. */
const MAX_STATES = 5_000;
const MAX_ROWS = 20_000;

type Micros = number | null;
type Range = readonly [from: Micros, until: Micros] | null;
type HeldRow<Row> = Row & { readonly from: number; readonly until: Micros };

interface ListJson {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly scope: PriceListScope;
  readonly subject: string | null;
  readonly channel: string | null;
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly revision: number;
  readonly version: number;
  readonly activity: Range;
  readonly validity: Range;
  readonly parentId: string | null;
  readonly rule: Omit<Derivation, 'parentId'> | null;
  readonly chain: string[];
}

interface PriceJson {
  readonly listId: string;
  readonly variantId: string;
  readonly minQuantity: number;
  readonly minor: number;
  readonly micros: number;
  readonly compareAt: number | null;
}

interface PromotionJson {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly version: number;
  readonly priority: number;
  readonly definition: Pick<Promotion, 'effect' | 'conditions' | 'combinesWith'>;
  readonly activity: Range;
  readonly validity: Range;
  readonly needsCode: boolean;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly budgetMinor: number | null;
  readonly budgetCurrency: string | null;
}

interface Row {
  readonly lists: HeldRow<ListJson>[] | null;
  readonly rows: HeldRow<PriceJson>[] | null;
  readonly taxRates: HeldRow<TaxRate>[] | null;
  readonly taxRoundings: HeldRow<{ readonly rounding: TaxRounding }>[] | null;
  readonly promotions: HeldRow<PromotionJson>[] | null;
}

/**
 * All that prices of variants followed from since a moment, in one statement: for those who ask why and what it was, not for listings.
 * Lists that hold nothing for the variants are among them. Drafts are not, except the one that is named, or with all currencies.
 */
export async function findTimeline({ sql: query }: Database, asked: TimelineQuery): Promise<Timeline> {
  const { variantIds, currency, country, from, draftCode } = asked;
  const [row] = await query<Row[]>`
    with since as materialized (select to_timestamp(${from}::float8 / 1000000) as moment),
    states as (
      select l.price_list_id, l as state, tstzrange(l.updated_at, null) as held from prices.price_lists l
      union all
      select h.key::uuid, jsonb_populate_record(null::prices.price_lists, h.state), h.held
      from prices.state_history h, since where h.kind = 'LIST' and (upper(h.held) > since.moment)
    ),
    lists as materialized (
      select s.price_list_id, s.state, s.held from states s
      where (${currency}::text is null or (s.state).currency = ${currency})
        and (${currency === null}::boolean or (s.state).activity is not null or (s.state).code = ${draftCode}::text)
      order by upper(s.held) desc nulls first limit ${MAX_STATES}
    ),
    members as materialized (select distinct unnest((state).chain) as id from lists),
    rows as materialized (
      select p.price_list_id, p.variant_id, p.min_quantity, p.amount_minor, p.amount_micros, p.compare_at_minor, tstzrange(p.since, null) as held
      from prices.prices p
      where p.variant_id = any(${variantIds as string[]}::uuid[]) and p.price_list_id in (select id from members)
      union all
      select h.price_list_id, h.variant_id, h.min_quantity, h.amount_minor, h.amount_micros, h.compare_at_minor, h.held
      from prices.price_history h, since
      where h.variant_id = any(${variantIds as string[]}::uuid[]) and upper(h.held) > since.moment and h.price_list_id in (select id from members)
      order by 7 desc limit ${MAX_ROWS}
    ),
    rates as (
      select t.country, t.region, t.tax_category, t.basis_points, tstzrange(t.since, null) as held from prices.tax_rates t where t.country = ${country}
      union all
      select (h.state).country, (h.state).region, (h.state).tax_category, (h.state).basis_points, h.held
      from (select jsonb_populate_record(null::prices.tax_rates, state) as state, held from prices.state_history, since
        where kind = 'TAX' and key like ${`${country}/%`} and upper(held) > since.moment) h
    ),
    roundings as (
      select rounding, tstzrange(since, null) as held from prices.tax_settings where country = ${country}
      union all
      select state ->> 'rounding', held from prices.state_history, since where kind = 'TAX' and key = ${country} and upper(held) > since.moment
    ),
    promotion_states as (
      select p as state, tstzrange(p.since, null) as held from prices.promotions p where p.activity is not null or p.code = ${draftCode}::text
      union all
      select jsonb_populate_record(null::prices.promotions, h.state), h.held
      from prices.state_history h, since where h.kind = 'PROMOTION' and upper(h.held) > since.moment
    )
    select
      (select jsonb_agg(jsonb_build_object('id', x.price_list_id, 'code', (x.state).code, 'name', (x.state).name, 'scope', s.scope, 'subject', s.subject,
          'channel', s.channel_code, 'currency', (x.state).currency, 'taxIncluded', (x.state).tax_included, 'revision', (x.state).revision,
          'version', (x.state).version, 'activity', prices.micros_of((x.state).activity), 'validity', prices.micros_of((x.state).validity),
          'parentId', (x.state).parent_id, 'rule', (x.state).derivation, 'chain', (x.state).chain,
          'from', prices.micros_of(x.held) -> 0, 'until', prices.micros_of(x.held) -> 1))
        from lists x join prices.price_scopes s on s.scope_id = (x.state).scope_id) as lists,
      (select jsonb_agg(jsonb_build_object('listId', price_list_id, 'variantId', variant_id, 'minQuantity', min_quantity, 'minor', amount_minor,
          'micros', amount_micros, 'compareAt', compare_at_minor, 'from', prices.micros_of(held) -> 0, 'until', prices.micros_of(held) -> 1)) from rows) as rows,
      (select jsonb_agg(jsonb_build_object('country', country, 'region', region, 'taxCategory', tax_category, 'basisPoints', basis_points,
          'from', prices.micros_of(held) -> 0, 'until', prices.micros_of(held) -> 1)) from rates) as "taxRates",
      (select jsonb_agg(jsonb_build_object('rounding', rounding, 'from', prices.micros_of(held) -> 0, 'until', prices.micros_of(held) -> 1))
        from roundings) as "taxRoundings",
      (select jsonb_agg(jsonb_build_object('id', (x.state).promotion_id, 'code', (x.state).code, 'name', (x.state).name, 'version', (x.state).version,
          'priority', (x.state).priority, 'definition', (x.state).definition, 'activity', prices.micros_of((x.state).activity),
          'validity', prices.micros_of((x.state).validity), 'needsCode', (x.state).needs_code, 'maxUses', (x.state).max_uses,
          'maxUsesPerCustomer', (x.state).max_uses_per_customer, 'budgetMinor', (x.state).budget_minor, 'budgetCurrency', (x.state).budget_currency,
          'from', prices.micros_of(x.held) -> 0, 'until', prices.micros_of(x.held) -> 1))
        from promotion_states x where (x.state).activity is not null or (x.state).code = ${draftCode}::text) as promotions`;
  return {
    lists: (row?.lists ?? []).map((each) => held(each, toList)),
    rows: (row?.rows ?? []).map((each) => held(each, toRow)),
    taxRates: (row?.taxRates ?? []).map((each) => held(each, toRate)),
    taxRoundings: (row?.taxRoundings ?? []).map((each) => held(each, ({ rounding }) => rounding)),
    promotions: (row?.promotions ?? []).map((each) => held(each, toPromotion)),
  };
}

const held = <Row, State>(row: HeldRow<Row>, toState: (row: Row) => State): Held<State> => ({
  state: toState(row),
  from: row.from,
  until: row.until,
});

const MICROS_PER_MS = 1_000;
const toDate = (micros: Micros): Date | null => (micros === null ? null : new Date(micros / MICROS_PER_MS));
const toSpan = (range: Range): Span | null => range && { from: toDate(range[0]), until: toDate(range[1]) };

function toList({ activity, validity, parentId, rule, chain, ...list }: ListJson): TimelineList {
  const { id, code, name, scope, subject, channel, currency, taxIncluded, revision, version } = list;
  return {
    list: {
      ...{ id, code, name, scope, subject, channel, currency, taxIncluded, revision, version },
      activity: toSpan(activity),
      validity: toSpan(validity),
      derivation: parentId === null || rule === null ? null : { ...rule, parentId },
    },
    chain,
  };
}

const toRow = ({ listId, variantId, minQuantity, minor, micros, compareAt }: PriceJson): TimelineRow => ({
  listId,
  variantId,
  minQuantity,
  amount: { minor, micros },
  compareAtMinor: compareAt,
});

const toRate = ({ country, region, taxCategory, basisPoints }: TaxRate): TaxRate => ({
  country,
  region,
  taxCategory,
  basisPoints,
});

const toPromotion = ({ definition, activity, validity, ...promotion }: PromotionJson): Promotion => ({
  id: promotion.id,
  code: promotion.code,
  name: promotion.name,
  version: promotion.version,
  priority: promotion.priority,
  effect: definition.effect,
  conditions: definition.conditions,
  combinesWith: definition.combinesWith,
  activity: toSpan(activity),
  validity: toSpan(validity),
  needsCode: promotion.needsCode,
  limits: {
    maxUses: promotion.maxUses,
    maxUsesPerCustomer: promotion.maxUsesPerCustomer,
    budget:
      promotion.budgetMinor === null || promotion.budgetCurrency === null
        ? null
        : { minor: promotion.budgetMinor, currency: promotion.budgetCurrency },
  },
  // What was used up at a moment of the past is not kept: such a promotion is told as if there had been some left.
  isExhausted: false,
});
