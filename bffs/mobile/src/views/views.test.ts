import { expect, it } from 'vitest';
import { shortened } from './facets.ts';
import { picturesOf } from './pictures.ts';
import { isInStock, lowestPrice } from './product-card.ts';
import { scannedVariant } from './scanned-variant.ts';

it('shows the pictures of a product alone, in their order and at most 8', () => {
  const file = (name: string, role: 'GALLERY' | 'LIFESTYLE' | 'SIZE_CHART' | 'VIDEO' = 'GALLERY') => ({
    url: name,
    role,
  });
  const many = Array.from({ length: 20 }, (_, index) => file(`${index}.jpg`));
  expect(picturesOf(many)).toEqual(many.slice(0, 8));
  const use = file('use.jpg', 'LIFESTYLE');
  expect(picturesOf([file('film.mp4', 'VIDEO'), use, file('sizes.png', 'SIZE_CHART'), file('a.jpg')])).toEqual([
    use,
    file('a.jpg'),
  ]);
});

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const priced = (grossMinor: number | null) => ({
  price: grossMinor === null ? null : { net: eur(0), gross: eur(grossMinor), tax: eur(0), compareAt: null },
});

it.each([
  ['of the cheapest variant', [1_990, 990, 2_990], 990],
  ['of those that have one', [null, 1_990], 1_990],
  ['of none without a price', [null, null], undefined],
  ['of none without a variant', [], undefined],
])('shows the price %s', (_what, prices, lowest) => {
  expect(lowestPrice(prices.map(priced))?.gross.minorUnits).toBe(lowest);
});

const stocked = (status: 'IN_STOCK' | 'LOW' | 'OUT' | null) => ({
  availability: status && {
    ...{ variantId: 'v', status, sellableQuantity: 0, version: 1, asOf: '2026-01-31T12:00:00.000Z' },
  },
});

it.each([
  ['in stock when one variant is', ['OUT', 'LOW'], true],
  ['in stock when one is, whatever is unknown', [null, 'IN_STOCK'], true],
  ['sold out when all variants are', ['OUT', 'OUT'], false],
  ['neither when a variant is unknown and no other can be bought', ['OUT', null], null],
] as const)('is %s', (_what, statuses, expected) => {
  expect(isInStock(statuses.map(stocked))).toBe(expected);
});

it('puts the product beside a scanned variant', () => {
  const variant = { id: 'v', title: 'M', sku: null, image: null, price: null, availability: null };
  expect(scannedVariant({ ...variant, product: { id: 'p', title: 'Parka' } })).toEqual({
    ...variant,
    productId: 'p',
    productTitle: 'Parka',
  });
});

it('keeps the most frequent values of each facet, option and attribute', () => {
  const count = (facet: 'VENDOR' | 'OPTION', attribute: string | null, value: string) => ({
    ...{ facet, attribute, value, label: value, count: 1, isApproximate: false },
  });
  const all = [
    count('OPTION', 'Size', 'M'),
    count('VENDOR', null, 'Oberland'),
    count('OPTION', 'Colour', 'Navy'),
    count('OPTION', 'Size', 'L'),
    count('OPTION', 'Size', 'S'),
    count('VENDOR', null, 'Karwendel'),
  ];
  expect(shortened(all, 2)).toEqual(all.filter(({ value }) => value !== 'S'));
  expect(shortened(all, 1).map(({ value }) => value)).toEqual(['M', 'Oberland', 'Navy']);
});
