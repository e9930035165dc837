import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../channels.ts';
import { COLLECTIONS } from './collections.ts';
import { ean13CheckDigit } from './ean.ts';
import { charmPrice, MARKETPLACE_HANDLES, PRICE_LISTS, TAX_RATES, TRADE_HANDLES } from './prices.ts';
import { channelsOf, productBatches } from './product-batches.ts';
import { PRODUCTS } from './products.ts';

const VARIANTS = PRODUCTS.flatMap((product) => product.variants);
const HANDLES = new Set(PRODUCTS.map(({ handle }) => handle));
const repeated = (values: readonly (string | number)[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);

describe('the assortment', () => {
  test('is about 150 products with about 500 variants', () => {
    expect([PRODUCTS.length, VARIANTS.length]).toEqual([156, 488]);
  });

  test('repeats no handle, article, title, description, SKU or barcode', () => {
    const plain = PRODUCTS.map(({ handle, article, title, descriptionHtml }) => ({
      handle,
      article,
      title,
      descriptionHtml,
    }));
    expect(repeated(plain.map(({ handle }) => handle))).toEqual([]);
    expect(repeated(plain.map(({ article }) => article))).toEqual([]);
    expect(repeated(plain.map(({ title }) => title))).toEqual([]);
    expect(repeated(plain.map(({ descriptionHtml }) => descriptionHtml))).toEqual([]);
    expect(repeated(VARIANTS.map(({ sku }) => sku))).toEqual([]);
    expect(repeated(VARIANTS.map(({ barcode }) => barcode))).toEqual([]);
  });

  test('has handles for addresses, paragraphs for descriptions and at least one tag on everything', () => {
    const wrong = PRODUCTS.filter(
      ({ handle, descriptionHtml, tags }) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(handle) || !/^<p>.+<\/p>$/s.test(descriptionHtml) || tags.length === 0,
    );
    expect(wrong).toEqual([]);
  });

  test('has EAN-13 barcodes with right check digits', () => {
    const wrong = VARIANTS.filter(
      ({ barcode }) => !/^952\d{10}$/.test(barcode) || Number(barcode[12]) !== ean13CheckDigit(barcode.slice(0, 12)),
    );
    expect(wrong).toEqual([]);
  });

  test('weighs something, in every size, and shows each variant in one of its product’s images', () => {
    const wrong = PRODUCTS.filter(({ variants, media }) =>
      variants.some(({ weightGrams, imageUrl }) => weightGrams <= 0 || !media.some(({ url }) => url === imageUrl)),
    );
    expect(wrong).toEqual([]);
  });

  test('shows each colour in an image of its own', () => {
    const skerry = PRODUCTS.find(({ handle }) => handle === 'mens-skerry-rain-jacket')!;
    const shown = skerry.variants.map(({ optionValues, imageUrl }) => [optionValues[1], imageUrl.slice(-5)]);
    expect(new Set(shown.map((pair) => pair.join(' ')))).toEqual(new Set(['Kelp 1.jpg', 'Ink 2.jpg']));
  });

  test('goes out in batches of at most 200 that hold every product once', () => {
    const batches = productBatches();
    expect(batches.every(({ products }) => products.length <= 200)).toBe(true);
    expect(
      batches
        .flatMap(({ products }) => products)
        .map(({ handle }) => handle)
        .sort(),
    ).toEqual([...HANDLES].sort());
  });
});

describe('the collections', () => {
  test('are twelve, filled with products that exist, one of them with at least 48', () => {
    expect(COLLECTIONS).toHaveLength(12);
    expect(repeated(COLLECTIONS.map(({ handle }) => handle))).toEqual([]);
    for (const { handle, productHandles } of COLLECTIONS) {
      expect([handle, productHandles.length >= 8]).toEqual([handle, true]);
      expect(productHandles.filter((product) => !HANDLES.has(product))).toEqual([]);
      expect(repeated(productHandles)).toEqual([]);
    }
    expect(Math.max(...COLLECTIONS.map(({ productHandles }) => productHandles.length))).toBeGreaterThanOrEqual(48);
  });

  test('hold every product at least once', () => {
    const shown = new Set(COLLECTIONS.flatMap(({ productHandles }) => productHandles));
    expect([...HANDLES].filter((handle) => !shown.has(handle))).toEqual([]);
  });
});

describe('the prices', () => {
  test('are above zero and below what they are compared at', () => {
    for (const { code, prices } of PRICE_LISTS) {
      const wrong = prices.filter(
        ({ amountMinor, compareAtMinor }) =>
          !Number.isSafeInteger(amountMinor) || amountMinor <= 0 || (compareAtMinor ?? Infinity) <= amountMinor,
      );
      expect([code, wrong]).toEqual([code, []]);
    }
  });

  test('stand in a base list for every variant and every currency of a channel', () => {
    const currencies = new Set(CHANNELS.flatMap((channel) => channel.currencies));
    const base = PRICE_LISTS.filter(({ scope }) => scope === 'BASE');
    expect(new Set(base.map(({ currency }) => currency))).toEqual(currencies);
    for (const { prices } of base) expect(prices.map(({ sku }) => sku)).toEqual(VARIANTS.map(({ sku }) => sku));
  });

  test('are a channel’s own only for products that exist and are published there', () => {
    const owned: readonly (readonly [string, readonly string[]])[] = [
      ['b2b', TRADE_HANDLES],
      ['marketplace', MARKETPLACE_HANDLES],
    ];
    for (const [channel, handles] of owned) {
      const published = PRODUCTS.filter((product) => channelsOf(product).includes(channel)).map(({ handle }) => handle);
      expect(handles.filter((handle) => !published.includes(handle))).toEqual([]);
    }
  });

  test('come from base lists alone for at least 100 products that all channels sell', () => {
    const owned = new Set([...TRADE_HANDLES, ...MARKETPLACE_HANDLES]);
    const alike = PRODUCTS.filter(
      (product) => !owned.has(product.handle) && channelsOf(product).length === CHANNELS.length,
    );
    expect(alike.length).toBeGreaterThanOrEqual(100);
  });

  test('are net and about 12% lower in trade, and a little higher on marketplaces', () => {
    const amount = (code: string, sku: string) =>
      PRICE_LISTS.find((list) => list.code === code)!.prices.find((price) => price.sku === sku)!.amountMinor;
    const skuOf = (handle: string) => PRODUCTS.find((product) => product.handle === handle)!.variants[0]!.sku;
    // 59.90 gross is 50.34 net; 88% of that is 44.30.
    expect(amount('b2b-eur', skuOf('gale-umbrella'))).toBe(4430);
    expect(amount('marketplace-eur', skuOf('gale-umbrella'))).toBe(6395);
  });

  test.each([
    [1234, 1195],
    [1260, 1295],
    [20, 95],
    [9_990, 9_995],
    [21_164, 20_900],
    [33_727, 33_900],
  ])('round %i to the customary %i', (minor, customary) => {
    expect(charmPrice(minor)).toBe(customary);
  });

  test('have a tax rate for every country of every channel', () => {
    const countries = new Set(CHANNELS.flatMap((channel) => channel.countries));
    expect([...countries].filter((country) => TAX_RATES[country] === undefined)).toEqual([]);
  });
});
