import type { Candidate, PriceList, PriceRow } from '../lists/price-list.ts';
import type { Promotion } from '../promotions/promotion.ts';
import type { TaxRate, TaxRounding } from '../taxes/tax-provider.ts';

/** Something as it was from one moment until before another; microseconds since the epoch, null without an end. */
export interface Held<State> {
  readonly state: State;
  readonly from: number;
  readonly until: number | null;
}

/** A price row of a list for a variant. */
export interface TimelineRow extends PriceRow {
  readonly listId: string;
  readonly variantId: string;
}

/** A list, with the ids of itself and those that it derives from. */
export interface TimelineList {
  readonly list: PriceList;
  readonly chain: readonly string[];
}

/** All that prices of some variants followed from, as it was during a span of time. */
export interface Timeline {
  readonly lists: readonly Held<TimelineList>[];
  readonly rows: readonly Held<TimelineRow>[];
  readonly taxRates: readonly Held<TaxRate>[];
  /** How the country rounds; per line while nothing was said. */
  readonly taxRoundings: readonly Held<TaxRounding>[];
  readonly promotions: readonly Held<Promotion>[];
}

const holds = ({ from, until }: Held<unknown>, at: number): boolean => from <= at && (until === null || at < until);

/** What was so at a moment. */
export function statesAt<State>(states: readonly Held<State>[], at: number): State[] {
  const found: State[] = [];
  for (const each of states) if (holds(each, at)) found.push(each.state);
  return found;
}

/**
 * The lists of a moment with what they and those above them held for each variant then, as a price is selected from. Lists that hold
 * nothing for a variant, themselves or above, are left out.
 */
export function candidatesAt(
  timeline: Pick<Timeline, 'lists' | 'rows'>,
  at: number,
): ReadonlyMap<string, readonly Candidate[]> {
  const lists = new Map(statesAt(timeline.lists, at).map((each) => [each.list.id, each]));
  const rows = Map.groupBy(statesAt(timeline.rows, at), ({ variantId }) => variantId);
  const candidates = new Map<string, readonly Candidate[]>();
  for (const [variantId, held] of rows) candidates.set(variantId, candidatesOf(held, lists));
  return candidates;
}

function candidatesOf(held: readonly TimelineRow[], lists: ReadonlyMap<string, TimelineList>): Candidate[] {
  const byList = Map.groupBy(held, ({ listId }) => listId);
  for (const rows of byList.values()) rows.sort((one, other) => one.minQuantity - other.minQuantity);
  const found: Candidate[] = [];
  for (const { list, chain } of lists.values()) {
    const rowsOfChain = chain.map((id) => byList.get(id) ?? []);
    const members = chain.map((id) => lists.get(id)?.list);
    if (rowsOfChain.every((rows) => rows.length === 0) || members.includes(undefined)) continue;
    found.push({ list, chain: members as PriceList[], rowsOfChain });
  }
  return found;
}

/** The moments of a span at which prices may have become others, its beginning first, in order; times of day of promotions are not among them. */
export function turningPoints(timeline: Timeline, from: number, until: number): number[] {
  const points = new Set<number>([from]);
  const add = (moment: number | null) => {
    if (moment !== null && moment > from && moment < until) points.add(moment);
  };
  const micros = (date: Date | null | undefined) => (date ? date.getTime() * 1_000 : null);
  for (const states of [timeline.lists, timeline.rows, timeline.taxRates, timeline.taxRoundings, timeline.promotions])
    for (const each of states) {
      add(each.from);
      add(each.until);
    }
  for (const { state } of timeline.lists)
    for (const span of [state.list.activity, state.list.validity]) {
      add(micros(span?.from));
      add(micros(span?.until));
    }
  for (const { state } of timeline.promotions)
    for (const span of [state.activity, state.validity]) {
      add(micros(span?.from));
      add(micros(span?.until));
    }
  return [...points].sort((one, other) => one - other);
}
