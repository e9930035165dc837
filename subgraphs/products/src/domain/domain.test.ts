import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptChannel, isCountryCode } from './channel-rules.ts';
import { applyEdit } from './editing/apply-edit.ts';
import { emptyProduct } from './editing/product-content.ts';
import { compareProduct } from './product-difference.ts';
import { joinFilters } from './product-list.ts';
import { acceptProduct, type ProductInput } from './product-rules.ts';
import { readSearchText } from './search-text.ts';
import { cleanLine, foldText, plainText } from './text.ts';
import { optionsOf, variantTitle } from './variant-title.ts';

const same = (html: string) => html;
const input: ProductInput = {
  handle: 'a',
  title: ' A\n b ',
  descriptionHtml: '',
  tags: ['b', ' a', 'a', ''],
  published: true,
  optionNames: ['Size'],
  variants: [{ optionValues: ['S'] }],
  media: [],
};

describe('texts', () => {
  it('are cleaned once and for all, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanLine(text);
        expect(cleanLine(clean)).toBe(clean);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it('fold case and accents for comparing', () => expect(foldText('ÀÉÎ Straße Ｘ')).toBe('aei straße x'));

  it('lose their markup and end behind a word', () =>
    expect(plainText('<p>One &amp; two</p><p>three</p>', 12)).toBe('One & two'));
});

describe('readSearchText', () => {
  it('lets only letters and digits into the query language', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (query) => {
        const text = readSearchText(query);
        if (!text) return;
        expect(text.swapped).toMatch(/^[\p{L}\p{N}()| &']*$/u);
        expect(text.words).toHaveLength(text.foldedWords.length);
        for (const word of text.words) expect(word).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*$/u);
        for (const word of text.foldedWords) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
      }),
    );
  });

  it('is null for blanks, and takes 12 words at most', () => {
    expect(readSearchText(' \t\u0000')).toBeNull();
    expect(readSearchText('w '.repeat(50))!.words).toHaveLength(12);
  });
});

describe('acceptProduct', () => {
  it('cleans what it keeps', () =>
    expect(acceptProduct(input, same)).toMatchObject({
      edit: { content: { title: 'A b', tags: ['a', 'b'], vendor: null } },
    }));

  it.each<[Partial<ProductInput>, string]>([
    [{ handle: '../x' }, 'handle'],
    [{ title: 'x'.repeat(256) }, 'title'],
    [{ descriptionHtml: 'x'.repeat(100_001) }, 'description'],
    [{ optionNames: ['A', 'A'], variants: [{ optionValues: ['1', '2'] }] }, 'same name'],
    [{ optionNames: ['A', 'B', 'C', 'D'] }, 'options'],
    [{ variants: [{ optionValues: [] }] }, 'option values'],
    [{ variants: [{ optionValues: [' '] }] }, 'option value'],
    [{ variants: [{ optionValues: ['S'], weightGrams: -1 }] }, 'weight'],
    [{ variants: Array.from({ length: 251 }, (_, index) => ({ optionValues: [`${index}`] })) }, 'variants'],
    [{ media: [{ url: 'data:image/png;base64,x' }] }, 'web address'],
    [{ media: [{ url: 'https://a.example/x' }, { url: 'https://a.example/x' }] }, 'twice'],
    [{ tags: Array.from({ length: 251 }, (_, index) => `${index}`) }, 'tags'],
  ])('gives a reason for %j', (wrong, reason) => {
    const result = acceptProduct({ ...input, ...wrong }, same);
    expect('broken' in result && result.broken.message).toContain(reason);
  });
});

describe('compareProduct', () => {
  let ids = 0;
  const lay = (kept: Parameters<typeof applyEdit>[0], more: Partial<ProductInput> = {}) => {
    const accepted = acceptProduct({ ...input, ...more }, same);
    if ('broken' in accepted) throw new Error(accepted.broken.message);
    const applied = applyEdit(kept, accepted.edit, {
      definitions: [],
      sanitise: same,
      newId: () => `new-${(ids += 1)}`,
    });
    if ('broken' in applied) throw new Error(applied.broken.message);
    return applied.wanted;
  };
  const empty = emptyProduct('p', 'a', 'ACTIVE');
  const kept = { ...empty, ...lay(empty), channels: ['pos', 'web'] };
  const [variantId] = kept.variants.map((variant) => variant.variantId);

  it('finds no difference in what is so already', () =>
    expect(compareProduct(kept, lay(kept), { channels: ['web'], published: true })).toMatchObject({
      changed: false,
      variantIds: [variantId],
    }));

  it('hides only where the input publishes', () =>
    expect(compareProduct(kept, lay(kept), { channels: ['web', 'app'], published: false })).toMatchObject({
      changed: true,
      unpublish: ['web'],
      publish: [],
    }));

  it('moves variants with their ids', () => {
    const wanted = lay(kept, { variants: [{ optionValues: ['M'] }, { optionValues: ['S'] }] });
    expect(compareProduct(kept, wanted, null)).toMatchObject({
      variantIds: [`new-${ids}`, variantId],
      variants: [
        { variantId: `new-${ids}`, position: 0 },
        { variantId, position: 1 },
      ],
      variantsRemoved: [],
      variantsRenamed: [],
    });
  });
});

describe('small rules', () => {
  it('know countries and channels', () => {
    expect(['DE', 'US', 'EU', 'ZZ', 'de', 'XX'].map(isCountryCode)).toEqual([true, true, false, false, false, false]);
    expect(
      acceptChannel({
        code: 'web',
        name: 'Web',
        currencies: ['EUR', 'EUR'],
        countries: ['DE'],
        locales: ['DE-de'],
        locationIds: [],
      }),
    ).toMatchObject({ channel: { currencies: ['EUR'], locales: ['de-DE'] } });
  });

  it('name variants and list options in the order of their use', () => {
    expect([variantTitle([]), variantTitle(['M', 'Navy'])]).toEqual(['Default', 'M / Navy']);
    expect(optionsOf(['Size', 'Colour'], [{ optionValues: ['S', 'Red'] }, { optionValues: ['M', 'Red'] }])).toEqual([
      { name: 'Size', values: ['S', 'M'] },
      { name: 'Colour', values: ['Red'] },
    ]);
  });

  it('join filters', () => {
    expect(
      joinFilters([
        { facet: 'VENDOR', values: ['b', 'a', 'b'] },
        { facet: 'OPTION', attribute: 'Size', values: ['M'] },
        { facet: 'TAG', values: ['x'] },
        { facet: 'PRICE', values: [], from: 100 },
        { facet: 'TAG', values: ['y'] },
        { facet: 'PRICE', values: [], from: 50, to: 900 },
        { facet: 'CATEGORY', values: [] },
      ]),
    ).toEqual([
      { facet: 'VENDOR', attribute: '', lists: [['a', 'b']], from: null, to: null },
      { facet: 'OPTION', attribute: 'Size', lists: [['M']], from: null, to: null },
      { facet: 'TAG', attribute: '', lists: [['x'], ['y']], from: null, to: null },
      { facet: 'PRICE', attribute: '', lists: [], from: 100, to: 900 },
    ]);
  });
});
