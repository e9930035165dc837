/** What people answer, by language: those of the European Union and its neighbours. English is understood where a language is missing. */
const WORDS: ReadonlyMap<string, readonly [yes: string, no: string]> = new Map([
  ['bg', ['Да', 'Не']],
  ['cs', ['Ano', 'Ne']],
  ['da', ['Ja', 'Nej']],
  ['de', ['Ja', 'Nein']],
  ['el', ['Ναι', 'Όχι']],
  ['en', ['Yes', 'No']],
  ['es', ['Sí', 'No']],
  ['et', ['Jah', 'Ei']],
  ['fi', ['Kyllä', 'Ei']],
  ['fr', ['Oui', 'Non']],
  ['ga', ['Tá', 'Níl']],
  ['hr', ['Da', 'Ne']],
  ['hu', ['Igen', 'Nem']],
  ['it', ['Sì', 'No']],
  ['lt', ['Taip', 'Ne']],
  ['lv', ['Jā', 'Nē']],
  ['mt', ['Iva', 'Le']],
  ['nb', ['Ja', 'Nei']],
  ['nl', ['Ja', 'Nee']],
  ['no', ['Ja', 'Nei']],
  ['pl', ['Tak', 'Nie']],
  ['pt', ['Sim', 'Não']],
  ['ro', ['Da', 'Nu']],
  ['sk', ['Áno', 'Nie']],
  ['sl', ['Da', 'Ne']],
  ['sv', ['Ja', 'Nej']],
  ['tr', ['Evet', 'Hayır']],
  ['uk', ['Так', 'Ні']],
]);

/** `Yes` or `No` in the first language of a chain that is known here. */
export function yesOrNo(value: boolean, chain: readonly string[]): string {
  const words =
    chain.map((locale) => WORDS.get(locale)).find((found) => found !== undefined) ?? (['Yes', 'No'] as const);
  return words[value ? 0 : 1];
}
