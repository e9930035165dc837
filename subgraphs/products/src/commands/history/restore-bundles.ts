import type { Tx } from '@kontor/kit/src/database.ts';
import { readPlaces, writeComponents } from '../../data/bundles.ts';
import { readBundlesOfProduct } from '../../data/history/restoring.ts';
import { checkPlaces, sameComponents, type Component } from '../../domain/bundle-rules.ts';
import type { RevisionContent } from '../../domain/history/revision.ts';
import { Refusal } from './refusal.ts';

type Part = Component & { readonly bundleId: string };

const byBundle = (parts: readonly Part[]): Map<string, Component[]> => {
  const bundles = new Map<string, Component[]>();
  for (const { bundleId, variantId, quantity } of parts)
    bundles.set(bundleId, [...(bundles.get(bundleId) ?? []), { variantId, quantity }]);
  return bundles;
};

/** Bundles whose lists differ, by id, with what they consist of now. */
export function changedBundles(
  before: readonly Part[],
  after: readonly Part[],
): { variantId: string; components: Component[] }[] {
  const [old, now] = [byBundle(before), byBundle(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((variantId) => ({ variantId, components: now.get(variantId) ?? [] }))
    .filter(({ variantId, components }) => !sameComponents(old.get(variantId) ?? [], components));
}

/**
 * Makes the variants of a locked product consist of what they did at a revision. The products of all components are locked.
 * @throws Refusal when a component has become a bundle since, a bundle a component, or a component is in too many bundles
 */
export async function restoreBundles(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  const wanted = byBundle(
    content.components.map(({ variant_id: bundleId, component_variant_id: variantId, quantity }) => ({
      bundleId,
      variantId,
      quantity,
    })),
  );
  const kept = byBundle(await readBundlesOfProduct(tx, productId));
  const changed = [...new Set([...kept.keys(), ...wanted.keys()])].filter(
    (bundleId) => !sameComponents(kept.get(bundleId) ?? [], wanted.get(bundleId) ?? []),
  );
  // All lists are emptied first: a component of one may be a bundle of the same product until then.
  for (const bundleId of changed) await writeComponents(tx, bundleId, []);
  for (const bundleId of changed) {
    const components = wanted.get(bundleId) ?? [];
    if (components.length === 0) continue;
    const ids = [bundleId, ...components.map(({ variantId }) => variantId)];
    const places = new Map((await readPlaces(tx, bundleId, ids)).map((place) => [place.variantId, place]));
    const broken = checkPlaces(places.get(bundleId)!, components, places);
    if (broken) throw new Refusal(broken.code, broken.message, ['input', 'version']);
    await writeComponents(tx, bundleId, components);
  }
}
