import { canonicalLocale } from '../channel-rules.ts';
import { MAX_LOCALE_LENGTH } from '../locale-chain.ts';
import { cleanLine } from '../text.ts';
import type { TextByLocale } from '../types/attribute-definition.ts';
import type { LocalizedTextInput, OptionWordInput } from './inputs.ts';
import { inKeyOrder } from './key-order.ts';
import { at, each, rule } from './rule.ts';

const MAX_LOCALES = 50;
const MAX_OPTION_WORD = 255;
const MAX_OPTION_WORDS = 1_000;

/** A language tag in its canonical writing. @throws a broken rule */
export function acceptLocale(locale: string): string {
  const tag = locale.length <= MAX_LOCALE_LENGTH ? canonicalLocale(locale) : null;
  rule(tag !== null, `"${cleanLine(locale.slice(0, 20))}" is not a language tag of BCP 47.`);
  return tag;
}

/** Texts by language as they are kept, each language once; blank ones are left out. @throws a broken rule */
export function acceptWords(
  words: readonly LocalizedTextInput[],
  { name, maximum }: { readonly name: string; readonly maximum: number },
): TextByLocale {
  rule(words.length <= MAX_LOCALES, `${name} is in more than ${MAX_LOCALES} languages.`);
  const texts = new Map<string, string>();
  each(words, ({ locale, text }) => {
    const tag = at(['locale'], () => acceptLocale(locale));
    rule(!texts.has(tag), `${name} is given twice in "${tag}".`);
    const clean = cleanLine(text);
    rule(clean.length <= maximum, `${name} has more than ${maximum} characters in "${tag}".`);
    texts.set(tag, clean);
  });
  return inKeyOrder(Object.fromEntries([...texts].filter(([, text]) => text !== '')));
}

/** Translations by word of the catalogue. @throws a broken rule */
export function acceptOptionWords(words: readonly OptionWordInput[]): ReadonlyMap<string, TextByLocale> {
  rule(words.length <= MAX_OPTION_WORDS, `More than ${MAX_OPTION_WORDS} words of options are translated.`);
  const accepted = new Map<string, TextByLocale>();
  each(words, ({ word, words: texts }) => {
    const clean = at(['word'], () => acceptOptionWord(word));
    rule(!accepted.has(clean), `The word "${clean}" is given twice.`);
    accepted.set(
      clean,
      at(['words'], () => acceptOptionWordTexts(clean, texts)),
    );
  });
  return accepted;
}

/** A name or value of an option as it is kept. @throws a broken rule */
export function acceptOptionWord(word: string): string {
  const clean = cleanLine(word);
  rule(clean !== '' && clean.length <= MAX_OPTION_WORD, `A word of an option has 1 to ${MAX_OPTION_WORD} characters.`);
  return clean;
}

/** The translations of one word of an option. @throws a broken rule */
export const acceptOptionWordTexts = (word: string, texts: readonly LocalizedTextInput[]): TextByLocale =>
  acceptWords(texts, { name: `The word "${word.slice(0, 60)}"`, maximum: MAX_OPTION_WORD });
