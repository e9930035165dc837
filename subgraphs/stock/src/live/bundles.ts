import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { readAvailability } from '../availability.ts';
import { listBundleComponents } from '../data/bundles.ts';
import type { AvailabilityHub } from './hub.ts';

const MAX_READ = 1_000;
const RETRY_MS = 250;

/**
 * Keeps bundles live. What changes a bundle is a change of its components, each told by itself; two at once are told from two
 * snapshots of which neither shows both. So a changed component makes its watched bundles be read, behind the change.
 */
export interface BundleReader {
  /** Learns anew which bundles there are. */
  refresh(): Promise<void>;
  /** Components changed: reads the bundles that somebody watches, one reading at a time. */
  componentsChanged(variantIds: readonly string[]): void;
  stop(): void;
}

/** Makes the reader. */
export function createBundleReader(options: {
  readonly db: Database;
  readonly hub: AvailabilityHub;
  readonly logger: Logger;
}): BundleReader {
  const { db, hub, logger } = options;
  let bundlesOf = new Map<string, string[]>();
  let queued: Promise<void> | undefined;
  let finished: Promise<void> = Promise.resolve();
  const dirty = new Set<string>();
  let reading = false;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;

  const readAll = async () => {
    if (reading || stopped) return;
    reading = true;
    try {
      while (dirty.size > 0 && !stopped) {
        const bundleIds = [...dirty].slice(0, MAX_READ);
        for (const id of bundleIds) dirty.delete(id);
        try {
          for (const [channel, ids] of hub.watched(bundleIds))
            hub.read(channel, await readAvailability(db, channel, [...ids]));
        } catch (error) {
          for (const id of bundleIds) dirty.add(id);
          throw error;
        }
      }
    } catch (error) {
      if (stopped) return;
      logger.warn({ err: error }, 'bundles could not be read and will be read again');
      retry = setTimeout(() => void readAll(), RETRY_MS).unref();
    } finally {
      reading = false;
    }
  };

  const learn = async () => {
    const next = new Map<string, string[]>();
    for (const { bundleId, componentId } of await listBundleComponents(db)) {
      const bundleIds = next.get(componentId);
      if (bundleIds) bundleIds.push(bundleId);
      else next.set(componentId, [bundleId]);
    }
    bundlesOf = next;
  };

  return {
    refresh() {
      // What is being read may be too old for who asks now; all who ask meanwhile share the next reading.
      queued ??= finished.then(() => {
        queued = undefined;
        return learn();
      });
      finished = queued.catch(() => undefined);
      return queued;
    },
    componentsChanged(variantIds) {
      if (bundlesOf.size === 0) return;
      for (const variantId of variantIds) for (const bundleId of bundlesOf.get(variantId) ?? []) dirty.add(bundleId);
      if (dirty.size > 0) void readAll();
    },
    stop() {
      stopped = true;
      clearTimeout(retry);
    },
  };
}
