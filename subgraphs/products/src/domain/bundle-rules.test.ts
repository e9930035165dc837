import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptComponents, BUNDLE_LIMITS, checkPlaces, sameComponents, type BundlePlace } from './bundle-rules.ts';

const BUNDLE = '019a0000-0000-7000-8000-00000000000b';
const idOf = (number: number) => `019a0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
const place = (variantId: string, more: Partial<BundlePlace> = {}): BundlePlace => ({
  variantId,
  isBundle: false,
  bundleCount: 0,
  ...more,
});

describe('acceptComponents', () => {
  it('keeps the order of the input and writes ids in lower case', () =>
    expect(
      acceptComponents(BUNDLE, [
        { variantId: idOf(0xab).toUpperCase(), quantity: 1_000 },
        { variantId: idOf(1), quantity: 1 },
      ]),
    ).toEqual({
      components: [
        { variantId: idOf(0xab), quantity: 1_000 },
        { variantId: idOf(1), quantity: 1 },
      ],
    }));

  it.each([0, -1, 1_001, 1.5, Number.NaN])('refuses the quantity %d and names the field', (quantity) =>
    expect(
      acceptComponents(BUNDLE, [
        { variantId: idOf(1), quantity: 1 },
        { variantId: idOf(2), quantity },
      ]),
    ).toEqual({
      broken: {
        code: 'INVALID_QUANTITY',
        message: `The quantity of a component is a whole number from 1 to 1000, not ${quantity}.`,
        path: ['components', '1', 'quantity'],
      },
    }),
  );

  it('refuses the bundle itself, also in upper case', () =>
    expect(acceptComponents(BUNDLE, [{ variantId: BUNDLE.toUpperCase(), quantity: 1 }])).toMatchObject({
      broken: { code: 'INVALID_COMPONENT', path: ['components', '0', 'variantId'] },
    }));

  it('refuses a variant that occurs twice and says how to write it', () =>
    expect(
      acceptComponents(BUNDLE, [
        { variantId: idOf(1), quantity: 1 },
        { variantId: idOf(1).toUpperCase(), quantity: 2 },
      ]),
    ).toEqual({
      broken: {
        code: 'DUPLICATE_COMPONENT',
        message: `The variant ${idOf(1)} occurs twice: name it once with the whole quantity.`,
        path: ['components', '1', 'variantId'],
      },
    }));

  it('takes 50 components and refuses 51', () => {
    const many = Array.from({ length: 51 }, (_, index) => ({ variantId: idOf(index + 100), quantity: 1 }));
    expect(acceptComponents(BUNDLE, many.slice(1))).toEqual({ components: many.slice(1) });
    expect(acceptComponents(BUNDLE, many)).toEqual({
      broken: { code: 'TOO_MANY', message: 'A bundle has at most 50 components, not 51.', path: ['components'] },
    });
  });
});

describe('checkPlaces', () => {
  const components = [
    { variantId: idOf(1), quantity: 1 },
    { variantId: idOf(2), quantity: 1 },
  ];
  const check = (own: Partial<BundlePlace>, second: Partial<BundlePlace>, list = components) =>
    checkPlaces(
      place(BUNDLE, own),
      list,
      new Map([place(BUNDLE, own), place(idOf(1)), place(idOf(2), second)].map((each) => [each.variantId, each])),
    );

  it('takes variants that are no bundles, for a variant that was one before, too', () => {
    expect(check({}, {})).toBeNull();
    expect(check({ isBundle: true }, { bundleCount: BUNDLE_LIMITS.bundlesOfComponent - 1 })).toBeNull();
  });

  it('refuses a component that is a bundle, and one that is in 100 others', () => {
    expect(check({}, { isBundle: true })).toMatchObject({
      code: 'NESTED_BUNDLE',
      path: ['components', '1', 'variantId'],
    });
    expect(check({}, { bundleCount: 100 })).toMatchObject({ code: 'TOO_MANY', path: ['components', '1', 'variantId'] });
  });

  it('refuses components of a variant that is a component itself, and lets it have none', () => {
    expect(check({ bundleCount: 1 }, {})).toMatchObject({ code: 'NESTED_BUNDLE', path: ['variantId'] });
    expect(check({ bundleCount: 1 }, {}, [])).toBeNull();
  });
});

describe('sameComponents', () => {
  it('holds for every order of the same list, and for no other list', () => {
    const lists = fc.uniqueArray(
      fc.record({ variantId: fc.integer({ min: 1, max: 30 }).map(idOf), quantity: fc.integer({ min: 1, max: 3 }) }),
      { selector: ({ variantId }) => variantId, maxLength: 6 },
    );
    const setOf = (list: readonly { variantId: string; quantity: number }[]) =>
      JSON.stringify(list.map(({ variantId, quantity }) => `${variantId} ${quantity}`).sort());
    fc.assert(
      fc.property(lists, lists, (left, right) => {
        expect(sameComponents(left, left.toReversed())).toBe(true);
        expect(sameComponents(left, right)).toBe(setOf(left) === setOf(right));
      }),
      { seed: 11 },
    );
  });
});
