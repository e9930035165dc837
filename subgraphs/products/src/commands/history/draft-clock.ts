import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { failDraft, findDueDrafts, readDueDraft, type DraftRow } from '../../data/history/drafts.ts';
import { lockIdleProductIds } from '../../data/publications.ts';
import { makeDraft, type ReadChange } from './publish-draft.ts';

/** Drafts in one turn. */
const BATCH = 100;
/** After so many turns in which something broke, a draft is left to whoever made it. */
const TRIES = 5;

/** What makes drafts that are due. */
export interface DraftClock {
  readonly db: Database;
  readonly readChange: ReadChange;
  readonly logger: Logger;
  /** How often something broke while a draft was made, by product; only of drafts that are still due. */
  readonly failures: Map<string, number>;
}

/** Makes what makes drafts. */
export const createDraftClock = (deps: Omit<DraftClock, 'failures'>): DraftClock => ({ ...deps, failures: new Map() });

/**
 * Makes the drafts that are due by the database's clock, in the name of who prepared them. One that is refused, because the product has
 * changed since or a rule is broken, gets its `problem` and an event, and waits for somebody. Any number of processes do it at once: a
 * product that somebody else is at is passed by until the next turn, and who comes second finds no draft. @returns how many were made
 */
export async function makeDueDrafts(clock: DraftClock, isStopping: () => boolean = () => false): Promise<number> {
  const due = await findDueDrafts(clock.db.orm, BATCH);
  for (const productId of clock.failures.keys()) if (!due.includes(productId)) clock.failures.delete(productId);
  let made = 0;
  for (const productId of due) {
    if (isStopping()) break;
    if (await makeOne(clock, productId)) made += 1;
  }
  return made;
}

/** @returns whether the draft was made. What breaks keeps no other draft waiting, and is tried again a few times. */
async function makeOne({ db, readChange, logger, failures }: DraftClock, productId: string): Promise<boolean> {
  try {
    const isMade = await withDueDraft(db, productId, async (tx, draft) => {
      const { role, subject, staffId, channel } = draft;
      const author = { role, subject, staffId, channel, action: 'productDraftDue' };
      const result = await makeDraft(db, tx, draft, null, author, readChange);
      if (result.__typename === 'ProductUpdated') return true;
      await giveUp(tx, draft, result);
      return false;
    });
    failures.delete(productId);
    return isMade ?? false;
  } catch (error) {
    const count = (failures.get(productId) ?? 0) + 1;
    failures.set(productId, count);
    logger.warn({ err: error, productId, count }, 'a draft could not be made');
    if (count < TRIES) return false;
    const problem = 'Something broke while the draft was made. Publish it by hand, or ask us.';
    await withDueDraft(db, productId, (tx, draft) => giveUp(tx, draft, { code: 'INTERNAL', message: problem }));
    failures.delete(productId);
    return false;
  }
}

/** Runs `work` with a draft that is due and locked; null when it is not due any more, or somebody else is at its product. */
const withDueDraft = <Result>(
  db: Database,
  productId: string,
  work: (tx: Tx, draft: DraftRow) => Promise<Result>,
): Promise<Result | null> =>
  inTransaction(db, async (tx) => {
    const [locked] = await lockIdleProductIds(tx, [productId]);
    const draft = locked === undefined ? null : await readDueDraft(tx, locked);
    return draft && work(tx, draft);
  });

async function giveUp(
  tx: Tx,
  { productId, version }: DraftRow,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  await failDraft(tx, productId, message);
  await appendEvents(tx, 'products', [
    {
      topic: 'products.draft.failed',
      key: productId,
      payload: { productId, draftVersion: version + 1, code, problem: message },
    },
  ]);
}
