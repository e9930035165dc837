import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { databaseNow } from '../../data/database-now.ts';
import {
  countActive,
  type CountedPromotion,
  findPromotion,
  insertPromotion,
  lockPromotion,
  updatePromotion,
  updatePromotionActivity,
} from '../../data/promotions/promotions.ts';
import type { Span } from '../../domain/lists/price-list.ts';
import { type PromotionDraft, promotionFault } from '../../domain/promotions/promotion-input.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import { announceEngine } from '../announce/announce-engine.ts';
import { shownVariants } from './announce-exhaustion.ts';

/** A promotion as it shall be. */
export interface SetPromotion {
  readonly draft: PromotionDraft;
  /** Whether a promotion that is new gives nothing yet; one that is there already stays as active as it is. */
  readonly isDraft: boolean;
  /** The version that was read, 0 for none; null takes whatever there is. */
  readonly expectedVersion: number | null;
}

export type PromotionOutcome =
  | { readonly __typename: 'PromotionSaved'; readonly promotion: CountedPromotion }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

const MAX_ACTIVE = 1_000;

/**
 * Makes a promotion, or changes the one of that code, in one transaction. One that is so already keeps its version and tells nobody. What was used of
 * it stays: a limit below that ends it.
 */
export async function setPromotion(
  db: Database,
  { draft, isDraft, expectedVersion }: SetPromotion,
): Promise<PromotionOutcome> {
  const fault = promotionFault(draft);
  if (fault) return invalidInput(fault.code, fault.message, fault.path);
  return inTransaction(db, async (tx): Promise<PromotionOutcome> => {
    const before = await lockPromotion(tx, draft.code);
    const version = before?.version ?? 0;
    if (expectedVersion !== null && expectedVersion !== version)
      return versionConflict(`The promotion "${draft.code}"`, version);
    if (before && isDeepStrictEqual(draftOf(before), draft)) return { __typename: 'PromotionSaved', promotion: before };
    if (before) await updatePromotion(tx, before.id, draft);
    else {
      const activity = isDraft ? null : { from: await databaseNow(tx), until: null };
      if (activity && (await countActive(tx)) >= MAX_ACTIVE) return tooMany();
      // Made by another at the same time: this call changes it.
      if (!(await insertPromotion(tx, draft, activity))) {
        const made = (await lockPromotion(tx, draft.code))!;
        if (expectedVersion !== null) return versionConflict(`The promotion "${draft.code}"`, made.version);
        if (!isDeepStrictEqual(draftOf(made), draft)) await updatePromotion(tx, made.id, draft);
      }
    }
    return saved(tx, draft.code, before);
  });
}

const tooMany = () =>
  invalidInput('TOO_MANY_PROMOTIONS', `${MAX_ACTIVE} promotions are active: archive one, or save this one as a draft.`);

const draftOf = (promotion: CountedPromotion): PromotionDraft => {
  const { code, name, priority, combinesWith, effect, conditions, validity, needsCode, limits } = promotion;
  return { code, name, priority, combinesWith, effect, conditions, validity, needsCode, limits };
};

async function saved(tx: Tx, code: string, before: Promotion | null): Promise<PromotionOutcome> {
  const promotion = (await findPromotion(tx, code))!;
  await announce(tx, before, promotion);
  return { __typename: 'PromotionSaved', promotion };
}

/** Tells those whose prices may be others: of what it was, and of what it is. Drafts tell nobody. */
async function announce(tx: Tx, before: Promotion | null, after: Promotion): Promise<void> {
  const told = [before, after].filter((each): each is Promotion => each !== null && each.activity !== null);
  if (told.length === 0) return;
  const variants = new Set<string>();
  for (const each of told) {
    const shown = await shownVariants(tx, each);
    if (shown === null) return announceEngine(tx, null);
    for (const id of shown) variants.add(id);
  }
  await announceEngine(tx, [...variants]);
}

/** Since when, or until when, a promotion is to be in force. */
export interface SetPromotionActivity {
  readonly code: string;
  /** Null for now. */
  readonly at: Date | null;
  readonly expectedVersion: number | null;
}

type ActivityOutcome = PromotionOutcome | ReturnType<typeof notFound>;

/** Puts a draft, or an archived promotion, into force, now or at a moment that is to come. */
export const activatePromotion = (db: Database, change: SetPromotionActivity): Promise<ActivityOutcome> =>
  changeActivity(db, change, (activity, at, now) => {
    const isOver = activity?.until != null && activity.until.getTime() <= now.getTime();
    const hasBegun = activity !== null && !isOver && (activity.from?.getTime() ?? 0) <= now.getTime();
    return { from: hasBegun ? activity.from : at, until: null };
  });

/** Ends that a promotion is in force, now or at a moment that is to come; one that has not begun is a draft again. */
export const archivePromotion = (db: Database, change: SetPromotionActivity): Promise<ActivityOutcome> =>
  changeActivity(db, change, (activity, at, now) => {
    if (activity === null || (activity.until !== null && activity.until.getTime() <= now.getTime())) return activity;
    return activity.from !== null && activity.from.getTime() >= at.getTime()
      ? null
      : { from: activity.from, until: at };
  });

async function changeActivity(
  db: Database,
  { code, at, expectedVersion }: SetPromotionActivity,
  next: (activity: Span | null, at: Date, now: Date) => Span | null,
): Promise<ActivityOutcome> {
  return inTransaction(db, async (tx): Promise<ActivityOutcome> => {
    const before = await lockPromotion(tx, code);
    if (!before) return notFound(`There is no promotion "${code}".`, ['input', 'promotionCode']);
    if (expectedVersion !== null && expectedVersion !== before.version)
      return versionConflict(`The promotion "${code}"`, before.version);
    const now = await databaseNow(tx);
    if (at && at.getTime() < now.getTime())
      return invalidInput('INVALID_WINDOW', 'What was given before cannot be changed: name a moment that is to come.', [
        'input',
        'at',
      ]);
    const activity = next(before.activity, at ?? now, now);
    if (isDeepStrictEqual(activity, before.activity)) return { __typename: 'PromotionSaved', promotion: before };
    if (activity && before.activity === null && (await countActive(tx)) >= MAX_ACTIVE) return tooMany();
    await updatePromotionActivity(tx, before.id, activity);
    return saved(tx, code, before);
  });
}
