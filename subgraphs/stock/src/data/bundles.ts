import type { Database } from '@kontor/kit/src/database.ts';

/** A bundle as products tells it. */
export interface BundleState {
  readonly variantId: string;
  /** Grows with every change of the bundle. */
  readonly revision: number;
  /** Empty when the variant is no bundle any more. */
  readonly components: readonly { readonly variantId: string; readonly quantity: number }[];
}

/** Every bundle with each of its components. */
export async function listBundleComponents(
  db: Database,
): Promise<{ readonly bundleId: string; readonly componentId: string }[]> {
  return db.sql`select bundle_id as "bundleId", component_id as "componentId" from stock.bundle_components`;
}

/**
 * Keeps what bundles consist of, unless what is kept is as new, in one transaction that stops all other changes of stock meanwhile. The
 * version that clients are told of a bundle goes on from where it was, whatever its components count. @returns whether any was newer.
 */
export async function saveBundles(db: Database, bundles: readonly BundleState[]): Promise<boolean> {
  if (bundles.length === 0) return false;
  const given = JSON.stringify(
    bundles.map(({ variantId, revision, components }) => ({
      bundle_id: variantId,
      revision,
      components: components.map((each) => ({ component_id: each.variantId, quantity: each.quantity })),
    })),
  );
  const [row] = await db.sql<{ changed: boolean }[]>`select stock.save_bundles(${given}::jsonb) as changed`;
  db.committed();
  return row?.changed ?? false;
}
