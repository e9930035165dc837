import type { PolicyRules } from '../domain/allocation-policy.ts';
import type { SellingKind } from '../domain/selling-policy.ts';

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
  /** Units sold ahead that no goods have come for yet. */
  readonly waiting: number;
  /** The policy in whose pool its channel consumed the units, if any. */
  readonly policy: number | null;
}

/** How an item is sold when nothing of it is left. */
export interface Selling {
  readonly kind: SellingKind;
  readonly limit: number;
  /** Null: all channels. */
  readonly channel: number | null;
  readonly soldAhead: number;
}

/** What divides a pool between channels. Its number is its place among those that ever governed. */
export interface ModelPolicy {
  /** Channels by number. */
  readonly rules: PolicyRules;
  /** Null: all items that no other policy governs. */
  items: readonly number[] | null;
  /** Null: all. */
  readonly locations: readonly number[] | null;
  isActive: boolean;
}

/** Goods on their way. */
export interface ModelTransfer {
  /** Null: from a supplier. */
  readonly from: number | null;
  readonly to: number;
  isClosed: boolean;
  /** In order of item. */
  lines: readonly {
    readonly item: number;
    readonly quantity: number;
    readonly received: number;
    readonly lost: number;
  }[];
}

/** An allocation of a plan. */
export interface Taken extends Line {
  /** Sold ahead: waits for goods. */
  readonly ahead: boolean;
}

/** A reservation as the model remembers it. */
export interface ModelReservation {
  status: 'held' | 'committed' | 'released' | 'expired';
  readonly channel: number;
  planIndex: number;
  /** What tells one demand from another. */
  readonly demand: string;
  /** Ticks. */
  expiresAt: number;
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
  readonly selling: Map<number, Selling>;
  /** What each channel leaves of every item, as `channel location`. */
  readonly buffers: Map<string, number>;
  readonly policies: ModelPolicy[];
  /** What channels took of the pools of policies, as `channel item`. */
  readonly usage: Map<string, { readonly policy: number; readonly consumed: number }>;
  readonly transfers: ModelTransfer[];
}

/** An empty stock. */
export const createModel = ({ itemCount, bundles, channels }: Shape): StockModel => ({
  now: 0,
  levels: new Map(),
  versions: new Map(),
  reservations: new Map(),
  keys: new Map(),
  references: new Map(),
  told: new Map(),
  places: channels.map((places) => [...places]),
  bundles: [...bundles],
  itemCount,
  selling: new Map(),
  buffers: new Map(),
  policies: [],
  usage: new Map(),
  transfers: [],
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

/** Units of a line that are held or sold at its place. */
export const openUnits = ({ quantity, shorted, shipped, waiting }: OpenLine): number =>
  quantity - shorted - shipped - waiting;

/** Whether units of a reservation were lost. */
export const isShort = ({ lines }: ModelReservation): boolean => lines.some(({ shorted }) => shorted > 0);

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

/** The stock items that units of something consist of. */
export const componentsOf = (model: StockModel, thing: number): readonly { item: number; quantity: number }[] =>
  thing < model.itemCount ? [{ item: thing, quantity: 1 }] : (model.bundles[thing - model.itemCount] ?? []);

/** Lines as stock items, summed per item and location, what is sold ahead apart; in order. */
export function stockLines(model: StockModel, lines: readonly (Line & { readonly ahead?: boolean })[]): Taken[] {
  const sums = new Map<string, Taken>();
  for (const { item: thing, location, quantity, ahead = false } of lines)
    for (const { item, quantity: per } of componentsOf(model, thing)) {
      const key = `${item} ${location} ${ahead}`;
      sums.set(key, { item, location, ahead, quantity: (sums.get(key)?.quantity ?? 0) + quantity * per });
    }
  return [...sums.values()].sort((a, b) => a.item - b.item || a.location - b.location);
}
