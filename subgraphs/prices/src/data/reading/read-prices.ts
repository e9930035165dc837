import type { Sql } from 'postgres';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Buyer, PriceScope } from '../../domain/pricing-context.ts';

/** So many groups of a buyer count: with the others, at most 220 lists can be in force for one buyer. */
const MAX_GROUPS = 50;

/** What one statement answers: columns of JSON text, which cost a fraction of what as many rows do. */
export interface PricesRow {
  readonly as_of: string;
  readonly engine_revision: string;
  readonly currency: string;
  readonly country: string;
  readonly is_sold: boolean;
  readonly is_exempt: boolean | null;
  readonly assigned_list: string | null;
  /** `ListTuple[]`, in the order that prices name them by. */
  readonly lists: string | null;
  /** Flat: place of the list, place of the variant, minimum, minor, micros, compare-at or −1. */
  readonly prices: string | null;
  /** `[place, productId, taxCategory, weightGrams][]` */
  readonly variants: string | null;
  /** `[productId, categoryIds, labels][]` */
  readonly products: string | null;
  /** `[region, taxCategory, basisPoints][]` */
  readonly tax_rates: string | null;
  readonly tax_rounding: string | null;
}

/** Places count from 1, as PostgreSQL does. */
export type ListTuple = [
  id: string,
  code: string,
  name: string,
  scope: string,
  subject: string | null,
  channel: string | null,
  currency: string,
  taxIncluded: boolean,
  revision: number,
  version: number,
  activity: SpanTuple | null,
  validity: SpanTuple | null,
  parentId: string | null,
  derivation: unknown,
  chain: string[],
  isFitting: boolean,
];

/** Microseconds since the epoch. */
export type SpanTuple = [from: number | null, until: number | null];

/**
 * Reads all that pricing variants in a scope needs but what the engine's cache keeps, in one prepared statement that answers one row: lists in force for
 * the buyer with those that they derive from, their prices of the variants, what is known of the variants, taxes, the revision of the cache. Nothing is
 * cached: a changed price shows at the next request of every process.
 * @param variantIds different UUIDs in lower case
 * @returns null when the channel is not known here.
 */
export async function readPrices(
  sql: Sql,
  { channel, currency, country, region, buyer }: PriceScope,
  variantIds: readonly string[],
): Promise<PricesRow | null> {
  const location = buyer.companyLocationId !== null && isId(buyer.companyLocationId) ? buyer.companyLocationId : null;
  const { scopes, subjects } = audienceOf(buyer);
  const [row] = await sql<PricesRow[]>`
    with asked as materialized (
      select coalesce(${currency}::text, c.currencies[1]) as currency, coalesce(${country}::text, c.countries[1]) as country,
        c.currencies, prices.app_now() as now
      from prices.channels c where c.code = ${channel}::text
    ), place as materialized (
      select o.price_list_code, o.exempt_country = a.country and (o.exempt_until is null or o.exempt_until > a.now) as is_exempt
      from asked a join prices.company_locations o on o.company_location_id = ${location}::uuid
    ), audience as (
      select scope, subject from unnest(${scopes}::text::text[], ${subjects}::text::text[]) as u(scope, subject)
      union all
      select 'ASSIGNED', price_list_code from place where price_list_code is not null
    ), scopes as materialized (
      select s.scope_id
      from asked a join prices.price_scopes s on s.scope in ('BASE', 'CHANNEL') and s.subject is null and s.currency = a.currency
      where s.channel_code is null or s.channel_code = ${channel}::text
      union all
      select s.scope_id
      from asked a cross join audience u cross join lateral (
        select scope_id, channel_code, currency from prices.price_scopes where scope = u.scope and subject = u.subject offset 0
      ) as s
      where s.currency = a.currency and (s.channel_code is null or s.channel_code = ${channel}::text)
    ), fitting as materialized (
      -- Lists of the scopes first, and then those in force: by time alone, all lists of everybody would be.
      select l.price_list_id, l.chain
      from asked a cross join scopes s cross join lateral (
        select price_list_id, chain, activity, validity from prices.price_lists where scope_id = s.scope_id offset 0
      ) as l
      where l.activity @> a.now and (l.validity is null or l.validity @> a.now)
    ), used as materialized (
      select row_number() over () as place, l.*, exists (select 1 from fitting f where f.price_list_id = l.price_list_id) as is_fitting
      from (select distinct unnest(chain) as price_list_id from fitting) as links cross join lateral (
        select l.*, s.scope, s.subject, s.channel_code from prices.price_lists l join prices.price_scopes s using (scope_id)
        where l.price_list_id = links.price_list_id offset 0
      ) as l
    ), wanted as materialized (
      select id, place from unnest(${`{${variantIds.join()}}`}::text::uuid[]) with ordinality as v(id, place)
    ), facts as materialized (
      select v.place, f.product_id, f.tax_category, f.weight_grams from wanted v join prices.variant_facts f on f.variant_id = v.id
    )
    select (extract(epoch from a.now) * 1000000)::bigint::text as as_of,
      (select revision::text from prices.engine_state) as engine_revision,
      a.currency, a.country, a.currency = any (a.currencies) as is_sold,
      (select is_exempt from place) as is_exempt, (select price_list_code from place) as assigned_list,
      (select json_agg(json_build_array(u.price_list_id, u.code, u.name, u.scope, u.subject, u.channel_code, u.currency, u.tax_included,
          u.revision, u.version, prices.micros_of(u.activity), prices.micros_of(u.validity), u.parent_id, u.derivation, u.chain, u.is_fitting) order by u.place)::text
        from used u) as lists,
      (select '[' || string_agg(k.list_place || ',' || k.variant_place || ',' || p.min_quantity || ',' || p.amount_minor || ',' || p.amount_micros || ','
          || coalesce(p.compare_at_minor, -1), ',') || ']'
        -- Probed by list and variant together, whatever is guessed of how many lists there are.
        from (
          select u.place as list_place, u.price_list_id, v.place as variant_place, v.id from used u cross join wanted v offset 0
        ) as k join prices.prices p on p.price_list_id = k.price_list_id and p.variant_id = k.id) as prices,
      (select json_agg(json_build_array(place, product_id, tax_category, weight_grams))::text from facts) as variants,
      (select json_agg(json_build_array(product_id, category_ids, labels))::text from prices.product_facts
        where product_id in (select product_id from facts)) as products,
      (select json_agg(json_build_array(t.region, t.tax_category, t.basis_points))::text from prices.tax_rates t
        where t.country = a.country and t.region in ('', ${region?.toUpperCase() ?? ''}::text)) as tax_rates,
      (select rounding from prices.tax_settings t where t.country = a.country) as tax_rounding
    from asked a`;
  return row ?? null;
}

/** For whom lists with a subject may be: two arrays as PostgreSQL reads them, aligned. */
function audienceOf({ customerId, companyId, companyLocationId, groups }: Buyer): { scopes: string; subjects: string } {
  const audience: [scope: string, subject: string][] = [];
  if (customerId !== null) audience.push(['CUSTOMER', customerId]);
  if (companyLocationId !== null) audience.push(['LOCATION', companyLocationId]);
  if (companyId !== null) audience.push(['COMPANY', companyId]);
  for (const group of new Set(groups.slice(0, MAX_GROUPS))) audience.push(['GROUP', group]);
  return {
    scopes: `{${audience.map(([scope]) => scope).join()}}`,
    subjects: `{${audience.map(([, subject]) => `"${subject.replace(/["\\]/g, '\\$&')}"`).join()}}`,
  };
}
