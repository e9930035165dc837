import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldProducts } from './bundle-removal.ts';

describe('heldProducts', () => {
  it('holds a product whose variant is in a bundle that stays', () =>
    expect(heldProducts([{ productId: 'p', variantIds: ['a', 'b'] }], [{ bundleId: 'box', componentId: 'b' }])).toEqual(
      new Map([['p', 'b']]),
    ));

  it('lets a component go together with its bundle, of the same product and of another', () =>
    expect(
      heldProducts(
        [
          { productId: 'p', variantIds: ['a', 'pack of a'] },
          { productId: 'q', variantIds: ['box of a'] },
        ],
        [
          { bundleId: 'pack of a', componentId: 'a' },
          { bundleId: 'box of a', componentId: 'a' },
        ],
      ),
    ).toEqual(new Map()));

  it('holds what is in a bundle that should go and cannot, because its product is held', () =>
    expect(
      heldProducts(
        [
          { productId: 'p', variantIds: ['a'] },
          { productId: 'q', variantIds: ['box of a', 'c'] },
        ],
        [
          { bundleId: 'box of a', componentId: 'a' },
          { bundleId: 'stays', componentId: 'c' },
        ],
      ),
    ).toEqual(
      new Map([
        ['q', 'c'],
        ['p', 'a'],
      ]),
    ));

  it('leaves no bundle without a component, and holds nothing without a reason', () => {
    const variant = fc.integer({ min: 0, max: 19 });
    const productIdOf = (number: number) => `p${number % 7}`;
    fc.assert(
      fc.property(
        fc.uniqueArray(variant),
        fc.array(fc.record({ bundle: variant, component: variant }), { maxLength: 30 }),
        (gone, pairs) => {
          const removals = [...Map.groupBy(gone, productIdOf)].map(([productId, numbers]) => ({
            productId,
            variantIds: numbers.map(String),
          }));
          // Even numbers are bundles, odd ones components.
          const uses = pairs
            .map(({ bundle, component }) => ({ bundleId: bundle & ~1, componentId: component | 1 }))
            .filter(({ componentId }) => gone.includes(componentId));
          const held = heldProducts(
            removals,
            uses.map(({ bundleId, componentId }) => ({ bundleId: `${bundleId}`, componentId: `${componentId}` })),
          );
          const removed = gone.filter((number) => !held.has(productIdOf(number)));
          for (const { bundleId, componentId } of uses)
            if (removed.includes(componentId)) expect(removed).toContain(bundleId);
          for (const [productId, component] of held) {
            expect(gone.map(String)).toContain(component);
            expect(productIdOf(Number(component))).toBe(productId);
            expect(uses.some((use) => `${use.componentId}` === component && !removed.includes(use.bundleId))).toBe(
              true,
            );
          }
        },
      ),
      { seed: 12 },
    );
  });
});
