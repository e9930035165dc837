/** Words that shoppers use for the same thing, by language. The first is the one that the catalogue uses. */
export const SYNONYMS: readonly { readonly locale: string; readonly words: readonly string[] }[] = [
  { locale: 'en', words: ['head torch', 'headlamp', 'headlight'] },
  { locale: 'en', words: ['trousers', 'slacks'] },
  { locale: 'en', words: ['jumper', 'sweater', 'pullover'] },
  { locale: 'en', words: ['gilet', 'vest', 'body warmer'] },
  { locale: 'en', words: ['insulated bottle', 'thermos', 'vacuum flask'] },
  { locale: 'de', words: ['Stirnlampe', 'Kopflampe'] },
  { locale: 'de', words: ['Isomatte', 'Schlafmatte', 'Luftmatratze'] },
  { locale: 'de', words: ['Rucksack', 'Backpack'] },
  { locale: 'de', words: ['Regenjacke', 'Anorak', 'Hardshell'] },
  { locale: 'de', words: ['Isolierflasche', 'Thermosflasche', 'Thermoskanne'] },
];
