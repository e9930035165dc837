import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { createDraftClock, makeDueDrafts } from './draft-clock.ts';
import { publishDue } from './publication-clock.ts';
import type { ReadChange } from './publish-draft.ts';

/** What is due is at most a second late, with the time that it takes. */
const EVERY_MS = 500;
/** Every hour everything that ever was due is looked at again, in case all processes slept through a day. */
const TURNS_UNTIL_ALL = (60 * 60 * 1_000) / EVERY_MS;

/** Begins and ends publications and makes drafts when their time comes, beside requests. @returns how to stop it, after the turn that runs. */
export function startClocks(db: Database, logger: Logger, readChange: ReadChange): () => Promise<void> {
  const drafts = createDraftClock({ db, logger, readChange });
  let turn = 0;
  const stopPublications = startRecurring({
    work: async (isStopping) => {
      await publishDue(db, turn % TURNS_UNTIL_ALL === 0 ? 'ever' : 'lately', isStopping);
      turn += 1;
    },
    everyMs: EVERY_MS,
    atOnce: true,
    logger,
    onFailure: 'publications that are due wait for the next turn',
  });
  const stopDrafts = startRecurring({
    work: async (isStopping) => void (await makeDueDrafts(drafts, isStopping)),
    everyMs: EVERY_MS,
    atOnce: true,
    logger,
    onFailure: 'drafts that are due wait for the next turn',
  });
  return async () => {
    await Promise.all([stopPublications(), stopDrafts()]);
  };
}
