import type { Tx } from '@kontor/kit/src/database.ts';
import type { NewEvent } from '@kontor/kit/src/events/event.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findBaseCode } from '../data/price-lists.ts';
import type { PriceList } from '../domain/price-list.ts';

const VARIANTS_PER_EVENT = 1_000;

/** What `prices.prices.changed` tells, keyed by the list. */
export interface PricesChangedPayload {
  readonly priceListId: string;
  readonly priceListCode: string;
  /** The list's revision after the change; the same in all events of one change. */
  readonly revision: number;
  /** At most 1,000; empty when the change is one of the whole list or of its tax. */
  readonly variantIds: readonly string[];
  /** Tags of cached answers that may show an old price. */
  readonly cacheTags: readonly string[];
}

/** Writes the events of a change of a locked list into the outbox, 1,000 variants each; one without variants when there are none. */
export async function emitPricesChanged(tx: Tx, list: PriceList, variantIds: readonly string[]): Promise<void> {
  // A price that a channel's list gets, or loses, shows where the base list's price is cached now.
  const baseCode = list.scope === 'CHANNEL' ? await findBaseCode(tx, list.currency) : null;
  const cacheTags = [list.code, ...(baseCode === null ? [] : [baseCode])].map((code) => `prices:${code}`);
  const events: NewEvent<PricesChangedPayload>[] = [];
  for (let from = 0; from === 0 || from < variantIds.length; from += VARIANTS_PER_EVENT)
    events.push({
      topic: 'prices.prices.changed',
      key: list.id,
      payload: {
        priceListId: list.id,
        priceListCode: list.code,
        revision: list.revision,
        variantIds: variantIds.slice(from, from + VARIANTS_PER_EVENT),
        cacheTags,
      },
    });
  await appendEvents(tx, 'prices', events);
}
