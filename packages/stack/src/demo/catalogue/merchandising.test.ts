import { acceptCollection } from '@kontor/products/src/domain/collections/accept-collection.ts';
import { acceptSynonyms } from '@kontor/products/src/domain/search/synonym-rules.ts';
import { sanitiseHtml } from '@kontor/products/src/sanitise-html.ts';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, categoriesOf } from './categories.ts';
import { COLLECTIONS, RULED_COLLECTION } from './collections.ts';
import { germanWords } from './german/words.ts';
import { DRAFT, nextSeason, SCHEDULED } from './planned.ts';
import { channelsOf, productBatches } from './product-batches.ts';
import { PRODUCTS } from './products.ts';
import { relationsOf } from './relations.ts';
import { SYNONYMS } from './synonyms.ts';
import { GERMAN_HANDLES, textsOf } from './texts.ts';

const HANDLES = PRODUCTS.map(({ handle }) => handle);
const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);

describe('the categories', () => {
  const handles = CATEGORIES.map(({ handle }) => handle);

  test('are about forty in six trees, named once each in English and in German', () => {
    expect([CATEGORIES.length, CATEGORIES.filter(({ parentHandle }) => parentHandle === null).length]).toEqual([44, 6]);
    expect(repeated(handles)).toEqual([]);
    expect(repeated(CATEGORIES.map(({ name }) => name))).toEqual([]);
    expect(repeated(CATEGORIES.map(({ german }) => german))).toEqual([]);
  });

  test('take each product type once, and no type that no product has', () => {
    const types = CATEGORIES.flatMap((category) => category.types);
    expect(repeated(types)).toEqual([]);
    expect(new Set(types)).toEqual(new Set(PRODUCTS.map(({ productType }) => productType)));
  });

  test('hold every product, and nothing is empty from the root to the leaf', () => {
    const filed = PRODUCTS.map(categoriesOf);
    expect(filed.filter((found) => found.length === 0)).toEqual([]);
    const parents = new Set(CATEGORIES.map(({ parentHandle }) => parentHandle));
    const leaves = handles.filter((handle) => !parents.has(handle));
    expect(leaves.filter((handle) => !filed.some((found) => found.includes(handle)))).toEqual([]);
    expect(filed.flat().filter((handle) => !handles.includes(handle))).toEqual([]);
  });
});

describe('the German texts', () => {
  test('tell of about half of the products, none of another thing and none twice', () => {
    expect(GERMAN_HANDLES.length).toBe(78);
    expect(GERMAN_HANDLES.filter((handle) => !HANDLES.includes(handle))).toEqual([]);
    const texts = GERMAN_HANDLES.flatMap((handle) => textsOf(handle).filter(({ channel }) => channel === null));
    expect(texts).toHaveLength(GERMAN_HANDLES.length);
    expect(repeated(texts.map(({ title }) => title ?? ''))).toEqual([]);
    expect(repeated(texts.map(({ descriptionHtml }) => descriptionHtml ?? ''))).toEqual([]);
  });

  test('are kept as they are written', () => {
    const changed = HANDLES.flatMap(textsOf).filter(
      ({ descriptionHtml }) => descriptionHtml !== null && sanitiseHtml(descriptionHtml) !== descriptionHtml,
    );
    expect(changed).toEqual([]);
  });

  test('name every option, and the values that are words', () => {
    const names = [...new Set(PRODUCTS.flatMap(({ optionNames }) => optionNames))];
    // German has the same word.
    expect(names.filter((name) => germanWords([name]).length === 0)).toEqual(['Material']);
    expect(germanWords(['Colour', 'Moss', '0.5 l', 'Moss'])).toEqual([
      { word: 'Colour', words: [{ locale: 'de', text: 'Farbe' }] },
      { word: 'Moss', words: [{ locale: 'de', text: 'Moos' }] },
    ]);
  });
});

describe('the relations', () => {
  test('lead to other products, each once, of the same batch or an earlier one', () => {
    const known = new Set<string>();
    for (const { products } of productBatches()) {
      for (const { handle } of products) known.add(handle);
      for (const { handle } of products)
        for (const { handles } of relationsOf(handle)) {
          expect([handle, repeated(handles)]).toEqual([handle, []]);
          expect([handle, handles.filter((other) => other === handle || !known.has(other))]).toEqual([handle, []]);
        }
    }
  });

  test('name one successor at most, which has none itself', () => {
    const successors = HANDLES.flatMap((handle) =>
      relationsOf(handle).flatMap(({ kind, handles }) => (kind === 'SUCCESSOR' ? [[handle, ...handles]] : [])),
    );
    expect(successors).toEqual([
      ['commuter-tumbler', 'insulated-bottle'],
      ['spark-head-torch', 'fathom-head-torch'],
    ]);
  });
});

describe('what merchandisers plan', () => {
  test('keeps the rules of collections and of synonyms', () => {
    const { german, ...collection } = RULED_COLLECTION;
    const { match, conditions } = collection.rule;
    const rule = {
      match,
      conditions: conditions.map((condition) => ({ ...condition, values: [...condition.values] })),
    };
    const translations = [...COLLECTIONS, RULED_COLLECTION].map((each) => ({ locale: 'de', ...each.german }));
    expect(translations).toHaveLength(13);
    expect(
      acceptCollection({ ...collection, rule, translations: [{ locale: 'de', ...german }] }, null, sanitiseHtml),
    ).not.toHaveProperty('broken');
    expect(SYNONYMS.map(acceptSynonyms).filter((accepted) => 'broken' in accepted)).toEqual([]);
    expect(repeated(SYNONYMS.map(({ locale, words }) => `${locale} ${words[0]}`))).toEqual([]);
  });

  test('is of products that there are: a channel that does not have it yet, and a change of another one', () => {
    const scheduled = PRODUCTS.find(({ handle }) => handle === SCHEDULED.handle)!;
    expect(channelsOf(scheduled)).not.toContain(SCHEDULED.channel);
    expect(HANDLES).toContain(DRAFT.handle);
  });

  test.each([
    ['2026-11-22T16:00:00Z', '2027-03-01T07:00:00.000Z'],
    ['2026-12-31T23:59:59Z', '2027-03-01T07:00:00.000Z'],
    ['2027-01-01T00:00:00Z', '2028-03-01T07:00:00.000Z'],
  ])('begins, seen from %s, on %s', (now, season) => {
    expect(nextSeason(new Date(now))).toBe(season);
  });
});
