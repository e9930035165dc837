import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitiseHtml } from '../../sanitise-html.ts';
import { acceptAttributes, sameAttributes, type AttributeChange, type AttributeInput } from './accept-attributes.ts';
import { ATTRIBUTE_KINDS, type AttributeDefinition, type AttributeValues } from './attribute-definition.ts';
import { definition, options } from './attribute-fixture.ts';

const ID = '018f2e9a-7b3c-7def-8abc-0123456789ab';
const ALL: readonly AttributeDefinition[] = [
  definition('fit', 'TEXT', { maximumLength: 10 }),
  definition('note', 'TEXT', { isLocalizable: true }),
  definition('rating', 'NUMBER', { minimum: 0, maximum: 5 }),
  definition('vegan', 'BOOLEAN'),
  definition('colour', 'ENUM', { options: options('red', 'blue') }),
  definition('materials', 'ENUM', { isList: true, options: options('wool', 'silk') }),
  definition('weight', 'MEASURE', { unit: 'g', minimum: 0 }),
  definition('since', 'DATE'),
  definition('care', 'RICH_TEXT', { isLocalizable: true }),
  definition('pairs_with', 'REFERENCE', { isList: true, referenceTo: 'PRODUCT' }),
  definition('gone', 'TEXT', { isRetired: true }),
  definition('length', 'MEASURE', { scope: 'VARIANT', unit: 'cm' }),
  definition('constructor', 'TEXT'),
];

const accept = (
  input: readonly AttributeInput[] | null,
  kept: AttributeValues = {},
  more: Partial<AttributeChange> = {},
) => acceptAttributes({ definitions: ALL, scope: 'PRODUCT', kept, input, ...more }, sanitiseHtml);
const valuesOf = (...args: Parameters<typeof accept>) => {
  const result = accept(...args);
  if ('broken' in result) throw new Error(result.broken.message);
  return result.values;
};
const broken = (message: string, index: number | null = 0) => ({ broken: { message, index } });

describe('acceptAttributes', () => {
  it('keeps every kind of value in its canonical form', () => {
    const { values, references } = accept([
      { code: 'fit', value: '  slim \n fit ' },
      { code: 'note', value: 'für alle', locale: 'DE-at' },
      { code: 'note', value: 'for all' },
      { code: 'rating', value: 4.5 },
      { code: 'vegan', value: false },
      { code: 'colour', value: 'red' },
      { code: 'materials', value: ['silk', 'wool', 'silk'] },
      { code: 'weight', value: 1, unit: 'lb' },
      { code: 'since', value: '2024-02-29' },
      { code: 'care', value: '<p onclick="x()">Wash <script>alert(1)</script>cold</p>' },
      { code: 'pairs_with', value: [ID.toUpperCase(), ID] },
      { code: 'constructor', value: 'Ada' },
    ]) as Exclude<ReturnType<typeof accept>, { broken: unknown }>;
    expect(values).toEqual({
      fit: 'slim fit',
      note: { 'de-AT': 'für alle', '': 'for all' },
      rating: 4.5,
      vegan: false,
      colour: 'red',
      materials: ['silk', 'wool'],
      weight: 453.59237,
      since: '2024-02-29',
      care: { '': '<p>Wash cold</p>' },
      pairs_with: [ID],
      constructor: 'Ada',
    });
    expect(references).toEqual([{ kind: 'PRODUCT', id: ID, index: 10 }]);
  });

  it('changes what is named and leaves the rest, also what is retired or of another type', () => {
    const kept = { fit: 'slim', rating: 3, gone: 'x', elsewhere: [1], note: { '': 'a', de: 'b' } };
    expect(
      valuesOf(
        [
          { code: 'rating', value: 4 },
          { code: 'fit', value: null },
        ],
        kept,
      ),
    ).toEqual({
      rating: 4,
      gone: 'x',
      elsewhere: [1],
      note: { '': 'a', de: 'b' },
    });
  });

  it('removes one language of a localizable value, and the value with its last one', () => {
    const kept = { note: { '': 'a', de: 'b' } };
    expect(valuesOf([{ code: 'note', value: null, locale: 'de' }], kept)).toEqual({ note: { '': 'a' } });
    expect(
      valuesOf(
        [
          { code: 'note', value: null },
          { code: 'note', value: null, locale: 'de' },
        ],
        kept,
      ),
    ).toEqual({});
  });

  it('takes an absent value for null, and an empty list for nothing', () => {
    expect(valuesOf([{ code: 'fit' }, { code: 'materials', value: [] }], { fit: 'a', materials: ['wool'] })).toEqual(
      {},
    );
  });

  it.each<[AttributeInput, string]>([
    [{ code: 'size', value: 1 }, 'Products of this type have no attribute "size".'],
    [{ code: '__proto__', value: {} }, 'Products of this type have no attribute "__proto__".'],
    [{ code: 'toString', value: 1 }, 'Products of this type have no attribute "toString".'],
    [{ code: 'gone', value: 'x' }, 'The attribute "gone" is retired.'],
    [{ code: 'length', value: 1 }, 'The attribute "length" belongs to variants.'],
    [{ code: 'fit', value: 1 }, 'The attribute "fit" takes a text.'],
    [{ code: 'fit', value: ['a'] }, 'The attribute "fit" has one value, not a list.'],
    [{ code: 'fit', value: ' ' }, 'The attribute "fit" has an empty text; null removes it.'],
    [{ code: 'fit', value: 'a very long text' }, 'The attribute "fit" takes at most 10 characters.'],
    [{ code: 'fit', value: 'a', locale: 'de' }, 'The attribute "fit" is not localizable.'],
    [{ code: 'fit', value: 'a', unit: 'g' }, 'The attribute "fit" has no unit.'],
    [{ code: 'note', value: 'a', locale: 'not a tag' }, '"not a tag" is not a language tag of BCP 47.'],
    [{ code: 'note', value: 'a', locale: '' }, '"" is not a language tag of BCP 47.'],
    [{ code: 'rating', value: '4' }, 'The attribute "rating" takes a number.'],
    [{ code: 'rating', value: NaN }, 'The attribute "rating" takes a number.'],
    [{ code: 'rating', value: JSON.parse('1e400') }, 'The attribute "rating" takes a number.'],
    [{ code: 'rating', value: -1e300 }, 'The attribute "rating" takes numbers up to 1000000000000000.'],
    [{ code: 'rating', value: 5.01 }, 'The attribute "rating" is at most 5.'],
    [{ code: 'rating', value: -1 }, 'The attribute "rating" is at least 0.'],
    [{ code: 'weight', value: -1, unit: 'lb' }, 'The attribute "weight" is at least 0 g.'],
    [{ code: 'weight', value: 1, unit: 'cm' }, 'The attribute "weight" is kept in g, to which "cm" does not convert.'],
    [
      { code: 'weight', value: 1, unit: '__proto__' },
      'The attribute "weight" is kept in g, to which "__proto__" does not convert.',
    ],
    [{ code: 'weight', value: 1e14, unit: 'kg' }, 'The attribute "weight" takes numbers up to 1000000000000000.'],
    [{ code: 'vegan', value: 'true' }, 'The attribute "vegan" takes true or false.'],
    [{ code: 'colour', value: 'green' }, 'The attribute "colour" has no option "green".'],
    [{ code: 'materials', value: 'wool' }, 'The attribute "materials" takes a list.'],
    [{ code: 'materials', value: [['wool']] }, 'The attribute "materials" takes a text.'],
    [{ code: 'materials', value: [null] }, 'The attribute "materials" takes a text.'],
    [{ code: 'materials', value: Array(101).fill('wool') }, 'The attribute "materials" takes at most 100 values.'],
    [{ code: 'since', value: '2023-02-29' }, 'The attribute "since" takes a date of ISO 8601, such as 2026-01-31.'],
    [
      { code: 'since', value: '2023-01-01T00:00' },
      'The attribute "since" takes a date of ISO 8601, such as 2026-01-31.',
    ],
    [{ code: 'since', value: '0000-01-01' }, 'The attribute "since" takes a date of ISO 8601, such as 2026-01-31.'],
    [{ code: 'care', value: '<script>x</script>' }, 'The attribute "care" has an empty text; null removes it.'],
    [{ code: 'care', value: 'x'.repeat(1_000_000) }, 'The attribute "care" takes at most 20000 characters.'],
    [{ code: 'pairs_with', value: ['x\0'] }, 'The attribute "pairs_with" refers to "x", which is no id.'],
  ])('refuses %j', (entry, message) => {
    expect(accept([{ code: 'vegan', value: true }, entry].slice(entry.code === 'vegan' ? 1 : 0))).toEqual(
      broken(message, entry.code === 'vegan' ? 0 : 1),
    );
  });

  it('refuses one attribute twice, but takes it in two languages', () => {
    expect(
      accept([
        { code: 'fit', value: 'a' },
        { code: 'fit', value: null },
      ]),
    ).toEqual(broken('The attribute "fit" is given twice.', 1));
    expect(
      accept([
        { code: 'note', value: 'a', locale: 'de-at' },
        { code: 'note', value: 'b', locale: 'de-AT' },
      ]),
    ).toEqual(broken('The attribute "note" is given twice.', 1));
  });

  it('refuses more entries, languages and bytes than there may be', () => {
    expect(accept(Array.from({ length: 1_001 }, () => ({ code: 'fit', value: 'a' })))).toEqual(
      broken('There are more than 1000 attributes.', 1_000),
    );
    const languages = Array.from({ length: 51 }, (_, index) => ({
      code: 'note',
      value: 'a',
      locale: `de-${String(index).padStart(3, '0')}`,
    }));
    expect(accept(languages)).toEqual(broken('The attribute "note" is in more than 50 languages.', null));
    const long = languages.slice(0, 30).map((entry) => ({ ...entry, value: 'ü'.repeat(2_000) }));
    expect(accept(long)).toEqual(broken('The attributes of a product take at most 100 KB.', null));
    const variant = definition('text', 'TEXT', { scope: 'VARIANT', isList: true });
    expect(
      accept(
        [{ code: 'text', value: Array(3).fill('x'.repeat(4_000)) }],
        {},
        { definitions: [variant], scope: 'VARIANT' },
      ),
    ).toEqual(broken('The attributes of a variant take at most 10 KB.', null));
  });

  it('asks for what is required, in the own language where it has several, unless the product may be incomplete', () => {
    const definitions = [
      definition('fit', 'TEXT', { isRequired: true }),
      definition('note', 'TEXT', { isRequired: true, isLocalizable: true }),
      definition('length', 'NUMBER', { isRequired: true, scope: 'VARIANT' }),
      definition('gone', 'NUMBER', { isRequired: true, isRetired: true }),
    ];
    const note = { code: 'note', value: 'a' };
    expect(accept(null, {}, { definitions })).toEqual(broken('The attribute "fit" is required.', null));
    expect(accept([{ ...note, locale: 'de' }], { fit: 'a' }, { definitions })).toEqual(
      broken(`The attribute "note" is required in the catalogue's own language.`, null),
    );
    expect(valuesOf([note], { fit: 'a' }, { definitions })).toEqual({ fit: 'a', note: { '': 'a' } });
    expect(accept([{ code: 'fit', value: null }, note], { fit: 'a' }, { definitions })).toEqual(
      broken('The attribute "fit" is required.', null),
    );
    expect(valuesOf(null, {}, { definitions, mayBeIncomplete: true })).toEqual({});
  });

  it('holds what is kept to rules that became stricter, until it is given anew', () => {
    expect(accept(null, { rating: 7 })).toEqual(broken('The attribute "rating" is at most 5.', null));
    expect(accept([{ code: 'vegan', value: true }], { colour: 'green' })).toEqual(
      broken('The attribute "colour" has no option "green".', null),
    );
    expect(accept(null, { note: { '': 'a', de: 1 as unknown as string } })).toEqual(
      broken('The attribute "note" takes a text.', null),
    );
    expect(accept(null, { note: 'a' })).toEqual(
      broken('The attribute "note" is localizable, and what is kept is not.', null),
    );
    expect(
      valuesOf(
        [
          { code: 'rating', value: 5 },
          { code: 'note', value: 'b' },
        ],
        { rating: 7, note: 'a' },
      ),
    ).toEqual({
      rating: 5,
      note: { '': 'b' },
    });
  });

  it('keeps everything as it is when what it answered is checked again', () => {
    const values = valuesOf([
      { code: 'care', value: '<p>a &amp; b</p>' },
      { code: 'weight', value: 0.1, unit: 'oz' },
      { code: 'since', value: '0050-12-31' },
    ]);
    expect(valuesOf(null, JSON.parse(JSON.stringify(values)) as AttributeValues)).toEqual(values);
  });

  it('answers any JSON with values that JSON keeps, or a refusal, and never throws', () => {
    const code = fc.oneof(fc.constantFrom(...ALL.map((each) => each.code)), fc.string());
    const entry = fc.record(
      { code, value: fc.jsonValue(), locale: fc.option(fc.string()), unit: fc.option(fc.constantFrom('g', 'lb', 'x')) },
      { requiredKeys: ['code'] },
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (input) => {
        const result = accept(input);
        if ('broken' in result) return;
        expect(JSON.parse(JSON.stringify(result.values))).toEqual(result.values);
        expect(Object.getPrototypeOf(result.values)).toBe(Object.prototype);
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  it('passes what JSON can hold of each kind when it is checked again', () => {
    const values: Record<string, fc.Arbitrary<unknown>> = {
      TEXT: fc.string({ minLength: 1, maxLength: 50 }),
      NUMBER: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      BOOLEAN: fc.boolean(),
      ENUM: fc.constantFrom('red', 'blue'),
      MEASURE: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      DATE: fc
        .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      REFERENCE: fc.uuid(),
      RICH_TEXT: fc.string({ maxLength: 50 }).map((text) => `<p>${text}</p>`),
    };
    const given = fc.constantFrom(...ATTRIBUTE_KINDS).chain((kind) => fc.tuple(fc.constant(kind), values[kind]!));
    fc.assert(
      fc.property(given, fc.boolean(), fc.constantFrom('oz', 'lb', 'kg'), ([kind, value], isList, unit) => {
        const definitions = [
          definition('it', kind, {
            isList,
            unit: kind === 'MEASURE' ? 'g' : null,
            options: options('red', 'blue'),
            referenceTo: kind === 'REFERENCE' ? 'VARIANT' : null,
          }),
        ];
        const entry = { code: 'it', value: isList ? [value] : value, unit: kind === 'MEASURE' ? unit : null };
        const first = accept([entry], {}, { definitions });
        if ('broken' in first) {
          expect(first.broken.message).toContain('empty text');
          return;
        }
        const kept = JSON.parse(JSON.stringify(first.values)) as AttributeValues;
        expect(accept(null, kept, { definitions })).toEqual({ values: kept, references: [] });
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });
});

describe('sameAttributes', () => {
  it('compares values whatever the order of codes and languages, and lists in order', () => {
    expect(sameAttributes({ a: 1, b: { '': 'x', de: 'y' } }, { b: { de: 'y', '': 'x' }, a: 1 })).toBe(true);
    expect(sameAttributes({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(sameAttributes({ a: 1 }, { a: '1' })).toBe(false);
    expect(sameAttributes({}, JSON.parse('{"__proto__": 1}') as AttributeValues)).toBe(false);
  });
});
