import type { Tx } from '@kontor/kit/src/database.ts';
import type { NewEvent } from '@kontor/kit/src/events/event.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { lockDescendants, raiseRevisions } from '../../data/lists/lock-lists.ts';
import { type CommonList, findCommonLists } from '../../data/lists/write-lists.ts';
import { recordPriceChanges } from '../../data/price-changes.ts';
import type { PriceList } from '../../domain/lists/price-list.ts';

const VARIANTS_PER_EVENT = 1_000;
/** Variants that the events of one change name at most, those of all lists together: beyond it they tell of whole lists. */
const MAX_NAMED = 100_000;

/** What `prices.prices.changed` tells, keyed by the list. */
export interface PricesChangedPayload {
  readonly priceListId: string;
  readonly priceListCode: string;
  /** The list's revision after the change; the same in all events of one change. */
  readonly revision: number;
  /** At most 1,000; empty when the change is one of the whole list. */
  readonly variantIds: readonly string[];
  /** Tags of cached answers that may show an old price. */
  readonly cacheTags: readonly string[];
}

/**
 * Ends a command that changed a locked list or prices in it: raises its revision and those of the lists that derive from it, writes their events
 * into the outbox (1,000 variants each) and records the change. Lists that price nothing for anybody tell nothing: drafts, and sources that others
 * derive from. Those who record changes wait from here until the commit, so it is the last thing that a command does.
 * @param variantIds as PostgreSQL writes them; null for all that the lists hold, none when no price is another: then revisions grow, and no more.
 * @param before the list as it was, when the list itself was changed: what it told before is told to be over.
 * @returns the list at its new revision.
 */
export async function announcePrices(
  tx: Tx,
  list: PriceList,
  variantIds: readonly string[] | null,
  before: PriceList = list,
): Promise<PriceList> {
  const { raised, isTold } = await tellPrices(tx, list, variantIds, before);
  if (isTold) await recordPriceChanges(tx, variantIds);
  return raised;
}

/**
 * As `announcePrices`, but that the change is not recorded: for who tells of several lists in one transaction and records all of it last. Such a
 * transaction holds the locks of list changes and of chains: else it and a writer of prices could wait for each other.
 * @returns the list at its new revision, and whether there is something to be recorded.
 */
export async function tellPrices(
  tx: Tx,
  list: PriceList,
  variantIds: readonly string[] | null,
  before: PriceList = list,
): Promise<{ readonly raised: PriceList; readonly isTold: boolean }> {
  const descendants = await lockDescendants(tx, list.id);
  const revisions = await raiseRevisions(
    tx,
    [list, ...descendants].map(({ id }) => id),
  );
  const raise = (each: PriceList): PriceList => ({ ...each, revision: revisions.get(each.id)! });
  const raised = raise(list);
  const told = [...(isPricing(list) || isPricing(before) ? [raised] : []), ...descendants.filter(isPricing).map(raise)];
  const isTold = told.length > 0 && variantIds?.length !== 0;
  if (isTold) {
    const common = await findCommonLists(tx, list.currency);
    const named = told.length * (variantIds?.length ?? 0) > MAX_NAMED ? [] : (variantIds ?? []);
    const events = told.flatMap((each) => eventsOf(each, named, common));
    await appendEvents(tx, 'prices', events);
  }
  return { raised, isTold };
}

const isPricing = ({ activity, scope }: PriceList): boolean => activity !== null && scope !== 'SOURCE';

function eventsOf(
  list: PriceList,
  variantIds: readonly string[],
  common: readonly CommonList[],
): NewEvent<PricesChangedPayload>[] {
  // A price that a more specific list gets, or loses, shows where that of a less specific one is cached now.
  const overshadowed = common.filter(
    ({ channel }) => channel === null || list.channel === null || channel === list.channel,
  );
  const codes = new Set([list.code, ...overshadowed.map(({ code }) => code)]);
  const cacheTags = [...codes].map((code) => `prices:${code}`);
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
  return events;
}
