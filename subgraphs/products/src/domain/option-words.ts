/** Words of options and their values by locale, each by the word in the catalogue. */
export type OptionWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What translates the words of options into the languages of a chain; a word that nobody translated stays. */
export function optionTranslator(words: OptionWords, chain: readonly string[]): (word: string) => string {
  const known = new Map<string, string | undefined>();
  return (word) => {
    if (!known.has(word)) known.set(word, wordIn(words, chain, word));
    return known.get(word) ?? word;
  };
}

/** A language that has other words than this one is passed over. */
function wordIn(words: OptionWords, chain: readonly string[], word: string): string | undefined {
  for (const locale of chain) {
    // Words are what people typed: only what is the object's own counts.
    const ofLocale = Object.hasOwn(words, locale) ? words[locale] : undefined;
    if (ofLocale && Object.hasOwn(ofLocale, word)) return ofLocale[word];
  }
  return undefined;
}
