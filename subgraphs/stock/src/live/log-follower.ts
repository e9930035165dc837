import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { readAvailability } from '../availability.ts';
import { findChangedVersions, findLogEnd } from '../data/availability-changes.ts';
import type { ConfigurationWatch } from './configuration.ts';
import type { AvailabilityHub } from './hub.ts';
import { isBehind } from './log-cursor.ts';

const FOLLOW_MS = 1_000;
const PAGE = 1_000;

/**
 * Goes through the log of changes behind what the bus tells. What the bus told late or lost is read and handed out; so that it can be said
 * up to which position everyone was handed everything, which is where a feed can be resumed.
 */
export interface LogFollower {
  /** Reads what was logged since the last time. The first time it begins at the present end. */
  follow(): Promise<void>;
  /** Follows once a second beside requests; failures wait for the next turn. @returns how to stop it. */
  start(): () => Promise<void>;
}

/** Makes the follower of a process. */
export function createLogFollower(options: {
  readonly db: Database;
  readonly hub: AvailabilityHub;
  readonly configuration: ConfigurationWatch;
  readonly logger: Logger;
}): LogFollower {
  const { db, hub, configuration, logger } = options;

  const handOut = async (variantIds: readonly string[]) => {
    for (const [channel, ids] of hub.watched(variantIds))
      hub.read(channel, await readAvailability(db, channel, [...ids]));
  };
  const follow = async () => {
    // Nobody watches: nothing has to be gone through, unless somebody began meanwhile.
    if (!hub.settled || hub.size === 0) {
      const end = await findLogEnd(db);
      if (!hub.settled || hub.size === 0) return hub.settle(end);
    }
    for (let hasMore = true; hasMore;) {
      const since = hub.settled;
      const page = await findChangedVersions(db, { since, first: PAGE });
      // An end before the beginning: the database is not the one that it was, whatever its revision is.
      if (page.resync) await configuration.changed(isBehind(since, page.end) ? null : page.revision);
      const missed = hub.unheard(page.variants);
      if (missed.length > 0) await handOut(missed);
      hub.settle(page.end);
      hasMore = page.hasMore;
    }
  };

  return {
    follow,
    start: () =>
      startRecurring({
        work: follow,
        everyMs: FOLLOW_MS,
        logger,
        onFailure: 'the log of changes could not be read and will be read again',
      }),
  };
}
