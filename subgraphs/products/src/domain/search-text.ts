import { cleanLine, foldText } from './text.ts';

/** Longer queries are refused at the edge. */
export const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 12;
const SHORTEST_SWAPPED = 4;
const LONGEST_SWAPPED = 20;

/** What a shopper typed, made ready for PostgreSQL. Every part is data: only letters and digits reach the query language. */
export interface SearchText {
  /** As typed, on one line; for SKUs and barcodes, which are compared exactly. */
  readonly typed: string;
  /** Folded, for comparing with titles. */
  readonly folded: string;
  /** The folded text without its last word. */
  readonly head: string;
  /** The last word as a `to_tsquery` prefix such as `jack:*`; empty when there is no word. */
  readonly lastPrefix: string;
  /** A `to_tsquery` text that also takes each word with two neighbouring letters swapped; empty when there is no word. */
  readonly swapped: string;
}

/** The words of a folded text: runs of letters and digits, at most 12. */
const wordsOf = (folded: string): string[] => (folded.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);

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
  const folded = foldText(typed);
  const words = wordsOf(folded);
  const last = words.at(-1);
  return {
    typed,
    folded,
    head: words.slice(0, -1).join(' '),
    lastPrefix: last === undefined ? '' : `${last}:*`,
    swapped: words.map((word) => `(${withSwaps(word).join(' | ')})`).join(' & '),
  };
}
