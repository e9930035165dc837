import { cleanLine, foldText } from './text.ts';

/** Longer queries are refused at the edge. */
export const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 12;
const SHORTEST_SWAPPED = 4;
const LONGEST_SWAPPED = 20;

/** What a shopper typed, made ready for PostgreSQL. Every part is data: only letters and digits reach the query language. */
export interface SearchText {
  /** As typed, on one line. */
  readonly typed: string;
  /** The same as a SKU or barcode is compared. */
  readonly code: string;
  /** Folded, for comparing with titles. */
  readonly folded: string;
  /** The words as they were typed; at most 12. */
  readonly words: readonly string[];
  /** The words folded, aligned with `words`. */
  readonly foldedWords: readonly string[];
  /** A query that also takes each word with two neighbouring letters swapped; empty when there is no word. */
  readonly swapped: string;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** A word folded to letters and digits alone, whatever its compatibility form holds; empty when nothing is left. */
const foldWord = (word: string): string => (foldText(word).match(/[\p{L}\p{N}]+/gu) ?? []).join('');

/** Folds a phrase as the words of a query are folded: words with single blanks between them. */
export const foldPhrase = (phrase: string): string =>
  (cleanLine(phrase).match(WORD) ?? [])
    .map(foldWord)
    .filter((word) => word !== '')
    .join(' ');

/** A word and all that come of swapping two neighbouring letters, the commonest slip of fingers, which trigrams take badly. */
function withSwaps(word: string): string[] {
  const letters = [...word];
  if (letters.length < SHORTEST_SWAPPED || letters.length > LONGEST_SWAPPED) return [word];
  const swaps = letters
    .slice(1)
    .map((letter, index) => [...letters.slice(0, index), letter, letters[index], ...letters.slice(index + 2)].join(''));
  return [...new Set([word, ...swaps])];
}

/** Reads what a shopper typed; null when it is blank, which asks for everything. */
export function readSearchText(query: string): SearchText | null {
  const typed = cleanLine(query);
  if (typed === '') return null;
  const pairs = (typed.match(WORD) ?? [])
    .map((word) => ({ word: word.replace(/^\p{M}+/u, ''), folded: foldWord(word) }))
    .filter(({ word, folded }) => word !== '' && folded !== '')
    .slice(0, MAX_WORDS);
  return {
    typed,
    code: typed.toLowerCase(),
    folded: foldText(typed),
    words: pairs.map(({ word }) => word),
    foldedWords: pairs.map(({ folded }) => folded),
    swapped: pairs
      .map(
        ({ folded }) =>
          `(${withSwaps(folded)
            .map((word) => `'${word}'`)
            .join(' | ')})`,
      )
      .join(' & '),
  };
}
