/** A whole stock in memory, as simple as can be: what the real one must be equal to after every command. */

/** Units per state. */
export interface Level {
  available: number;
  reserved: number;
  committed: number;
  safety: number;
  damaged: number;
  inspection: number;
  incoming: number;
}

export type State = keyof Level;

/** Units of a stock item (by number) at a location (by number). */
export interface Line {
  readonly item: number;
  readonly location: number;
  readonly quantity: number;
}

/** What became of a line of a reservation. */
export interface OpenLine extends Line {
  /** Units that were lost to something that had happened. */
  readonly shorted: number;
  readonly shipped: number;
}

/** A reservation as the model remembers it. */
export interface ModelReservation {
  status: 'held' | 'committed' | 'released' | 'expired';
  readonly channel: number;
  readonly planIndex: number;
  /** What tells one demand from another. */
  readonly demand: string;
  /** Ticks. */
  readonly expiresAt: number;
  lines: OpenLine[];
}

/** Units that move from a state to a state of one level; null is outside of stock. */
export interface Entry extends Line {
  readonly from: State | null;
  readonly to: State | null;
}

/** What is there at the beginning: stock items come first, then bundles, all numbered together. */
export interface Shape {
  readonly itemCount: number;
  /** Per bundle what it takes of which item. */
  readonly bundles: readonly (readonly { readonly item: number; readonly quantity: number }[])[];
  /** Per channel the locations that it sells from. */
  readonly channels: readonly (readonly number[])[];
}

/** The stock. Commands change it through `book` alone, as the real one. */
export interface StockModel {
  /** Ticks that have passed. */
  now: number;
  /** How often the configuration was changed. */
  revision: number;
  readonly levels: Map<string, Level>;
  readonly versions: Map<number, number>;
  readonly reservations: Map<number, ModelReservation>;
  /** Idempotency keys, by whose they are: what was asked, and what was answered. */
  readonly keys: Map<string, { readonly request: string; readonly outcome: unknown }>;
  readonly references: Map<string, string>;
  /** What the last event of each item told each channel, as `channel item`. */
  readonly told: Map<string, number>;
  readonly places: number[][];
  bundles: (readonly { readonly item: number; readonly quantity: number }[])[];
  readonly itemCount: number;
}

/** An empty stock. */
export const createModel = ({ itemCount, bundles, channels }: Shape): StockModel => ({
  now: 0,
  revision: 0,
  levels: new Map(),
  versions: new Map(),
  reservations: new Map(),
  keys: new Map(),
  references: new Map(),
  told: new Map(),
  places: channels.map((places) => [...places]),
  bundles: [...bundles],
  itemCount,
});

const NOTHING: Level = {
  available: 0,
  reserved: 0,
  committed: 0,
  safety: 0,
  damaged: 0,
  inspection: 0,
  incoming: 0,
};

/** A level; zeros where nothing ever was. */
export const levelAt = (model: StockModel, item: number, location: number): Readonly<Level> =>
  model.levels.get(`${item} ${location}`) ?? NOTHING;

/** Books entries as one version of each of their items. @throws Error when a level would go below zero: the model decided wrongly. */
export function book(model: StockModel, entries: readonly Entry[]): void {
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

/** Units of a line that are held or sold at its place. */
export const openUnits = ({ quantity, shorted, shipped }: OpenLine): number => quantity - shorted - shipped;

/** Whether units of a reservation were lost. */
export const isShort = ({ lines }: ModelReservation): boolean => lines.some(({ shorted }) => shorted > 0);

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
    if (status !== 'committed') reservation.lines = [];
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
        const lost =
          line.item === at.item && line.location === at.location ? Math.min(Math.max(0, missing), openUnits(line)) : 0;
        free(lost, status === 'held' ? 'reserved' : 'committed');
        return { ...line, shorted: line.shorted + lost };
      });
  return entries;
}

/** Does something as a whole: of what is refused nothing stays. */
export function attempt<Outcome>(model: StockModel, work: () => Outcome): Outcome | object {
  const before = structuredClone({ ...model });
  try {
    return work();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    Object.assign(model, before);
    return refusal.outcome;
  }
}

/** Ends an attempt. */
export class Refusal extends Error {
  readonly outcome: object;

  constructor(outcome: object) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Does something once per key: a repeat answers what was answered then, other content under the key is refused. */
export function oncePerKey(model: StockModel, key: string, request: unknown, work: () => unknown): unknown {
  const content = JSON.stringify(request);
  const known = model.keys.get(key);
  if (known && known.request !== content) throw new Refusal({ kind: 'keyReused' });
  if (known) return known.outcome;
  const outcome = work();
  model.keys.set(key, { request: content, outcome });
  return outcome;
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

/** The stock items that units of something consist of. */
export const componentsOf = (model: StockModel, thing: number): readonly { item: number; quantity: number }[] =>
  thing < model.itemCount ? [{ item: thing, quantity: 1 }] : (model.bundles[thing - model.itemCount] ?? []);

/** Lines as stock items, summed per item and location, in order. */
export function stockLines(model: StockModel, lines: readonly Line[]): Line[] {
  const sums = new Map<string, Line>();
  for (const { item: thing, location, quantity } of lines)
    for (const { item, quantity: per } of componentsOf(model, thing)) {
      const key = `${item} ${location}`;
      sums.set(key, { item, location, quantity: (sums.get(key)?.quantity ?? 0) + quantity * per });
    }
  return [...sums.values()].sort((a, b) => a.item - b.item || a.location - b.location);
}

/** How many units a channel can sell. A bundle is made of components at one location. */
export function sellable(model: StockModel, channel: number, thing: number): number {
  const parts = componentsOf(model, thing);
  const setsAt = (location: number) =>
    Math.min(...parts.map(({ item, quantity }) => Math.floor(levelAt(model, item, location).available / quantity)));
  return (model.places[channel] ?? []).reduce((sum, location) => sum + setsAt(location), 0);
}
