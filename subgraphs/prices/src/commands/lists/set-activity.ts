import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { databaseNow } from '../../data/database-now.ts';
import { findPriceList } from '../../data/lists/find-lists.ts';
import { lockListChanges, lockPriceList } from '../../data/lists/lock-lists.ts';
import { findVariantsOf, updateActivity } from '../../data/lists/write-lists.ts';
import type { PriceList, Span } from '../../domain/lists/price-list.ts';
import { announcePrices } from '../announce/announce-prices.ts';
import { overlappingWindow } from './overlapping-window.ts';

/** Since when, or until when, a list is to be in force. */
export interface SetActivity {
  readonly code: string;
  /** Null for now. */
  readonly at: Date | null;
  readonly expectedVersion: number | null;
}

export type ActivityOutcome =
  | { readonly __typename: 'PriceListSaved'; readonly priceList: PriceList }
  | ReturnType<typeof notFound>
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

/**
 * Puts a draft, or an archived list, into force, now or when its moment comes. One that is in force already stays so, also beyond the end that it
 * had when the moment is not behind that end.
 */
export const activatePriceList = (db: Database, change: SetActivity): Promise<ActivityOutcome> =>
  changeActivity(db, change, (activity, at, now) => {
    const isActive = isInForce(activity, now);
    if (isActive && activity.until === null && at.getTime() <= now.getTime()) return activity;
    if (at.getTime() < now.getTime()) return PAST;
    if (!isActive) return { from: at, until: null };
    const { from, until } = activity;
    return until !== null && until.getTime() < at.getTime()
      ? `The list is in force until ${until.toISOString()}: it cannot come back after a pause that has not begun.`
      : { from, until: null };
  });

/** Ends that a list is in force, now or when its moment comes; one that had not begun is a draft again. */
export const archivePriceList = (db: Database, change: SetActivity): Promise<ActivityOutcome> =>
  changeActivity(db, change, (activity, at, now) => {
    if (activity === null || (activity.until !== null && activity.until.getTime() <= now.getTime())) return activity;
    if (at.getTime() < now.getTime()) return PAST;
    const { from } = activity;
    return from !== null && from.getTime() >= at.getTime() ? null : { from, until: at };
  });

const PAST = 'What was priced before cannot be changed: name a moment that is to come.';

/** Why a moment cannot be taken, or what a list's activity becomes. */
type NextActivity = (activity: Span | null, at: Date, now: Date) => Span | null | string;

const changeActivity = (db: Database, change: SetActivity, next: NextActivity): Promise<ActivityOutcome> =>
  inTransaction(db, (tx) => save(tx, change, next));

async function save(tx: Tx, { code, at, expectedVersion }: SetActivity, next: NextActivity): Promise<ActivityOutcome> {
  await lockListChanges(tx);
  const list = await lockPriceList(tx, code);
  if (!list) return notFound(`There is no price list "${code}".`, ['input', 'priceListCode']);
  if (expectedVersion !== null && expectedVersion !== list.version)
    return versionConflict(`The price list "${code}"`, list.version);
  const now = await databaseNow(tx);
  const activity = next(list.activity, at ?? now, now);
  if (typeof activity === 'string') return invalidInput('INVALID_WINDOW', activity, ['input', 'at']);
  if (isSame(activity, list.activity)) return { __typename: 'PriceListSaved', priceList: list };
  const overlap = await overlappingWindow(tx, { ...list, activity }, ['input', 'priceListCode']);
  if (overlap) return overlap;
  await updateActivity(tx, list.id, activity);
  const changed = (await findPriceList(tx, code))!;
  // A boundary that is to come is told when it comes.
  const isNow = isInForce(list.activity, now) !== isInForce(activity, now);
  const variants = isNow ? await findVariantsOf(tx, list.id) : [];
  return { __typename: 'PriceListSaved', priceList: await announcePrices(tx, changed, variants, list) };
}

const isInForce = (span: Span | null, now: Date): span is Span =>
  span !== null &&
  (span.from === null || span.from.getTime() <= now.getTime()) &&
  (span.until === null || span.until.getTime() > now.getTime());

const isSame = (one: Span | null, other: Span | null): boolean =>
  one === other ||
  (one !== null &&
    other !== null &&
    one.from?.getTime() === other.from?.getTime() &&
    one.until?.getTime() === other.until?.getTime());
