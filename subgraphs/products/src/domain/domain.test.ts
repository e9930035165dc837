import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptChannel, isCountryCode } from './channel-rules.ts';
import { compareProduct, type KeptProduct } from './product-difference.ts';
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
        expect(text.lastPrefix).toMatch(/^([\p{L}\p{N}]+:\*)?$/u);
        expect(text.swapped).toMatch(/^[\p{L}\p{N}()| &]*$/u);
        expect(text.head).toMatch(/^[\p{L}\p{N} ]*$/u);
      }),
    );
  });

  it('is null for blanks, and takes 12 words at most', () => {
    expect(readSearchText(' \t\u0000')).toBeNull();
    expect(readSearchText('w '.repeat(50))!.head.split(' ')).toHaveLength(11);
  });
});

describe('acceptProduct', () => {
  it('cleans what it keeps', () =>
    expect(acceptProduct(input, same)).toMatchObject({
      product: { content: { title: 'A b', tags: ['a', 'b'], vendor: null } },
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
    [{ variants: [{ optionValues: ['S'], imageUrl: 'https://a.example/x.jpg' }] }, 'image'],
    [{ variants: Array.from({ length: 251 }, (_, index) => ({ optionValues: [`${index}`] })) }, 'variants'],
    [{ media: [{ url: 'data:image/png;base64,x' }] }, 'web address'],
    [{ media: [{ url: 'https://a.example/x' }, { url: 'https://a.example/x' }] }, 'twice'],
    [{ tags: Array.from({ length: 251 }, (_, index) => `${index}`) }, 'tags'],
  ])('gives a reason for %j', (wrong, reason) => {
    const result = acceptProduct({ ...input, ...wrong }, same);
    expect('reason' in result && result.reason).toContain(reason);
  });
});

describe('compareProduct', () => {
  const accepted = acceptProduct(input, same);
  if (!('product' in accepted)) throw new Error('the sample is wrong');
  const { product } = accepted;
  const kept: KeptProduct = {
    productId: 'p',
    content: product.content,
    media: [],
    channels: ['pos', 'web'],
    variants: [
      { variantId: 'v', position: 0, optionValues: ['S'], sku: null, barcode: null, weightGrams: null, mediaId: null },
    ],
  };

  it('finds no difference in what is so already', () =>
    expect(compareProduct(kept, product, ['web'], () => 'new')).toMatchObject({ changed: false, variantIds: ['v'] }));

  it('hides only where the input publishes', () =>
    expect(compareProduct(kept, { ...product, published: false }, ['web', 'app'], () => 'new')).toMatchObject({
      changed: true,
      unpublish: ['web'],
      publish: [],
    }));

  it('moves variants with their ids', () => {
    const variants = [{ ...product.variants[0]!, optionValues: ['M'] }, product.variants[0]!];
    expect(compareProduct(kept, { ...product, variants }, [], () => 'new')).toMatchObject({
      variantIds: ['new', 'v'],
      variants: [
        { variantId: 'new', position: 0 },
        { variantId: 'v', position: 1 },
      ],
      variantsRemoved: [],
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
        { facet: 'VENDOR', values: ['a', 'b'] },
        { facet: 'VENDOR', values: ['b'] },
        { facet: 'TAG', values: ['x'] },
        { facet: 'TAG', values: ['y'] },
      ]),
    ).toEqual({ vendors: ['b'], productTypes: null, tagLists: [['x'], ['y']] });
  });
});
