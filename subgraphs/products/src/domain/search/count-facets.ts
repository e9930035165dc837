/** The facets whose values stand in documents, by the letter that introduces them there. */
export const SECTIONS = {
  v: 'VENDOR',
  p: 'PRODUCT_TYPE',
  t: 'TAG',
  c: 'CATEGORY',
  o: 'OPTION',
  a: 'ATTRIBUTE',
} as const;
export type Section = keyof typeof SECTIONS;

/** How many documents have each value of a facet, by the number of the value. */
export interface ValueCounts extends Readonly<Record<Section, ReadonlyMap<number, number>>> {
  /** The categories of documents that are in several, which must not be added up where they meet. */
  readonly filedTogether: readonly (readonly number[])[];
}

const FIRST_CODE = 256;
const SURROGATES = { from: 0xd800, to: 0xdfff };
/** The numbers that are left out of the characters, so that none is a surrogate; as `search_code` of the migrations does. */
const SKIPPED = { from: 55_000, offset: 2_560 };
const CODE_POINTS = 0x110000;

/** Counts by character: one table for all, because counting gives up the thread for nobody and clears what it used. */
const table = new Uint32Array(CODE_POINTS);

const numberOf = (codePoint: number) =>
  codePoint < SKIPPED.from + FIRST_CODE ? codePoint - FIRST_CODE : codePoint - SKIPPED.offset;

/**
 * Counts values in the facets of documents: letters of ASCII introduce a facet, every other character is a value of it, control characters
 * end a document. Made for 100,000 values in about a millisecond: PostgreSQL takes tens of them to unnest and group as many.
 */
export function countValues(facets: string): ValueCounts {
  const touched: Record<Section, number[]> = { v: [], p: [], t: [], c: [], o: [], a: [] };
  const filedTogether: number[][] = [];
  let section = touched.v;
  /** How many categories of a document were met, and the first of them. */
  let met = 0;
  let first = 0;
  for (let index = 0; index < facets.length; index += 1) {
    let code = facets.charCodeAt(index);
    if (code < FIRST_CODE) {
      section = touched[String.fromCharCode(code) as Section] ?? section;
      met = 0;
      continue;
    }
    if (code >= SURROGATES.from && code <= SURROGATES.to) {
      code = facets.codePointAt(index)!;
      index += 1;
    }
    if (table[code] === 0) section.push(code);
    table[code]! += 1;
    if (section !== touched.c) continue;
    met += 1;
    if (met === 1) first = numberOf(code);
    else if (met === 2) filedTogether.push([first, numberOf(code)]);
    else filedTogether.at(-1)!.push(numberOf(code));
  }
  const counts = Object.fromEntries(
    Object.entries(touched).map(([name, codes]) => [name, new Map(codes.map((code) => [numberOf(code), take(code)]))]),
  ) as Record<Section, Map<number, number>>;
  return { ...counts, filedTogether };
}

function take(code: number): number {
  const count = table[code]!;
  table[code] = 0;
  return count;
}

/**
 * Counts, for each category, the documents that are in it or anywhere below.
 * @param ancestorsOf the category of each value with everything above it.
 */
export function countCategories(
  { c: counts, filedTogether }: ValueCounts,
  ancestorsOf: ReadonlyMap<number, readonly string[]>,
): Map<string, number> {
  const documents = new Map<string, number>();
  const alone = new Map(counts);
  for (const values of filedTogether) {
    for (const value of values) add(alone, value, -1);
    for (const id of new Set(values.flatMap((value) => ancestorsOf.get(value) ?? []))) add(documents, id, 1);
  }
  for (const [value, count] of alone)
    if (count > 0) for (const id of ancestorsOf.get(value) ?? []) add(documents, id, count);
  return documents;
}

const add = <Key>(counts: Map<Key, number>, key: Key, count: number) => counts.set(key, (counts.get(key) ?? 0) + count);
