import { createHash } from 'node:crypto';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { customerKeyOf } from '../../data/promotions/find-standing.ts';
import { endHold, type HoldStatus, holdAnew, insertHold, lockHold } from '../../data/promotions/promotion-holds.ts';
import { countTakes, type PromotionTake, type Unavailable } from '../../data/promotions/promotion-takes.ts';
import type { PromisedQuote } from '../../domain/quote/promised-quote.ts';
import { readQuote } from '../../quotes/quote-token.ts';
import { announceExhaustion } from './announce-exhaustion.ts';
import { sweepHolds } from './end-holds.ts';

/** What an order wants to hold. */
export interface HoldRequest {
  readonly key: string;
  readonly quoteToken: string;
  readonly guestKey: string | null;
}

export type HoldOutcome =
  | { readonly __typename: 'PromotionsHeld'; readonly expiresAt: Date }
  | ({ readonly __typename: 'PromotionUnavailable' } & Unavailable)
  | { readonly __typename: 'HoldEnded'; readonly status: HoldStatus };

const MAX_KEY = 200;
const IN_FORCE = { held: 1, confirmed: 0 } as const;

/** Ends the transaction, so that nothing of a hold stays. */
class NotAvailable extends Error {
  readonly unavailable: Unavailable;
  constructor(unavailable: Unavailable) {
    super(unavailable.reason);
    this.unavailable = unavailable;
  }
}

/**
 * Holds what a signed quote takes of codes, limits and budgets under the key of an order: all of it or nothing, in one transaction that locks the
 * key, then promotions, then codes, each in their order. Of any number that want the last one, one gets it. Repeating it with the same key and
 * quote answers the same; one that expired meanwhile is held anew if there is something left.
 * @throws GraphQLError BAD_USER_INPUT for a key that is none and a token that is not ours.
 */
export async function holdPromotions(
  { db, quoteKey, clock }: { db: Database; quoteKey: () => Promise<Uint8Array>; clock: { now: () => Date } },
  { key, quoteToken, guestKey }: HoldRequest,
): Promise<HoldOutcome> {
  if (key === '' || key.length > MAX_KEY || key.includes('\0'))
    throw badInput(`A key has 1 to ${MAX_KEY} characters.`, ['input', 'key']);
  const read = await readQuote(quoteToken, await quoteKey(), clock.now());
  if (!read) throw badInput('This is not a quote of ours.', ['input', 'quoteToken']);
  const wanted = wantedOf(read.promised, guestKey);
  const outcome = await tryHold(db, key, wanted);
  // Holds that are over may stand in the way until they are swept.
  if (outcome.__typename !== 'PromotionUnavailable' || (await sweepHolds(db)) === 0) return outcome;
  return tryHold(db, key, wanted);
}

interface Wanted {
  readonly takes: readonly PromotionTake[];
  readonly customerKey: string | null;
  readonly requestHash: string;
}

function wantedOf({ context, quote }: PromisedQuote, guestKey: string | null): Wanted {
  const takes = quote.promotions
    .filter(({ isLimited }) => isLimited)
    .map(({ promotionId, code, amountMinor }) => ({ promotionId, code, amountMinor }))
    .sort((one, other) => (one.promotionId < other.promotionId ? -1 : 1));
  const customerKey = customerKeyOf(context.buyer.customerId, guestKey);
  const requestHash = createHash('sha256')
    .update(JSON.stringify([takes, customerKey]))
    .digest('hex');
  return { takes, customerKey, requestHash };
}

async function tryHold(db: Database, key: string, wanted: Wanted): Promise<HoldOutcome> {
  try {
    return await inTransaction(db, (tx) => hold(tx, key, wanted));
  } catch (error) {
    if (error instanceof NotAvailable) return { __typename: 'PromotionUnavailable', ...error.unavailable };
    throw error;
  }
}

async function hold(tx: Tx, key: string, wanted: Wanted): Promise<HoldOutcome> {
  const isNew = await insertHold(tx, { key, ...wanted, status: 'HELD' });
  const kept = (await lockHold(tx, key))!;
  if (!isNew) {
    if (kept.requestHash !== wanted.requestHash || kept.status === 'RELEASED')
      return { __typename: 'HoldEnded', status: kept.status };
    if (kept.status === 'CONFIRMED' || (kept.status === 'HELD' && !kept.isOver))
      return { __typename: 'PromotionsHeld', expiresAt: kept.expiresAt };
    if (kept.status === 'HELD') {
      // It is over, and nobody has swept it: what it held is what is held anew.
      await endHold(tx, key, 'EXPIRED');
      return { __typename: 'PromotionsHeld', expiresAt: await holdAnew(tx, key) };
    }
  }
  const { takes, customerKey } = wanted;
  const counted = await countTakes(tx, takes, { customerKey, step: IN_FORCE, isLimited: true });
  if ('unavailable' in counted) throw new NotAvailable(counted.unavailable);
  const expiresAt = isNew ? kept.expiresAt : await holdAnew(tx, key);
  await announceExhaustion(tx, counted.turned);
  return { __typename: 'PromotionsHeld', expiresAt };
}
