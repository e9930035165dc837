import { canonicalLocale } from '../channel-rules.ts';
import { MAX_LOCALE_LENGTH } from '../locale-chain.ts';
import { foldPhrase } from '../search-text.ts';
import { cleanLine } from '../text.ts';

/** Sets of words that mean the same, at most; a query looks its words up in all of them by an index. */
export const MAX_SYNONYM_SETS = 10_000;
const MAX_WORDS = 20;
const MAX_WORD_LENGTH = 60;
/** A query is searched for phrases of up to so many words. */
const MAX_PHRASE = 4;

/** Words and phrases that mean the same. */
export interface SynonymInput {
  readonly locale: string;
  readonly words: readonly string[];
}

/** A set as it is kept. */
export interface AcceptedSynonyms {
  readonly language: string;
  readonly words: string[];
  /** The words as they are compared, aligned with `words`. */
  readonly keys: string[];
}

/** Checks and cleans a set of synonyms; repeats are dropped. @returns the set, or the rule that it breaks and where */
export function acceptSynonyms(
  input: SynonymInput,
): AcceptedSynonyms | { readonly broken: string; readonly at: string } {
  const locale = input.locale.length > MAX_LOCALE_LENGTH ? null : canonicalLocale(input.locale);
  if (locale === null) return { broken: 'The locale is a language tag of BCP 47, such as de.', at: 'locale' };
  const byKey = new Map(input.words.slice(0, MAX_WORDS + 1).map((word) => [foldPhrase(word), cleanLine(word)]));
  if (input.words.length > MAX_WORDS || byKey.size < 2 || byKey.has(''))
    return { broken: `A set has 2 to ${MAX_WORDS} different words or phrases of letters and digits.`, at: 'words' };
  const tooLong = [...byKey].some(([key, word]) => word.length > MAX_WORD_LENGTH || key.split(' ').length > MAX_PHRASE);
  if (tooLong)
    return { broken: `A phrase has at most ${MAX_PHRASE} words and ${MAX_WORD_LENGTH} characters.`, at: 'words' };
  return { language: locale.split('-')[0]!, words: [...byKey.values()], keys: [...byKey.keys()] };
}
