import { describe, expect, it } from 'vitest';
import { acceptProductType, type ProductTypeInput } from './accept-product-type.ts';
import type { AttributeDefinitionInput } from './accept-definition.ts';
import type { ProductType } from './attribute-definition.ts';
import { definition, options, wanted } from './attribute-fixture.ts';

const SHIRT: ProductType = {
  name: 'Shirt',
  labels: { de: 'Hemd' },
  attributes: [
    definition('fit', 'TEXT', { labels: { de: 'Passform' } }),
    definition('colour', 'ENUM', { options: [{ code: 'red', labels: { de: 'Rot' } }, ...options('blue')] }),
    definition('weight', 'MEASURE', { unit: 'g' }),
    definition('old', 'NUMBER', { isRetired: true, maximum: 3 }),
  ],
  version: 4,
};

const accept = (
  attributes: readonly AttributeDefinitionInput[],
  before: ProductType | null = null,
  more: Partial<ProductTypeInput> = {},
) => acceptProductType({ name: 'Shirt', attributes, ...more }, before);
const accepted = (...args: Parameters<typeof accept>) => {
  const result = accept(...args);
  if ('broken' in result) throw new Error(result.broken.message);
  return result;
};

describe('acceptProductType', () => {
  it('keeps labels by canonical language, and those that are not given', () => {
    const labels = [
      { locale: 'EN-gb', text: '  Fit ' },
      { locale: 'de', text: 'Passform' },
    ];
    const { type } = accepted(
      [wanted('fit', 'TEXT', { labels }), wanted('colour', 'ENUM', { options: [{ code: 'red' }, { code: 'blue' }] })],
      SHIRT,
    );
    expect(type.labels).toEqual({ de: 'Hemd' });
    expect(type.attributes[0]!.labels).toEqual({ 'en-GB': 'Fit', de: 'Passform' });
    expect(type.attributes[1]!.options).toEqual([
      { code: 'red', labels: { de: 'Rot' } },
      { code: 'blue', labels: {} },
    ]);
    expect(accepted([], SHIRT, { labels: [] }).type.labels).toEqual({});
  });

  it('retires what is left out, and brings it back when it is named again', () => {
    const { type, removed } = accepted([wanted('weight', 'MEASURE', { unit: 'g' })], SHIRT);
    expect(type.attributes.map(({ code, isRetired }) => [code, isRetired])).toEqual([
      ['weight', false],
      ['fit', true],
      ['colour', true],
      ['old', true],
    ]);
    expect(removed).toEqual([]);
    const again = accepted([wanted('old', 'NUMBER'), wanted('colour', 'ENUM')], { ...type, version: 5 }).type;
    expect(again.attributes.slice(0, 2)).toEqual([definition('old', 'NUMBER'), SHIRT.attributes[1]]);
  });

  it.each<[string, AttributeDefinitionInput]>([
    ['kind', wanted('fit', 'RICH_TEXT')],
    ['scope', wanted('fit', 'TEXT', { scope: 'VARIANT' })],
    ['isLocalizable', wanted('fit', 'TEXT', { isLocalizable: true })],
    ['isList', wanted('fit', 'TEXT', { isList: true })],
    ['unit', wanted('weight', 'MEASURE', { unit: 'kg' })],
    ['kind', wanted('old', 'TEXT')],
  ])('refuses another %s for a code that was used', (field, attribute) => {
    expect(accept([attribute], SHIRT)).toMatchObject({
      broken: { code: 'ATTRIBUTE_FIXED', path: ['attributes', '0', field] },
    });
  });

  it('names the options that would go, of attributes that stay or come back', () => {
    const { removed } = accepted([wanted('colour', 'ENUM', { options: [{ code: 'green' }, { code: 'red' }] })], SHIRT);
    expect(removed).toMatchObject([{ codes: ['blue'], index: 0, definition: { code: 'colour' } }]);
  });

  it.each<[string, string, AttributeDefinitionInput]>([
    ['INVALID_CODE', 'code', wanted('__proto__', 'TEXT')],
    ['INVALID_CODE', 'code', wanted('Fit', 'TEXT')],
    ['INVALID_CODE', 'code', wanted('', 'TEXT')],
    ['INVALID_CODE', 'code', wanted('a'.repeat(64), 'TEXT')],
    ['INVALID_UNIT', 'unit', wanted('a', 'MEASURE')],
    ['INVALID_UNIT', 'unit', wanted('a', 'MEASURE', { unit: 'constructor' })],
    ['FIELD_OF_OTHER_KIND', 'unit', wanted('a', 'NUMBER', { unit: 'g' })],
    ['FIELD_OF_OTHER_KIND', 'options', wanted('a', 'TEXT', { options: [{ code: 'x' }] })],
    ['FIELD_OF_OTHER_KIND', 'minimum', wanted('a', 'TEXT', { minimum: 1 })],
    ['FIELD_OF_OTHER_KIND', 'maximumLength', wanted('a', 'ENUM', { options: [{ code: 'x' }], maximumLength: 1 })],
    ['FIELD_OF_OTHER_KIND', 'referenceTo', wanted('a', 'TEXT', { referenceTo: 'PRODUCT' })],
    ['REFERENCE_NEEDED', 'referenceTo', wanted('a', 'REFERENCE')],
    ['INVALID_COUNT', 'options', wanted('a', 'ENUM')],
    [
      'INVALID_COUNT',
      'options',
      wanted('a', 'ENUM', {
        options: options(...Array.from({ length: 501 }, (_, i) => `o${i}`)).map(({ code }) => ({ code })),
      }),
    ],
    ['OPTION_TWICE', 'options', wanted('a', 'ENUM', { options: [{ code: 'x' }, { code: 'x' }] })],
    ['INVALID_CODE', 'options', wanted('a', 'ENUM', { options: [{ code: '__proto__' }] })],
    ['INVALID_BOUND', 'minimum', wanted('a', 'NUMBER', { minimum: 2, maximum: 1 })],
    ['INVALID_BOUND', 'maximum', wanted('a', 'NUMBER', { maximum: Infinity })],
    ['INVALID_BOUND', 'minimum', wanted('a', 'NUMBER', { minimum: NaN })],
    ['INVALID_BOUND', 'maximumLength', wanted('a', 'TEXT', { maximumLength: 0 })],
    ['INVALID_BOUND', 'maximumLength', wanted('a', 'TEXT', { maximumLength: 5_001 })],
    ['NOT_FILTERABLE', 'isFilterable', wanted('a', 'RICH_TEXT', { isFilterable: true })],
    ['INVALID_LABEL', 'labels', wanted('a', 'TEXT', { labels: [{ locale: '__proto__', text: 'x' }] })],
    ['INVALID_LABEL', 'labels', wanted('a', 'TEXT', { labels: [{ locale: 'de', text: ' ' }] })],
    [
      'INVALID_LABEL',
      'labels',
      wanted('a', 'TEXT', {
        labels: [
          { locale: 'de', text: 'x' },
          { locale: 'DE', text: 'y' },
        ],
      }),
    ],
  ])('refuses with %s at %s %j', (code, field, attribute) => {
    expect(accept([attribute])).toMatchObject({ broken: { code, path: ['attributes', '0', field] } });
  });

  it('refuses one code twice, and more attributes than there may be, now or ever', () => {
    expect(accept([wanted('a', 'TEXT'), wanted('a', 'TEXT')])).toMatchObject({
      broken: { code: 'ATTRIBUTE_TWICE', path: ['attributes', '1', 'code'] },
    });
    const many = (count: number, from = 0) =>
      Array.from({ length: count }, (_, index) => wanted(`a${from + index}`, 'TEXT'));
    expect(accept(many(101))).toMatchObject({ broken: { code: 'TOO_MANY', path: ['attributes'] } });
    let type: ProductType | null = null;
    for (const from of [0, 100, 200]) type = { ...accepted(many(100, from), type).type, version: 1 };
    expect(type?.attributes).toHaveLength(300);
    expect(accept(many(1, 300), type)).toMatchObject({ broken: { code: 'TOO_MANY', path: ['attributes'] } });
    expect(accepted(many(1, 50), type).type.attributes).toHaveLength(300);
  });

  it('refuses more than 500 KB of labels', () => {
    const choice = (index: number) => ({ code: `o${index}`, labels: [{ locale: 'de', text: 'ü'.repeat(250) }] });
    const attribute = wanted('a', 'ENUM', { options: Array.from({ length: 500 }, (_, index) => choice(index)) });
    expect('type' in accept([attribute])).toBe(true);
    expect(accept([attribute, { ...attribute, code: 'b' }])).toMatchObject({
      broken: { code: 'TOO_LARGE', path: ['attributes'] },
    });
  });

  it.each(['', ' Shirt', 'a\0b', 'x'.repeat(256)])('refuses the name %j', (name) => {
    expect(accept([], null, { name })).toMatchObject({ broken: { code: 'INVALID_NAME', path: ['name'] } });
  });
});
