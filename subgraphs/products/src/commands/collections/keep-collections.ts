import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import {
  findAgedProducts,
  findChangedProducts,
  hasWork,
  lockFollower,
  readClock,
  writeFollower,
} from '../../data/collections/follower.ts';
import {
  findMembershipChanges,
  writeMemberships,
  type MembershipChange,
  type RuledCollection,
} from '../../data/collections/memberships.ts';
import { findRuledCollections, lockRuled, lockUnchanged } from '../../data/collections/ruled-collections.ts';
import { advanceSweep, beginSweeps, endSweep, nextSweep, sweptProducts } from '../../data/collections/sweeps.ts';
import { takeTouched } from '../../data/collections/touches.ts';
import { announceCollections } from './collection-events.ts';

/** Products of one transaction that follows changes; all rules are asked of each. */
const CHANGED = 500;
/** Products of one transaction that asks one rule of the catalogue. */
const SWEPT = 1_000;
/** Batches of one turn: a change of a rule is worked off over many turns, and neither changes nor sweeps keep the other waiting for long. */
const BATCHES = 50;
const EVERY_MS = 500;

/** Whether there may be more to do; `idle` also when another process has the lead. */
type Batch = 'done' | 'idle';

/**
 * Asks the rules of all collections for a batch of products that changed, were touched, or passed an age. One process at a time does it, for
 * the row of the follower is locked; a process that dies leaves everything as it was before its batch. Products are not locked: one that
 * changes meanwhile comes again with its next number.
 */
export const followBatch = (db: Database): Promise<Batch> =>
  inTransaction(db, async (tx) => {
    const follower = await lockFollower(tx);
    if (!follower) return 'idle';
    const clock = await readClock(tx);
    const collections = await findRuledCollections(tx);
    // Without rules there is nothing to ask, however much has changed.
    const changed = await findChangedProducts(tx, follower.lastNumber, collections.length > 0 ? CHANGED : 0);
    const touched = await takeTouched(tx, CHANGED);
    const aged = await findAged(tx, collections, { after: follower.checkedAt, until: clock.now });
    const hasMoved = follower.treeVersion < clock.treeVersion;
    await apply(tx, {
      asked: collections,
      changes: await findMembershipChanges(tx, collections, [
        ...new Set([...changed.productIds, ...(collections.some(goesByOffers) ? touched : []), ...aged.productIds]),
      ]),
      swept: collections.filter((each) => aged.ofMany.includes(each) || (hasMoved && goesByCategory(each))),
    });
    // A page that is not full was the end: numbers that no product has were drawn for something else.
    const isEnd = collections.length === 0 || changed.productIds.length < CHANGED;
    const lastNumber = isEnd ? Math.max(clock.lastNumber, changed.lastNumber ?? 0) : changed.lastNumber!;
    await writeFollower(tx, { lastNumber, treeVersion: clock.treeVersion, checkedAt: clock.now });
    return isEnd && touched.length < CHANGED ? 'idle' : 'done';
  });

const goesByCategory = ({ rule }: RuledCollection): boolean =>
  rule.conditions.some(({ field }) => field === 'CATEGORY');

const goesByOffers = ({ rule }: RuledCollection): boolean =>
  rule.conditions.some(({ field }) => field === 'PRICE' || field === 'SELLABLE');

/** Ages that a rule asks for, in days, each once. */
const agesOf = ({ rule }: RuledCollection): number[] => [
  ...new Set(
    rule.conditions.flatMap(({ field, values }) => (field === 'CREATED_WITHIN_DAYS' ? [Number(values[0])] : [])),
  ),
];

/**
 * Products that passed an age that a rule asks for between two instants; and the collections whose age so many passed, as they do some days
 * after an import, that their rules are asked of the whole catalogue instead.
 */
async function findAged(
  tx: Tx,
  collections: readonly RuledCollection[],
  between: { readonly after: string; readonly until: string },
): Promise<{ productIds: string[]; ofMany: RuledCollection[] }> {
  const ages = [...new Set(collections.flatMap(agesOf))];
  const found = Map.groupBy(await findAgedProducts(tx, between, ages, CHANGED + 1), ({ days }) => days);
  const many = ages.filter((days) => (found.get(days)?.length ?? 0) > CHANGED);
  const few = ages.filter((days) => !many.includes(days));
  return {
    productIds: few.flatMap((days) => (found.get(days) ?? []).map(({ productId }) => productId)),
    ofMany: collections.filter((each) => agesOf(each).some((days) => many.includes(days))),
  };
}

/** What is to be written of collections whose rules were asked. */
interface Applied {
  readonly asked: readonly RuledCollection[];
  readonly changes: readonly MembershipChange[];
  /** Those whose rule is to be asked of the whole catalogue. */
  readonly swept: readonly RuledCollection[];
}

/**
 * Writes what differs and begins sweeps, of those of the collections whose rule nobody has changed since. All are locked at once in the
 * order in which everybody locks them, and before their sweeps, as who changes a rule does.
 */
async function apply(tx: Tx, { asked, changes, swept }: Applied): Promise<void> {
  const changesOf = Map.groupBy(changes, ({ collectionId }) => collectionId);
  const concerned = asked.filter((each) => changesOf.has(each.collectionId) || swept.includes(each));
  if (concerned.length === 0) return;
  const sweptIds = new Set(swept.map(({ collectionId }) => collectionId));
  const locked = await lockUnchanged(tx, concerned);
  await beginSweeps(
    tx,
    locked.flatMap(({ collectionId }) => (sweptIds.has(collectionId) ? [collectionId] : [])),
  );
  const changed = locked.filter(({ collectionId }) => changesOf.has(collectionId));
  await writeMemberships(
    tx,
    changed.flatMap(({ collectionId }) => changesOf.get(collectionId)!),
  );
  await announceCollections(
    tx,
    changed.map(({ collectionId, handle, version }) => ({
      collectionId,
      handle,
      version,
      productIds: changesOf.get(collectionId)!.map(({ productId }) => productId),
    })),
  );
}

/** Asks the rule of one collection, which is new or has changed, of the next products of the catalogue. */
export const sweepBatch = (db: Database): Promise<Batch> =>
  inTransaction(db, async (tx) => {
    if (!(await lockFollower(tx))) return 'idle';
    const collectionId = await nextSweep(tx);
    if (collectionId === null) return 'idle';
    const collection = await lockRuled(tx, collectionId);
    const productIds = collection && (await sweptProducts(tx, collectionId, SWEPT));
    if (!collection || productIds === null) {
      await endSweep(tx, collectionId);
      return 'done';
    }
    const changes = await findMembershipChanges(tx, [collection], productIds);
    await apply(tx, { asked: [collection], changes, swept: [] });
    if (productIds.length < SWEPT) await endSweep(tx, collectionId);
    else await advanceSweep(tx, collectionId, productIds.at(-1)!);
    return 'done';
  });

/** Brings the collections by rule up to what the catalogue is, as far as one turn goes. */
export async function keepCollections(db: Database, isStopping: () => boolean = () => false): Promise<void> {
  if (!(await hasWork(db.orm))) return;
  for (const batchOf of [followBatch, sweepBatch])
    for (let batch = 0; batch < BATCHES && !isStopping(); batch += 1) if ((await batchOf(db)) === 'idle') break;
}

/** Keeps collections by rule beside requests, at most a second behind. @returns how to stop it. */
export const startKeepingCollections = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: EVERY_MS,
    logger,
    onFailure: 'collections by rule wait for the next turn',
    work: (isStopping) => keepCollections(db, isStopping),
  });
