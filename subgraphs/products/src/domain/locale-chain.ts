import { canonicalLocale } from './channel-rules.ts';

/** No tag that names a language and a region is as long; what is longer is refused before anything is made of it. */
export const MAX_LOCALE_LENGTH = 64;
/** A chain has at most so many tags. */
const MAX_CHAIN = 8;

/**
 * The languages in which a text is looked for, the best first, by the lookup of RFC 4647 section 3.4: the tag, then the tag without its last
 * subtag, and so on (`zh-Hant-TW`, `zh-Hant`, `zh`). Behind them comes the catalogue's own text, which has no tag. At most 8.
 * @param locale the language asked for, BCP 47; null for the channel's own. What is no tag has no chain.
 * @param channelDefault the first language of the caller's channel; null for callers without one.
 */
export function localeChain(locale: string | null, channelDefault: string | null): string[] {
  const wanted = locale ?? channelDefault;
  if (wanted === null || wanted.length > MAX_LOCALE_LENGTH) return [];
  const canonical = canonicalLocale(wanted);
  if (canonical === null) return [];
  const chain: string[] = [];
  for (let subtags = canonical.split('-'); subtags.length > 0; subtags = withoutLast(subtags))
    chain.push(subtags.join('-'));
  return chain.slice(0, MAX_CHAIN);
}

/** A single letter only introduces what follows it: it goes with that. */
function withoutLast(subtags: readonly string[]): string[] {
  const shorter = subtags.slice(0, -1);
  return shorter.length > 1 && shorter.at(-1)!.length === 1 ? shorter.slice(0, -1) : shorter;
}

/**
 * The first text of a chain, of texts by locale as they are kept in a column.
 * @returns undefined when there is none: the catalogue's own text is meant then.
 */
export function textInChain<Text>(
  texts: Readonly<Record<string, Text>> | null | undefined,
  chain: readonly string[],
): NonNullable<Text> | undefined {
  if (texts == null) return undefined;
  for (const locale of chain) {
    // Texts come out of JSON: only what is their own counts.
    const text = Object.hasOwn(texts, locale) ? texts[locale] : undefined;
    if (text != null) return text;
  }
  return undefined;
}
