/** Texts of a collection in a language; a text that is null is taken from the next language, at last from the collection itself. */
export interface CollectionTexts {
  readonly title: string | null;
  readonly descriptionHtml: string | null;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
}

/** The same by locale, as they are kept. */
export type CollectionTranslations = Readonly<Record<string, CollectionTexts>>;

/** A text in the first language of a chain that has it; undefined when none has. */
export function collectionText(
  translations: CollectionTranslations,
  chain: readonly string[],
  field: keyof CollectionTexts,
): string | undefined {
  for (const locale of chain) {
    // Locales come out of JSON: only what is the object's own counts.
    const text = Object.hasOwn(translations, locale) ? translations[locale]?.[field] : undefined;
    if (text != null) return text;
  }
  return undefined;
}
