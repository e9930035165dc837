import type { Logger } from '@kontor/kit/src/logger.ts';
import type { BundleReader } from './bundles.ts';
import type { AvailabilityHub } from './hub.ts';

/** Makes everyone read again when what is configured has changed: a channel's locations, policies, bundles. */
export interface ConfigurationWatch {
  /**
   * The configuration has a revision. Resolves when everyone was told to read again; the revision that was told before is not told again.
   * @param revision null when events may have been lost: everyone is told in any case.
   */
  changed(revision: number | null): Promise<void>;
}

/** Makes the watch of a process. */
export function createConfigurationWatch(options: {
  readonly bundles: BundleReader;
  readonly hub: AvailabilityHub;
  readonly logger: Logger;
}): ConfigurationWatch {
  const { bundles, hub, logger } = options;
  let highest = -1;
  let telling: Promise<void> = Promise.resolve();

  const tell = async () => {
    try {
      await bundles.refresh();
    } catch (error) {
      logger.warn({ err: error }, 'bundles could not be read: those that are new follow with the log of changes');
    }
    hub.resync();
  };
  return {
    changed(revision) {
      if (revision !== null && revision <= highest) return telling;
      highest = Math.max(highest, revision ?? -1);
      telling = tell();
      return telling;
    },
  };
}
