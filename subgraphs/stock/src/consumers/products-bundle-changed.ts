import type { Database } from '@kontor/kit/src/database.ts';
import { saveBundles, type BundleState } from '../data/bundles.ts';

export const BUNDLE_CHANGED = 'products.bundle.changed';

/** Keeps what bundles consist of. Older revisions than what is kept change nothing, so repeats and disorder are harmless. */
export async function keepBundles(db: Database, bundles: readonly BundleState[]): Promise<void> {
  await saveBundles(db, bundles);
}
