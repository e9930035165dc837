import type { Tx } from '@kontor/kit/src/database.ts';
import type { NewEvent } from '@kontor/kit/src/events/event.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findActiveListCodes, raiseEngineRevision } from '../../data/announce/engine-state.ts';
import { recordPriceChanges } from '../../data/price-changes.ts';

const TAGS_PER_EVENT = 1_000;

/** What `prices.promotions.changed` tells: promotions, taxes, shipping or fees are others than before. */
export interface EngineChangedPayload {
  /** The revision of the engine after the change; the same in all events of one change. */
  readonly revision: number;
  /** Tags of cached answers that may show an old price. */
  readonly cacheTags: readonly string[];
}

/**
 * Ends a command that changed promotions, taxes, shipping or fees: processes read them anew at their next answer, and caches hear which answers
 * may be old. Whoever changes something of the engine, too, waits from here until the commit; so do those who record changes of prices.
 * @param variantIds those whose price may be another; null for any, none when no price of a variant is (as of shipping).
 */
export async function announceEngine(tx: Tx, variantIds: readonly string[] | null): Promise<void> {
  const revision = await raiseEngineRevision(tx);
  const codes = await findActiveListCodes(tx);
  const events: NewEvent<EngineChangedPayload>[] = [];
  for (let from = 0; from === 0 || from < codes.length; from += TAGS_PER_EVENT)
    events.push({
      topic: 'prices.promotions.changed',
      key: 'engine',
      payload: {
        revision,
        cacheTags: codes.slice(from, from + TAGS_PER_EVENT).map((code) => `prices:${code}`),
      },
    });
  await appendEvents(tx, 'prices', events);
  await recordPriceChanges(tx, variantIds);
}
