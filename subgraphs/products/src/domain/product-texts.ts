/** What a product's texts are in a language and a channel, where they differ from the catalogue's own; null where they do not. */
export interface ProductTexts {
  readonly title: string | null;
  readonly descriptionHtml: string | null;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
}

/**
 * The texts of a product that may stand for its own, of one language or channel: `[locale, channel, title, seoTitle, seoDescription]`, with the
 * description behind them when that was read. An empty locale or channel is any.
 */
export type TextRow = readonly [
  locale: string,
  channel: string,
  title: string | null,
  seoTitle: string | null,
  seoDescription: string | null,
  descriptionHtml?: string | null,
];

/** The longest tag first, as the lookup of RFC 4647 comes to it first; of one language the channel's before everybody's. */
const byPlace = ([locale, channel]: TextRow, [otherLocale, otherChannel]: TextRow): number =>
  otherLocale.length - locale.length || otherChannel.length - channel.length;

/** The texts that rows say, each by itself, as one row need not have all; null when there is no row. */
export function pickTexts(rows: readonly TextRow[] | null): ProductTexts | null {
  if (rows === null || rows.length === 0) return null;
  const sorted = rows.toSorted(byPlace);
  const first = (read: (row: TextRow) => string | null | undefined): string | null => {
    for (const row of sorted) {
      const text = read(row);
      if (text != null) return text;
    }
    return null;
  };
  return {
    title: first((row) => row[2]),
    seoTitle: first((row) => row[3]),
    seoDescription: first((row) => row[4]),
    descriptionHtml: first((row) => row[5]),
  };
}
