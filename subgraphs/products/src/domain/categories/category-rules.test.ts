import { describe, expect, it } from 'vitest';
import { acceptCategoryTexts, placeRefusal } from './category-rules.ts';

const kept = { handle: 'shoes', name: 'Shoes', names: { de: 'Schuhe' }, externalReference: 'x1' };

describe('acceptCategoryTexts', () => {
  it('keeps what is absent, and removes what is null where it can be', () => {
    expect(acceptCategoryTexts({}, kept)).toEqual({ value: kept });
    expect(acceptCategoryTexts({ handle: null, name: null, names: null, externalReference: null }, kept)).toEqual({
      value: { ...kept, names: {}, externalReference: null },
    });
  });

  it('writes names by the canonical language, in order', () => {
    const names = [
      { locale: 'fr', text: ' Chaussures ' },
      { locale: 'DE-at', text: 'Schuach' },
    ];
    expect(acceptCategoryTexts({ names }, kept)).toEqual({
      value: { ...kept, names: { 'de-AT': 'Schuach', fr: 'Chaussures' } },
    });
  });

  it.each([
    ['no handle for a new one', { name: 'Shoes' }, null, 'handle'],
    ['no name for a new one', { handle: 'shoes' }, null, 'name'],
    ['a bad handle', { handle: 'Shoes & more' }, kept, 'handle'],
    ['an empty name', { name: ' \n' }, kept, 'name'],
    ['a language that is none', { names: [{ locale: '__proto__', text: 'x' }] }, kept, 'names'],
    [
      'a language twice',
      {
        names: [
          { locale: 'de', text: 'x' },
          { locale: 'DE', text: 'y' },
        ],
      },
      kept,
      'names',
    ],
    ['an empty name in a language', { names: [{ locale: 'de', text: '' }] }, kept, 'names'],
    ['a long reference', { externalReference: 'x'.repeat(256) }, kept, 'externalReference'],
  ])('refuses %s', (_, input, before, field) => {
    expect(acceptCategoryTexts(input, before)).toMatchObject({ broken: { field } });
  });
});

describe('placeRefusal', () => {
  const place = { parentDepth: 1, isBelowItself: false, height: 1, siblings: 0 };

  it('takes the last level and the last child, and refuses one more', () => {
    expect(placeRefusal({ ...place, parentDepth: 12, height: 8 }, false)).toBeNull();
    expect(placeRefusal({ ...place, parentDepth: 12, height: 9 }, false)).toMatchObject({ code: 'TREE_TOO_DEEP' });
    expect(placeRefusal({ ...place, siblings: 499 }, false)).toBeNull();
    expect(placeRefusal({ ...place, siblings: 500 }, false)).toMatchObject({ code: 'TOO_MANY' });
    expect(placeRefusal({ ...place, parentDepth: 0, siblings: 500 }, true)).toBeNull();
  });

  it('refuses a place below itself', () => {
    expect(placeRefusal({ ...place, isBelowItself: true }, false)).toMatchObject({ code: 'CATEGORY_CYCLE' });
  });
});
