/** A part of a bundle: so many of a variant. */
export interface Component {
  readonly variantId: string;
  readonly quantity: number;
}

/** A rule that an input breaks; `path` leads to the field at fault within the input. */
export interface BrokenBundle {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

export const BUNDLE_LIMITS = {
  components: 50,
  quantity: 1_000,
  /** How many bundles one variant may be in: each change of its stock changes all of theirs. */
  bundlesOfComponent: 100,
} as const;

/** Where a variant stands among the bundles. */
export interface BundlePlace {
  readonly variantId: string;
  readonly isBundle: boolean;
  /** How many other bundles it is a component of. */
  readonly bundleCount: number;
}

/** The order in which components are told: by id. */
export const byComponentId = (left: Component, right: Component): number => (left.variantId < right.variantId ? -1 : 1);

const nested = (message: string, path: readonly string[]): BrokenBundle => ({ code: 'NESTED_BUNDLE', message, path });

/**
 * Checks what the input alone can tell. @param bundleId in lower case.
 * @returns the components in the order of the input, ids in lower case, or the first rule that is broken; what is no id will not be found.
 */
export function acceptComponents(
  bundleId: string,
  components: readonly Component[],
): { readonly components: Component[] } | { readonly broken: BrokenBundle } {
  const broken = (code: string, message: string, ...at: string[]) => ({
    broken: { code, message, path: ['components', ...at] },
  });
  if (components.length > BUNDLE_LIMITS.components)
    return broken('TOO_MANY', `A bundle has at most ${BUNDLE_LIMITS.components} components, not ${components.length}.`);
  const seen = new Set<string>();
  const accepted: Component[] = [];
  for (const [index, { variantId: given, quantity }] of components.entries()) {
    const variantId = given.toLowerCase();
    const at = String(index);
    if (variantId === bundleId) return broken('INVALID_COMPONENT', 'A bundle cannot contain itself.', at, 'variantId');
    if (seen.has(variantId)) {
      const message = `The variant ${variantId.slice(0, 40)} occurs twice: name it once with the whole quantity.`;
      return broken('DUPLICATE_COMPONENT', message, at, 'variantId');
    }
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > BUNDLE_LIMITS.quantity) {
      const message = `The quantity of a component is a whole number from 1 to ${BUNDLE_LIMITS.quantity}, not ${quantity}.`;
      return broken('INVALID_QUANTITY', message, at, 'quantity');
    }
    seen.add(variantId);
    accepted.push({ variantId, quantity });
  }
  return { components: accepted };
}

/**
 * Checks that bundles do not nest and that no variant is in too many. @param own the place of the bundle. @param places those of all
 * components. @returns the first rule that is broken; null when none is.
 */
export function checkPlaces(
  own: BundlePlace,
  components: readonly Component[],
  places: ReadonlyMap<string, BundlePlace>,
): BrokenBundle | null {
  if (components.length > 0 && own.bundleCount > 0)
    return nested(
      'The variant is a component of a bundle, and bundles do not nest. Take it out of that bundle first.',
      ['variantId'],
    );
  for (const [index, { variantId }] of components.entries()) {
    const path = ['components', String(index), 'variantId'];
    const { isBundle = false, bundleCount = 0 } = places.get(variantId) ?? {};
    if (isBundle)
      return nested(
        `The variant ${variantId} is a bundle itself, and bundles do not nest. Name its components instead.`,
        path,
      );
    if (bundleCount >= BUNDLE_LIMITS.bundlesOfComponent)
      return {
        code: 'TOO_MANY',
        message: `The variant ${variantId} is in ${BUNDLE_LIMITS.bundlesOfComponent} bundles, which is all it can be in.`,
        path,
      };
  }
  return null;
}

/** Whether two lists say the same, in whatever order. */
export function sameComponents(left: readonly Component[], right: readonly Component[]): boolean {
  if (left.length !== right.length) return false;
  const others = right.toSorted(byComponentId);
  return left.toSorted(byComponentId).every(({ variantId, quantity }, index) => {
    const other = others[index]!;
    return variantId === other.variantId && quantity === other.quantity;
  });
}
