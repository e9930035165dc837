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
export type ValueCounts = Readonly<Record<Section, ReadonlyMap<number, number>>>;

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
  let section: number[] = touched.v;
  for (let index = 0; index < facets.length; index += 1) {
    let code = facets.charCodeAt(index);
    if (code < FIRST_CODE) {
      section = touched[String.fromCharCode(code) as Section] ?? section;
      continue;
    }
    if (code >= SURROGATES.from && code <= SURROGATES.to) {
      code = facets.codePointAt(index)!;
      index += 1;
    }
    if (table[code] === 0) section.push(code);
    table[code]! += 1;
  }
  return Object.fromEntries(
    Object.entries(touched).map(([name, codes]) => [name, new Map(codes.map((code) => [numberOf(code), take(code)]))]),
  ) as Record<Section, Map<number, number>>;
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
  facets: string,
  ancestorsOf: ReadonlyMap<number, readonly string[]>,
): Map<string, number> {
  const counts = new Map<string, number>();
  // Most products are in one category: their ancestors are added up once, at the end.
  const alone = new Map<number, number>();
  for (const [, codes = ''] of facets.matchAll(CATEGORIES)) {
    const values = Array.from(codes, (each) => numberOf(each.codePointAt(0)!));
    const [first] = values;
    if (values.length === 1) alone.set(first!, (alone.get(first!) ?? 0) + 1);
    else for (const id of new Set(values.flatMap((value) => ancestorsOf.get(value) ?? []))) add(counts, id, 1);
  }
  for (const [value, count] of alone) for (const id of ancestorsOf.get(value) ?? []) add(counts, id, count);
  return counts;
}

// eslint-disable-next-line no-control-regex -- what is no control character and no letter is a value
const CATEGORIES = /c([^\u0000-\u00ff]+)/g;

const add = (counts: Map<string, number>, id: string, count: number) => counts.set(id, (counts.get(id) ?? 0) + count);
