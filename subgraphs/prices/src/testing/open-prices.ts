import type { Database, DatabaseOptions } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import type { VariantFacts } from '../domain/facts.ts';
import type { FeeBracket, PriceList, Span } from '../domain/lists/price-list.ts';
import type { Promotion, PromotionEffect } from '../domain/promotions/promotion.ts';
import type { ShippingOption } from '../domain/shipping/shipping-option.ts';
import type { TaxRate, TaxRounding } from '../domain/taxes/tax-provider.ts';

/** A list to be made; what is absent is as for a base list in euro with tax, active since long ago. A derivation names its parent by id. */
export type GivenList = Partial<Omit<PriceList, 'revision'>> & Pick<PriceList, 'code'>;

/** A price of a list: minor units alone are the price of one. */
export type GivenPrice =
  | number
  | readonly {
      readonly minQuantity?: number;
      readonly minor: number;
      readonly micros?: number;
      readonly compareAtMinor?: number;
    }[];

/** A promotion to be made; what is absent says nothing. It is active since long ago. */
export type GivenPromotion = Partial<Omit<Promotion, 'conditions'>> & {
  readonly effect: PromotionEffect;
  readonly conditions?: Partial<Promotion['conditions']>;
};

/** A place that a company buys for. */
export interface GivenLocation {
  readonly id: string;
  readonly companyId: string;
  readonly priceListCode?: string;
  readonly exempt?: { readonly country: string; readonly until: Date | null };
}

/** A database of prices for one test file, filled by statements of its own, so that tests of one area need no commands of another. */
export interface OpenPrices {
  readonly testDb: TestDatabase;
  readonly db: Database;
  /** Another pool, as another process has. */
  open(options?: Partial<DatabaseOptions>): Database;
  /** Empties all tables, and makes the channel `web` (EUR and USD, DE and AT) and the list `base-eur`. */
  clear(): Promise<void>;
  givenChannel(code: string, currencies: readonly string[], countries: readonly string[]): Promise<void>;
  /** @returns the list's id. */
  givenList(list: GivenList): Promise<string>;
  givenPrices(listCode: string, prices: Readonly<Record<string, GivenPrice>>): Promise<void>;
  /** @returns the promotion's id. */
  givenPromotion(promotion: GivenPromotion): Promise<string>;
  givenCode(
    code: string,
    promotionId: string,
    limits?: { maxUses?: number; maxUsesPerCustomer?: number },
  ): Promise<void>;
  /** Facts by variant; absent ones are those of a standard good in no category. */
  givenFacts(facts: Readonly<Record<string, Partial<VariantFacts>>>): Promise<void>;
  /** Parents by category, null at the top; parents come before their children. */
  givenCategories(parents: Readonly<Record<string, string | null>>): Promise<void>;
  givenTaxRates(rates: readonly (Partial<TaxRate> & Pick<TaxRate, 'country' | 'basisPoints'>)[]): Promise<void>;
  givenTaxRounding(country: string, rounding: TaxRounding): Promise<void>;
  givenLocation(location: GivenLocation): Promise<void>;
  givenFees(code: string, brackets: readonly FeeBracket[], currency?: string): Promise<void>;
  givenShipping(option: Partial<ShippingOption> & Pick<ShippingOption, 'code' | 'zones'>): Promise<void>;
}

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
export const ALWAYS: Span = { from: LONG_AGO, until: null };
export const NO_CONDITIONS: Promotion['conditions'] = {
  channels: [],
  groups: [],
  companyIds: [],
  countries: [],
  minQuantity: null,
  counting: null,
  minSubtotal: null,
  firstOrder: false,
  daysOfWeek: [],
  fromMinute: null,
  untilMinute: null,
  timeZone: 'UTC',
};
const TABLES = [
  'price_lists',
  'price_scopes',
  'prices',
  'price_history',
  'state_history',
  'price_changes',
  'tax_rates',
  'tax_settings',
  'product_facts',
  'variant_facts',
  'category_facts',
  'company_locations',
  'buyers',
  'promotions',
  'promotion_codes',
  'promotion_uses',
  'promotion_holds',
  'fee_schedules',
  'shipping_options',
  'placed_carts',
  'channels',
  'outbox',
  'inbox',
];

/** Opens a database of prices, cleared. Drop it (`testDb.drop()`) in `afterAll`. */
export async function openPrices(options: Partial<DatabaseOptions> = {}): Promise<OpenPrices> {
  const testDb = await createTestDatabase(['prices']);
  const db = testDb.open('prices', options);
  const prices = { testDb, db, open: (more = {}) => testDb.open('prices', more), ...givens(db) };
  await prices.clear();
  return prices;
}

/** What fills a database of prices; also for benches. */
export function givens({ sql }: Database): Omit<OpenPrices, 'testDb' | 'db' | 'open'> {
  const given: Omit<OpenPrices, 'testDb' | 'db' | 'open'> = {
    async clear() {
      await sql.unsafe(`truncate ${TABLES.map((table) => `prices.${table}`).join()} cascade`);
      await sql`update prices.change_clock set last_number = 0, purged_number = 0`;
      await sql`update prices.engine_clock set boundaries_told = prices.app_now()`;
      await bump();
      await given.givenChannel('web', ['EUR', 'USD'], ['DE', 'AT']);
      await given.givenList({ code: 'base-eur' });
    },
    async givenChannel(code, currencies, countries) {
      await sql`
        insert into prices.channels (code, revision, currencies, countries) values (${code}, 1,
          array(select jsonb_array_elements_text(${JSON.stringify(currencies)}::text::jsonb)),
          array(select jsonb_array_elements_text(${JSON.stringify(countries)}::text::jsonb)))`;
    },
    async givenList(list) {
      const { id = newId(), code, scope = 'BASE', channel = null, currency = 'EUR', taxIncluded = true } = list;
      const { activity = ALWAYS, validity = null, derivation = null, version = 1 } = list;
      const subject = list.subject ?? (scope === 'ASSIGNED' || scope === 'SOURCE' ? code : null);
      const rule = derivation && JSON.stringify({ adjustment: derivation.adjustment, rounding: derivation.rounding });
      const parentId = derivation?.parentId ?? null;
      await sql`
        insert into prices.price_scopes (scope, subject, channel_code, currency)
        values (${scope}, ${subject}, ${channel}, ${currency}) on conflict do nothing`;
      await sql`
        insert into prices.price_lists (price_list_id, code, name, scope_id, currency, tax_included, revision, version, activity, validity,
          parent_id, derivation, chain, updated_at)
        select ${id}::uuid, ${code}, ${list.name ?? code}, s.scope_id, ${currency}, ${taxIncluded}, 1, ${version},
          ${rangeOf(activity)}::tstzrange, ${rangeOf(validity)}::tstzrange, ${parentId}::uuid, ${rule}::text::jsonb,
          ${id}::uuid || coalesce((select chain from prices.price_lists where price_list_id = ${parentId}::uuid), '{}'), prices.app_now()
        from prices.price_scopes s
        where s.scope = ${scope} and s.subject is not distinct from ${subject}
          and s.channel_code is not distinct from ${channel} and s.currency = ${currency}`;
      return id;
    },
    async givenPrices(listCode, prices) {
      const rows = Object.entries(prices).flatMap(([variantId, price]) =>
        (typeof price === 'number' ? [{ minor: price }] : price).map(
          ({ minQuantity = 1, minor, micros = 0, compareAtMinor = null }: PriceParts) => ({
            variant_id: variantId,
            min_quantity: minQuantity,
            amount_minor: minor,
            amount_micros: micros,
            compare_at_minor: compareAtMinor,
          }),
        ),
      );
      await sql`
        insert into prices.prices (price_list_id, variant_id, min_quantity, amount_minor, amount_micros, compare_at_minor, since)
        select l.price_list_id, i.variant_id, i.min_quantity, i.amount_minor, i.amount_micros, i.compare_at_minor, prices.app_now()
        from prices.price_lists l, jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as i(variant_id uuid, min_quantity integer, amount_minor bigint, amount_micros integer, compare_at_minor bigint)
        where l.code = ${listCode}
        on conflict on constraint prices_pkey do update set amount_minor = excluded.amount_minor,
          amount_micros = excluded.amount_micros, compare_at_minor = excluded.compare_at_minor, since = excluded.since`;
    },
    async givenPromotion(promotion) {
      const { id = newId(), effect, priority = 0, version = 1, needsCode = false, validity = null } = promotion;
      const { code = id, activity = ALWAYS, combinesWith = [] } = promotion;
      const { maxUses = null, maxUsesPerCustomer = null, budget = null } = promotion.limits ?? {};
      const definition = { effect, conditions: { ...NO_CONDITIONS, ...promotion.conditions }, combinesWith };
      await sql`
        insert into prices.promotions (promotion_id, code, name, kind, version, definition, priority, activity, validity, needs_code,
          max_uses, max_uses_per_customer, budget_minor, budget_currency, uses_confirmed, since)
        values (${id}, ${code}, ${promotion.name ?? code}, ${effect.kind}, ${version}, ${JSON.stringify(definition)}::text::jsonb,
          ${priority}, ${rangeOf(activity)}::tstzrange, ${rangeOf(validity)}::tstzrange, ${needsCode}, ${maxUses}, ${maxUsesPerCustomer},
          ${budget?.minor ?? null}, ${budget?.currency ?? null}, ${promotion.isExhausted ? (maxUses ?? 0) : 0}, prices.app_now())`;
      await bump();
      return id;
    },
    async givenCode(code, promotionId, { maxUses, maxUsesPerCustomer } = {}) {
      await sql`
        insert into prices.promotion_codes (code, promotion_id, max_uses, max_uses_per_customer, created_at)
        values (${code}, ${promotionId}, ${maxUses ?? null}, ${maxUsesPerCustomer ?? null}, prices.app_now())`;
    },
    async givenFacts(facts) {
      for (const [variantId, about] of Object.entries(facts)) {
        const {
          productId = variantId,
          categoryIds = [],
          labels = [],
          taxCategory = 'standard',
          weightGrams = null,
        } = about;
        await sql`
          insert into prices.product_facts (product_id, revision, title, category_ids, labels)
          values (${productId}, 1, ${productId}, array(select jsonb_array_elements_text(${JSON.stringify(categoryIds)}::text::jsonb))::uuid[],
            array(select jsonb_array_elements_text(${JSON.stringify(labels)}::text::jsonb)))
          on conflict on constraint product_facts_pkey do update set category_ids = excluded.category_ids, labels = excluded.labels`;
        await sql`
          insert into prices.variant_facts (variant_id, product_id, sku, tax_category, weight_grams)
          values (${variantId}, ${productId}, null, ${taxCategory}, ${weightGrams})
          on conflict on constraint variant_facts_pkey do update set tax_category = excluded.tax_category, weight_grams = excluded.weight_grams`;
      }
    },
    async givenCategories(parents) {
      for (const [categoryId, parentId] of Object.entries(parents))
        await sql`insert into prices.category_facts (category_id, parent_id, revision) values (${categoryId}, ${parentId}, 1)`;
      await bump();
    },
    async givenTaxRates(rates) {
      for (const { country, region = '', taxCategory = 'standard', basisPoints } of rates)
        await sql`
          insert into prices.tax_rates (country, region, tax_category, basis_points, since)
          values (${country}, ${region}, ${taxCategory}, ${basisPoints}, prices.app_now())
          on conflict on constraint tax_rates_pkey do update set basis_points = excluded.basis_points`;
    },
    async givenTaxRounding(country, rounding) {
      await sql`
        insert into prices.tax_settings (country, rounding) values (${country}, ${rounding})
        on conflict on constraint tax_settings_pkey do update set rounding = excluded.rounding`;
    },
    async givenLocation({ id, companyId, priceListCode = null, exempt }) {
      await sql`
        insert into prices.company_locations (company_location_id, company_id, revision, price_list_code, exempt_country, exempt_until)
        values (${id}, ${companyId}, 1, ${priceListCode ?? null}, ${exempt?.country ?? null}, ${exempt?.until?.toISOString() ?? null})`;
    },
    async givenFees(code, brackets, currency = 'EUR') {
      await sql`
        insert into prices.fee_schedules (code, name, currency, brackets, version, since)
        values (${code}, ${code}, ${currency}, ${JSON.stringify(brackets)}::text::jsonb, 1, prices.app_now())`;
      await bump();
    },
    async givenShipping(option) {
      const {
        code,
        position = 0,
        version = 1,
        isActive = true,
        name = code,
        names = {},
        channels = [],
        ...rest
      } = option;
      const { currency = 'EUR', taxIncluded = true, taxCategory = 'standard', zones } = rest;
      const definition = { name, names, channels, currency, taxIncluded, taxCategory, zones };
      await sql`
        insert into prices.shipping_options (code, position, definition, is_active, version, since)
        values (${code}, ${position}, ${JSON.stringify(definition)}::text::jsonb, ${isActive}, ${version}, prices.app_now())`;
      await bump();
    },
  };
  const bump = () => sql`update prices.engine_state set revision = revision + 1`;
  return given;
}

interface PriceParts {
  readonly minQuantity?: number;
  readonly minor: number;
  readonly micros?: number;
  readonly compareAtMinor?: number | null;
}

/** A span as PostgreSQL reads ranges; null stays null. */
const rangeOf = (span: Span | null): string | null =>
  span && `[${span.from?.toISOString() ?? ''},${span.until?.toISOString() ?? ''})`;
