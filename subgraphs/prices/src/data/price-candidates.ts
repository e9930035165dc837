import type { Database } from '@kontor/kit/src/database.ts';
import type { PriceList, PriceListScope } from '../domain/price-list.ts';
import type { PriceCandidate, PricingContext } from '../domain/select-price.ts';

/** What is asked: prices of variants in a channel; absent currency and country are the channel's defaults. */
export interface CandidateQuery {
  readonly channel: string;
  readonly currency: string | null;
  readonly country: string | null;
  /** UUIDs in lower case. */
  readonly variantIds: readonly string[];
}

/** The context as the channel completes it, and by variant the prices that lists hold for it there. */
export interface Candidates {
  readonly context: PricingContext;
  readonly byVariant: ReadonlyMap<string, readonly PriceCandidate[]>;
}

interface Row {
  currency: string;
  country: string;
  is_sold: boolean;
  tax_rate: number;
  price_list_id: string | null;
  code: string;
  scope: PriceListScope;
  channel_code: string | null;
  tax_included: boolean;
  revision: string;
  variant_id: string;
  amount_minor: string;
  compare_at_minor: string | null;
}

/**
 * All that selecting prices needs, for any number of variants, in one prepared statement: the hot path of every listing. Nothing is
 * cached, so that a changed price shows at the next request of every process.
 * @returns null when the channel is not known here.
 */
export async function findCandidates(sql: Database['sql'], query: CandidateQuery): Promise<Candidates | null> {
  const { channel, currency, country, variantIds } = query;
  const rows = await sql<Row[]>`
    select c.currency, c.country, c.currency = any(c.currencies) as is_sold, coalesce(t.basis_points, 0) as tax_rate,
      l.price_list_id, l.code, l.scope, l.channel_code, l.tax_included, l.revision,
      p.variant_id, p.amount_minor, p.compare_at_minor
    from (
      select coalesce(${currency}, currencies[1]) as currency, coalesce(${country}, countries[1]) as country, currencies
      from prices.channels where code = ${channel}
    ) c
    left join prices.tax_rates t on t.country = c.country
    left join (
      prices.price_lists l
      join prices.prices p on p.price_list_id = l.price_list_id and p.variant_id = any(${variantIds as string[]}::uuid[])
    ) on l.currency = c.currency and (l.channel_code is null or l.channel_code = ${channel})`;
  const [first] = rows;
  if (!first) return null;
  const byVariant = new Map<string, PriceCandidate[]>();
  const lists = new Map<string, PriceList>();
  for (const row of rows) {
    if (row.price_list_id === null) continue;
    let list = lists.get(row.price_list_id);
    if (!list) lists.set(row.price_list_id, (list = toList(row, row.price_list_id)));
    const candidate: PriceCandidate = {
      list,
      amountMinor: Number(row.amount_minor),
      compareAtMinor: row.compare_at_minor === null ? null : Number(row.compare_at_minor),
    };
    const known = byVariant.get(row.variant_id);
    if (known) known.push(candidate);
    else byVariant.set(row.variant_id, [candidate]);
  }
  const context = {
    channel,
    currency: first.currency,
    country: first.country,
    taxRateBasisPoints: first.tax_rate,
    isSold: first.is_sold,
  };
  return { context, byVariant };
}

const toList = (row: Row, id: string): PriceList => ({
  id,
  code: row.code,
  scope: row.scope,
  channel: row.channel_code,
  currency: row.currency,
  taxIncluded: row.tax_included,
  revision: Number(row.revision),
});
