import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../../domain/audience.ts';
import type { TextRow } from '../../domain/product-texts.ts';

/** Texts of which product, in which language; null for the first of the audience's channel. */
export interface WantedTexts {
  readonly productId: string;
  /** A canonical tag of BCP 47. */
  readonly locale: string | null;
}

/** The language of a channel that nobody asks for by name; null when the audience has no channel. */
const channelLocale = (sql: Sql, { channel }: Audience): Fragment =>
  channel === null
    ? sql`null::text`
    : sql`(select c.locales[1] from products.channels c where c.code = ${channel} collate "C")`;

/**
 * The rows `t` with the texts of a product that may stand for its own: of its language or one that the lookup of RFC 4647 comes to (a tag
 * without its last subtags is a prefix of it), or of no language; of the channel, or of all.
 */
const textRows = (sql: Sql, { channel }: Audience, productId: Fragment, locale: Fragment): Fragment => sql`
  products.product_texts t where t.product_id = ${productId} and ${channel === null ? sql`t.channel_code = ''` : sql`t.channel_code in ('', ${channel} collate "C")`}
  and (t.locale = '' or starts_with(${locale} || '-', t.locale || '-'))`;

/** The aggregate of rows `t` that makes a list of `TextRow`; null for none. */
const textList = (sql: Sql, withDescription: boolean): Fragment => sql`
  jsonb_agg(jsonb_build_array(t.locale, t.channel_code, t.title, t.seo_title, t.seo_description ${withDescription ? sql`, t.description_html` : sql``}))`;

/**
 * The expression for the rows with the texts of a product `p` in the audience's own language, null when nothing differs; to be read with the
 * product, so that it costs no statement. @param withDescription whether the description, which is the largest, is among them.
 */
export const ownTexts = (sql: Sql, audience: Audience, withDescription = false): Fragment =>
  audience.channel === null
    ? sql`null::jsonb`
    : sql`(select ${textList(sql, withDescription)} from ${textRows(sql, audience, sql`p.product_id`, channelLocale(sql, audience))})`;

const wantedRows = (sql: Sql, wanted: readonly WantedTexts[]): Fragment =>
  sql`unnest(${wanted.map(({ productId }) => productId)}::uuid[], ${wanted.map(({ locale }) => locale)}::text[]) as w(product_id, locale)`;

const wantedLocale = (sql: Sql, audience: Audience): Fragment =>
  sql`coalesce(w.locale, ${channelLocale(sql, audience)})`;

/** Rows with the texts of products in languages, without descriptions, in no order; null where nothing differs from the catalogue's. */
export const findTexts = (
  sql: Sql,
  audience: Audience,
  wanted: readonly WantedTexts[],
): Promise<(WantedTexts & { readonly texts: TextRow[] | null })[]> =>
  sql<(WantedTexts & { readonly texts: TextRow[] | null })[]>`
    select w.product_id as "productId", w.locale,
      (select ${textList(sql, false)} from ${textRows(sql, audience, sql`w.product_id`, wantedLocale(sql, audience))}) as texts
    from ${wantedRows(sql, wanted)}`;

/** Descriptions of products in languages, the catalogue's own where there is no other, in no order. */
export const findDescriptions = (
  sql: Sql,
  audience: Audience,
  wanted: readonly WantedTexts[],
): Promise<(WantedTexts & { readonly descriptionHtml: string })[]> =>
  sql<(WantedTexts & { readonly descriptionHtml: string })[]>`
    select w.product_id as "productId", w.locale, coalesce((
        select t.description_html from ${textRows(sql, audience, sql`w.product_id`, wantedLocale(sql, audience))} and t.description_html is not null
        order by length(t.locale) desc, length(t.channel_code) desc limit 1), p.description_html) as "descriptionHtml"
    from ${wantedRows(sql, wanted)} join products.products p on p.product_id = w.product_id`;
