import type { Database } from '@kontor/kit/src/database.ts';
import { writeLastUses } from '../../data/keys/last-uses.ts';

/** More keys than a process sees used in a second. Beyond it some uses are not written down, which nobody depends on. */
const MOST_NOTED = 1_000;

/** When keys were used last, to the minute, without a write before anybody's answer. */
export interface LastUses {
  /** Notes that a key or a device was used just now. */
  note(id: string): void;
  /** Writes down what was noted since, in one statement however many keys there are; none when nothing was. */
  write(): Promise<void>;
}

/**
 * Collects last uses in memory. `authenticate` notes only those of which nothing newer than a minute is written; a recurring turn writes
 * them down each second, so that a busy key costs one update a minute, whatever the number of requests, and reads wait for none of them.
 */
export function createLastUses(db: Database): LastUses {
  const noted = new Set<string>();
  return {
    note(id) {
      if (noted.size < MOST_NOTED) noted.add(id);
    },
    async write() {
      if (noted.size === 0) return;
      const ids = [...noted];
      noted.clear();
      await writeLastUses(db.orm, ids);
    },
  };
}
