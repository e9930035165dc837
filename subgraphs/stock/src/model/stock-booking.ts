import { consume, consumingPolicy, sellable } from './stock-offers.ts';
import {
  levelAt,
  openUnits,
  type Entry,
  type Line,
  type ModelReservation,
  type OpenLine,
  type State,
  type StockModel,
} from './stock-model.ts';

/** Books entries as one version of each of their items. @throws Error when a level would go below zero: the model decided wrongly. */
export function book(model: StockModel, given: readonly Entry[]): void {
  const moved = given.filter(({ quantity }) => quantity > 0);
  const entries = [...moved, ...serveWaiting(model, moved)];
  for (const { item, location, quantity, from, to } of entries) {
    const level = { ...levelAt(model, item, location) };
    if (from) level[from] -= quantity;
    if (to) level[to] += quantity;
    model.levels.set(`${item} ${location}`, level);
  }
  for (const [place, level] of model.levels)
    if (Object.values(level).some((units) => units < 0)) throw new Error(`the model went below zero at ${place}`);
  for (const item of new Set(entries.map((entry) => entry.item))) {
    model.versions.set(item, (model.versions.get(item) ?? 0) + 1);
    for (const channel of model.places.keys()) model.told.set(`${channel} ${item}`, sellable(model, channel, item));
  }
}

/** Units of an item are sold ahead, or are so no more. */
export function sellAhead(model: StockModel, item: number, units: number): void {
  const selling = model.selling.get(item);
  if (selling && units !== 0) model.selling.set(item, { ...selling, soldAhead: selling.soldAhead + units });
}

/** Where units become available they go to the lines that wait for them there, the oldest first. @returns the entries that follow. */
function serveWaiting(model: StockModel, entries: readonly Entry[]): Entry[] {
  const served: Entry[] = [];
  const places = new Map(entries.filter(({ to }) => to === 'available').map((each) => [placeOf(each), each]));
  for (const { item, location } of places.values()) {
    let remaining = levelAt(model, item, location).available;
    for (const entry of entries) {
      if (placeOf(entry) !== placeOf({ item, location })) continue;
      remaining += (entry.to === 'available' ? entry.quantity : 0) - (entry.from === 'available' ? entry.quantity : 0);
    }
    for (const reservation of model.reservations.values())
      reservation.lines = reservation.lines.map((line): OpenLine => {
        if (line.item !== item || line.location !== location) return line;
        const quantity = Math.min(Math.max(0, remaining), line.waiting);
        if (quantity === 0) return line;
        remaining -= quantity;
        served.push({
          item,
          location,
          quantity,
          from: 'available',
          to: reservation.status === 'held' ? 'reserved' : 'committed',
        });
        sellAhead(model, item, -quantity);
        // The whole line counts in the pool of the policy that governs now.
        const policy = consumingPolicy(model, item, location);
        consume(model, reservation.channel, item, line.policy, -openUnits(line));
        consume(model, reservation.channel, item, policy, openUnits(line) + quantity);
        return { ...line, waiting: line.waiting - quantity, policy };
      });
  }
  return served;
}

const placeOf = ({ item, location }: Pick<Line, 'item' | 'location'>) => `${item} ${location}`;

/** What a reservation counts for beside the levels is given back: what its channel consumed, of some items, and what was sold ahead. */
export function giveBack(
  model: StockModel,
  { channel, lines }: ModelReservation,
  isConsumed: (item: number) => boolean = () => true,
): void {
  for (const line of lines) {
    if (isConsumed(line.item)) consume(model, channel, line.item, line.policy, -openUnits(line));
    sellAhead(model, line.item, -line.waiting);
  }
}

/** Ends held reservations together. */
export function endHolds(
  model: StockModel,
  held: readonly ModelReservation[],
  status: 'committed' | 'released' | 'expired',
): void {
  const entries = held.flatMap(({ lines }) =>
    lines.map((line): Entry => ({
      ...line,
      quantity: openUnits(line),
      from: 'reserved',
      to: status === 'committed' ? 'committed' : 'available',
    })),
  );
  for (const reservation of held) {
    reservation.status = status;
    if (status === 'committed') continue;
    giveBack(model, reservation);
    reservation.lines = [];
  }
  book(
    model,
    entries.filter(({ quantity }) => quantity > 0),
  );
}

/**
 * Frees units of a level for something that has happened there: from what is available, then from safety, then from the newest holds, then
 * from the newest orders. @returns the entries that free them, to be booked with what has happened.
 */
export function freeUnits(model: StockModel, at: Line): Entry[] {
  const place = { item: at.item, location: at.location };
  const level = levelAt(model, at.item, at.location);
  let missing = at.quantity - level.available;
  if (missing <= 0) return [];
  const entries: Entry[] = [];
  const free = (quantity: number, from: State) => {
    if (quantity > 0) entries.push({ ...place, quantity, from, to: 'available' });
    missing -= quantity;
  };
  free(Math.min(missing, level.safety), 'safety');
  const newestFirst = [...model.reservations.values()].reverse();
  for (const status of ['held', 'committed'] as const)
    for (const reservation of newestFirst.filter((each) => each.status === status))
      reservation.lines = reservation.lines.map((line) => {
        const lost = placeOf(line) === placeOf(at) ? Math.min(Math.max(0, missing), openUnits(line)) : 0;
        free(lost, status === 'held' ? 'reserved' : 'committed');
        consume(model, reservation.channel, line.item, line.policy, -lost);
        return { ...line, shorted: line.shorted + lost };
      });
  return entries;
}

/** Holds that are over but were not ended yet, of some items or of all. */
export const holdsOver = (model: StockModel, items?: ReadonlySet<number>): ModelReservation[] =>
  [...model.reservations.values()].filter(
    ({ status, expiresAt, lines }) =>
      status === 'held' && expiresAt <= model.now && (!items || lines.some((line) => items.has(line.item))),
  );

/** The beginning of every decision: holds on the items that are over end first. */
export const settle = (model: StockModel, items: readonly number[]): void =>
  endHolds(model, holdsOver(model, new Set(items)), 'expired');
