import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { touchForCollections } from '../data/collections/touches.ts';
import { findChangedProducts, findLiveProducts, findProductsOfVariants } from '../data/feeds/feed-products.ts';
import { moveFeed, type CaughtUp, type FeedPosition, type FeedState } from '../data/feeds/sources.ts';
import { writeOffers, type Offer } from '../data/search/offers.ts';
import { faultCode } from './fault-code.ts';
import type { FeedSource, SourceChanges } from './feed-source.ts';

/** Products that a step looks at: at most 250 variants each, a thousand of them a call. */
const PRODUCTS_PER_STEP = 250;
/** Steps of a channel before the others have their turn. */
const MOST_STEPS = 20;
/** Comes before every product. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** What a feed works with. */
export interface Feed {
  readonly db: Database;
  readonly source: FeedSource;
  readonly signal: AbortSignal;
}

/** Where a turn of a channel ended: at the end of its source, or earlier, with more to do at once. */
export type TurnEnd = CaughtUp | 'more';

/** The next position of a channel with what has to be written for it; `caughtUp` when there is nothing to write but the cursor. */
type NextStep =
  | { readonly kind: 'write'; readonly position: FeedPosition; readonly offers: readonly Offer[] }
  | { readonly kind: 'caughtUp'; readonly cursor: string; readonly productChange: number };

/**
 * Brings what search keeps of a source up to date in one channel, in at most twenty steps. Each asks first and writes then, in one transaction
 * with the position, so that a process that dies leaves nothing half done; one that is overtaken by another writes nothing.
 * @param lastChange the number of the last change of products.
 * @throws GraphQLError when the source does not answer: everything stays where it is.
 */
export async function advanceChannel(feed: Feed, state: FeedState, lastChange: number): Promise<TurnEnd> {
  const { channelCode } = state;
  let { step, position } = state;
  for (let count = 0; count < MOST_STEPS && !feed.signal.aborted; count += 1) {
    const next: NextStep = position
      ? await nextStep(feed, channelCode, position, lastChange)
      : await begin(feed, channelCode, lastChange);
    if (next.kind === 'caughtUp') {
      const { cursor, productChange } = next;
      return { channelCode, step, cursor, productChange };
    }
    const written = await write(feed, { channelCode, step, position }, next);
    if (written === null) return 'more';
    ({ position } = next);
    step = written;
  }
  return 'more';
}

/** Begins to read everything. The end of the source is asked for first: what changes meanwhile comes behind it. */
async function begin({ source, signal }: Feed, channelCode: string, lastChange: number): Promise<NextStep> {
  const { endCursor } = await source.changes(channelCode, null, signal);
  return { kind: 'write', position: anew(endCursor, lastChange), offers: [] };
}

const anew = (cursor: string, productChange: number): FeedPosition => ({
  cursor,
  productChange,
  rebuiltThrough: BEGINNING,
});

async function nextStep(
  feed: Feed,
  channelCode: string,
  position: FeedPosition,
  lastChange: number,
): Promise<NextStep> {
  if (position.rebuiltThrough !== null) return rebuildOn(feed, channelCode, position, position.rebuiltThrough);
  const followed = await followProducts(feed, channelCode, position, lastChange);
  return (
    followed ??
    followSource(feed, channelCode, { ...position, productChange: Math.max(position.productChange, lastChange) })
  );
}

async function rebuildOn(
  { db, source, signal }: Feed,
  channelCode: string,
  position: FeedPosition,
  after: string,
): Promise<NextStep> {
  const products = await findLiveProducts(db, channelCode, after, PRODUCTS_PER_STEP);
  const last = products.length < PRODUCTS_PER_STEP ? null : products.at(-1)!.productId;
  return {
    kind: 'write',
    position: { ...position, rebuiltThrough: last },
    offers: await source.offers(channelCode, products, signal),
  };
}

/** Looks at products whose variants or publications may have changed; null when there are none. */
async function followProducts(
  { db, source, signal }: Feed,
  channelCode: string,
  position: FeedPosition,
  lastChange: number,
): Promise<NextStep | null> {
  if (position.productChange >= lastChange) return null;
  const changed = await findChangedProducts(db, channelCode, position.productChange, PRODUCTS_PER_STEP);
  const last = changed.at(-1);
  if (!last) return null;
  const live = changed.filter(({ isLive }) => isLive);
  return {
    kind: 'write',
    position: { ...position, productChange: Number(last.changeNumber) },
    offers: await source.offers(channelCode, live, signal),
  };
}

async function followSource(feed: Feed, channelCode: string, position: FeedPosition): Promise<NextStep> {
  const { db, source, signal } = feed;
  const { productChange } = position;
  const changes = await changesSince(feed, channelCode, position.cursor);
  if (changes === null) return begin(feed, channelCode, productChange);
  const { variantIds, endCursor, resync, hasMore } = changes;
  if (resync) return { kind: 'write', position: anew(endCursor, productChange), offers: [] };
  if (variantIds.length === 0 && !hasMore) return { kind: 'caughtUp', cursor: endCursor, productChange };
  const products = await findProductsOfVariants(db, channelCode, variantIds);
  return {
    kind: 'write',
    position: { ...position, cursor: endCursor },
    offers: await source.offers(channelCode, products, signal),
  };
}

/** Changes behind a cursor; null when the source does not know the cursor, as after it was replaced by another. */
async function changesSince(
  { source, signal }: Feed,
  channelCode: string,
  cursor: string,
): Promise<SourceChanges | null> {
  try {
    return await source.changes(channelCode, cursor, signal);
  } catch (error) {
    if (faultCode(error) === 'BAD_USER_INPUT') return null;
    throw error;
  }
}

/** @returns the number of the step; null when another process was first. */
function write(
  { db, source }: Feed,
  { channelCode, step }: FeedState,
  { position, offers }: Extract<NextStep, { kind: 'write' }>,
): Promise<number | null> {
  return inTransaction(db, async (tx) => {
    const moved = await moveFeed(tx, { source: source.name, channelCode }, step, position);
    if (moved === null || offers.length === 0) return moved;
    await touchForCollections(tx, await writeOffers(tx, channelCode, offers));
    return moved;
  });
}
