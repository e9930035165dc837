import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCategories, countValues, SECTIONS, type Section } from './count-facets.ts';

/** As `search_code` of the migrations makes characters of numbers. */
const code = (id: number) => String.fromCodePoint(id < 55_000 ? id + 256 : id + 2_560);
const SECTION_NAMES = Object.keys(SECTIONS) as Section[];
/** A number is one of one facet alone. */
const ids = (section: Section) =>
  fc.uniqueArray(
    fc
      .oneof(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 9_160, max: 9_170 }),
        fc.integer({ min: 0, max: 180_000 }),
      )
      .map((place) => place * SECTION_NAMES.length + SECTION_NAMES.indexOf(section) + 1),
    { maxLength: 8 },
  );
const documents = fc.array(
  fc.record(
    Object.fromEntries(SECTION_NAMES.map((section) => [section, ids(section)])) as Record<
      Section,
      fc.Arbitrary<number[]>
    >,
    {
      requiredKeys: [],
      noNullPrototype: true,
    },
  ),
  { maxLength: 20 },
);
const written = (all: readonly Partial<Record<Section, number[]>>[]) =>
  all
    .map((document) =>
      Object.entries(document)
        .map(([section, values]) => (values.length > 0 ? section + values.map(code).join('') : ''))
        .join(''),
    )
    .join('\u0001');

describe('countValues', () => {
  it('counts what a plain loop counts, whatever the numbers, and again the same', () => {
    fc.assert(
      fc.property(documents, (all) => {
        for (let round = 0; round < 2; round += 1) {
          const counts = countValues(written(all));
          for (const section of SECTION_NAMES) {
            const expected = new Map<number, number>();
            for (const id of all.flatMap((document) => document[section] ?? []))
              expected.set(id, (expected.get(id) ?? 0) + 1);
            expect(new Map(counts[section])).toEqual(expected);
          }
        }
      }),
      { seed: 11 },
    );
  });

  it('counts nothing in nothing', () => expect(countValues('').t.size).toBe(0));
});

describe('countCategories', () => {
  it('counts a document once for everything above, also when it is in several categories of one branch', () => {
    const ancestors = new Map([
      [1, ['shirts', 'clothes']],
      [2, ['trousers', 'clothes']],
      [3, ['clothes']],
    ]);
    const facets = written([
      { c: [1] },
      { c: [1, 2] },
      { c: [3, 2, 1] },
      { v: [4], c: [3], t: [5] },
      { t: [6] },
      { c: [9] },
    ]);
    expect(countCategories(countValues(facets), ancestors)).toEqual(
      new Map([
        ['shirts', 3],
        ['clothes', 4],
        ['trousers', 2],
      ]),
    );
  });
});
