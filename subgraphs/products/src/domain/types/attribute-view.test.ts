import { describe, expect, it } from 'vitest';
import type { AttributeDefinition, AttributeValues } from './attribute-definition.ts';
import { definition, options } from './attribute-fixture.ts';
import { referenceKey, referencesIn, shownAttributes, viewAttribute, type NamedReference } from './attribute-view.ts';

/** But for its last digit. */
const ID = '018f2e9a-7b3c-7def-8abc-0123456789a';

const view = (
  definitions: readonly AttributeDefinition[],
  values: AttributeValues,
  chain: readonly string[] = ['de'],
  names: ReadonlyMap<string, NamedReference> = new Map(),
) =>
  shownAttributes(definitions, values, { scope: 'PRODUCT', chain, codes: null }).map((shown) =>
    viewAttribute(shown, chain, names),
  );
const textOf = (...args: Parameters<typeof view>) => view(...args)[0]?.text;

describe('viewAttribute', () => {
  it.each<[AttributeDefinition, AttributeValues[string], readonly string[], string]>([
    [definition('a', 'NUMBER'), 1234.5, ['de'], '1.234,5'],
    [definition('a', 'NUMBER'), 0.000001234, ['en'], '0.000001234'],
    [definition('a', 'NUMBER'), 1234.5, [], '1,234.5'],
    [definition('a', 'NUMBER'), 1234.5, ['tlh'], '1,234.5'],
    [definition('a', 'MEASURE', { unit: 'g' }), 453.59237, ['de-AT', 'de'], '453,592 g'],
    [definition('a', 'MEASURE', { unit: 'fl_oz' }), 0.0012345, ['en'], '0.001235 fl oz'],
    [definition('a', 'MEASURE', { unit: 'm2' }), 12, ['de'], '12 m²'],
    [definition('a', 'BOOLEAN'), true, ['de-AT', 'de'], 'Ja'],
    [definition('a', 'BOOLEAN'), false, ['tlh'], 'No'],
    [definition('a', 'DATE'), '2024-02-29', ['de'], '29. Februar 2024'],
    [definition('a', 'DATE'), '2024-02-29', ['en-US', 'en'], 'February 29, 2024'],
    [definition('a', 'RICH_TEXT'), '<p>a &amp;</p><p>b</p>', ['de'], 'a & b'],
    [definition('a', 'TEXT', { isList: true }), ['x', 'y'], ['de'], 'x, y'],
    [
      definition('a', 'ENUM', { isList: true, options: [{ code: 'red', labels: { de: 'Rot' } }, ...options('blue')] }),
      ['red', 'blue', 'lost'],
      ['de-AT', 'de'],
      'Rot, blue, lost',
    ],
    [definition('a', 'ENUM', { options: [{ code: 'red', labels: { fr: 'Rouge' } }] }), 'red', ['de'], 'Rouge'],
  ])('writes %j %j in %j as %s', (attribute, value, chain, text) => {
    expect(textOf([attribute], { a: value }, chain)).toBe(text);
  });

  it('shows attributes in the order of their definitions, in the first language there is', () => {
    const definitions = [
      definition('b', 'TEXT', { isLocalizable: true, labels: { en: 'B', 'de-AT': 'Be' } }),
      definition('a', 'NUMBER'),
      definition('only_french', 'TEXT', { isLocalizable: true }),
    ];
    const values = { a: 1, b: { '': 'own', de: 'deutsch' }, only_french: { fr: 'x' } };
    expect(view(definitions, values, ['de-AT', 'de'])).toEqual([
      { code: 'b', label: 'Be', kind: 'TEXT', unit: null, text: 'deutsch', value: 'deutsch', productIds: [] },
      { code: 'a', label: 'a', kind: 'NUMBER', unit: null, text: '1', value: 1, productIds: [] },
    ]);
    expect(view(definitions, values, ['fr']).map((each) => each?.value)).toEqual(['own', 1, 'x']);
  });

  it('passes over what is retired, not asked for, or not what its definition says', () => {
    const definitions = [
      definition('retired', 'TEXT', { isRetired: true }),
      definition('other', 'TEXT'),
      definition('of_variants', 'TEXT', { scope: 'VARIANT' }),
      definition('text', 'TEXT'),
      definition('list', 'NUMBER', { isList: true }),
      definition('languages', 'TEXT', { isLocalizable: true }),
      definition('day', 'DATE'),
      definition('reference', 'REFERENCE', { referenceTo: 'PRODUCT' }),
      definition('constructor', 'TEXT'),
    ];
    const values = {
      retired: 'a',
      other: 'a',
      text: 1,
      list: [1, 'a'],
      languages: 'a',
      day: 'soon',
      reference: 'a',
      unknown: 'a',
    };
    const codes = new Set(definitions.map(({ code }) => code).filter((code) => code !== 'other'));
    expect(shownAttributes(definitions, values, { scope: 'PRODUCT', chain: [], codes })).toEqual([]);
    expect(shownAttributes(definitions, values, { scope: 'PRODUCT', chain: [], codes: null })).toHaveLength(1);
  });

  it('names references that may be seen and leaves the others out', () => {
    const list = definition('with', 'REFERENCE', { isList: true, referenceTo: 'VARIANT' });
    const one = definition('in', 'REFERENCE', { referenceTo: 'CATEGORY' });
    const values = { with: [`${ID}1`, `${ID}2`, `${ID}3`], in: `${ID}1` };
    expect(referencesIn(shownAttributes([list, one], values, { scope: 'PRODUCT', chain: [], codes: null }))).toEqual([
      `VARIANT:${ID}1`,
      `VARIANT:${ID}2`,
      `VARIANT:${ID}3`,
      `CATEGORY:${ID}1`,
    ]);
    const names = new Map<string, NamedReference>([
      [referenceKey('VARIANT', `${ID}1`), { name: 'Belt, M', names: { de: 'Gürtel, M' }, productId: 'p' }],
      [referenceKey('VARIANT', `${ID}3`), { name: 'Belt, L', names: { '': 'Our belt, L' }, productId: 'p' }],
    ]);
    expect(view([list, one], values, ['de'], names)).toEqual([
      {
        code: 'with',
        label: 'with',
        kind: 'REFERENCE',
        unit: null,
        text: 'Gürtel, M, Our belt, L',
        value: [`${ID}1`, `${ID}3`],
        productIds: ['p'],
      },
      null,
    ]);
  });
});
