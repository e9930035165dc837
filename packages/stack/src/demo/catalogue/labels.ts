/** A name in the languages of the shops. */
export const named = (en: string, de: string, fr: string) => [
  { locale: 'en', text: en },
  { locale: 'de', text: de },
  { locale: 'fr', text: fr },
];

/** Of attributes by which shoppers narrow a list. */
export const FILTERABLE = { isFilterable: true } as const;
