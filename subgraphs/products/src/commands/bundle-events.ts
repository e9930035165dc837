import type { Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { recordBundles } from '../data/bundles.ts';
import type { Component } from '../domain/bundle-rules.ts';

/**
 * Ends a command that changed what variants consist of: counts their revisions on, gives them their place in the sequence of changes and
 * writes their whole states into the outbox. Their products are locked, and announced before: the sequence is locked from here on.
 */
export async function announceBundles(
  tx: Tx,
  bundles: readonly { readonly variantId: string; readonly components: readonly Component[] }[],
): Promise<void> {
  if (bundles.length === 0) return;
  const revisions = await recordBundles(
    tx,
    bundles.map(({ variantId }) => variantId),
  );
  await appendEvents(
    tx,
    'products',
    bundles.map(({ variantId, components }) => ({
      topic: 'products.bundle.changed',
      key: variantId,
      payload: { variantId, revision: revisions.get(variantId)!, components },
    })),
  );
}
