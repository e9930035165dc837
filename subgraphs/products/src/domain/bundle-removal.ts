/** A variant inside a bundle. */
export interface BundleUse {
  readonly bundleId: string;
  readonly componentId: string;
}

/** A product of which variants shall go. */
export interface VariantRemoval {
  readonly productId: string;
  readonly variantIds: readonly string[];
}

/**
 * Which products have to keep their variants, because one that shall go is a component of a bundle that stays: sold without it, the
 * bundle would silently be something else. A bundle that goes along holds nothing back, unless its own product has to stay as it is.
 * @returns a variant that is in use, by product.
 */
export function heldProducts(
  removals: readonly VariantRemoval[],
  uses: readonly BundleUse[],
): ReadonlyMap<string, string> {
  const productOf = new Map(removals.flatMap(({ productId, variantIds }) => variantIds.map((id) => [id, productId])));
  const held = new Map<string, string>();
  const goes = (variantId: string): boolean => {
    const productId = productOf.get(variantId);
    return productId !== undefined && !held.has(productId);
  };
  // A product that is held holds its bundles, which may hold others in turn. Each round holds one more at least, or is the last.
  for (let before = -1; before < held.size;) {
    before = held.size;
    for (const { bundleId, componentId } of uses)
      if (goes(componentId) && !goes(bundleId)) held.set(productOf.get(componentId)!, componentId);
  }
  return held;
}
