/**
 * What a policy would have made of the demand of some days. A variant at a time, because policies divide each variant by itself. Units
 * that nobody was refused in reality are refused here when the policy keeps them for others.
 */
import { capOf, type PolicyRules } from './allocation-policy.ts';

/** A ledger entry of a variant that touches what is available. */
export interface LedgerEntry {
  readonly version: number;
  readonly locationId: string;
  readonly quantity: number;
  /** Whether the units became available; otherwise they were. */
  readonly isGain: boolean;
  /** Whether they came back from, or went to, a reservation that held them. */
  readonly reservationId: string | null;
  /** Whether they came back from a reservation's hold or sale, not as a return of goods. */
  readonly wasHeld: boolean;
  /** Of the reservation; null when it is not known any more. */
  readonly channel: string | null;
}

/** What happened to a variant, in order. */
export type ReplayEvent =
  | {
      readonly kind: 'asked';
      readonly reservationId: string;
      readonly channel: string | null;
      readonly quantity: number;
      readonly locationIds: readonly string[];
    }
  | {
      readonly kind: 'givenBack' | 'returned';
      readonly reservationId: string;
      readonly quantity: number;
      readonly locationId: string;
    }
  | { readonly kind: 'changed'; readonly locationId: string; readonly difference: number };

/** Under which rules a variant is sold. */
export interface ReplayRules {
  /** Null when no policy governs the variant. */
  readonly rules: PolicyRules | null;
  readonly pool: ReadonlySet<string>;
  /** The locations that each channel sells from, in order of preference. */
  readonly places: ReadonlyMap<string, readonly string[]>;
  /** Units that a channel leaves at a location. */
  readonly safetyStock: (channel: string, locationId: string) => number;
}

/** What became of a channel's demand, in units. */
export interface ChannelTotals {
  asked: number;
  served: number;
  refused: number;
  givenBack: number;
  /** What it could still sell in the end. */
  left: number;
}

/** Totals by channel; those of reservations whose channel is not known any more under null. */
export type ReplayTotals = Map<string | null, ChannelTotals>;

/**
 * What a variant's ledger tells of demand and supply. What one version takes from and gives back to one reservation is a move between
 * locations: only the difference was asked for or given back.
 * @param entries of one variant, in order of version and entry.
 */
export function toReplayEvents(entries: readonly LedgerEntry[]): ReplayEvent[] {
  const events: ReplayEvent[] = [];
  for (const [, booked] of groupInOrder(entries, (entry) => entry.version))
    for (const [reservationId, own] of groupInOrder(booked, (entry) => entry.reservationId))
      if (reservationId === null) for (const entry of own) events.push(changeOf(entry));
      else events.push(...ofReservation(reservationId, own));
  return events;
}

function ofReservation(reservationId: string, entries: readonly LedgerEntry[]): ReplayEvent[] {
  const taken = entries.filter((entry) => !entry.isGain);
  const held = entries.filter((entry) => entry.isGain && entry.wasHeld);
  const returned = entries.filter((entry) => entry.isGain && !entry.wasHeld);
  const difference = sum(taken) - sum(held);
  const events: ReplayEvent[] = returned.map(({ quantity, locationId }) => ({
    kind: 'returned',
    reservationId,
    quantity,
    locationId,
  }));
  if (difference > 0) {
    const channel = taken[0]?.channel ?? null;
    const locationIds = taken.map(({ locationId }) => locationId);
    events.push({ kind: 'asked', reservationId, channel, quantity: difference, locationIds });
  } else if (taken.length === 0)
    for (const { quantity, locationId } of held)
      events.push({ kind: 'givenBack', reservationId, quantity, locationId });
  else if (difference < 0)
    events.push({ kind: 'givenBack', reservationId, quantity: -difference, locationId: held[0]?.locationId ?? '' });
  return events;
}

const changeOf = ({ locationId, quantity, isGain }: LedgerEntry): ReplayEvent => ({
  kind: 'changed',
  locationId,
  difference: isGain ? quantity : -quantity,
});

/** A variant's replay under rules, which adds to totals. */
export interface Replay {
  /** What happened next. */
  next(event: ReplayEvent): void;
  /** Nothing more happened: adds what channels can still sell. */
  finish(): void;
}

/**
 * Replays what happened to a variant under rules. A request is served as a whole or refused; from the places that it was served from in
 * reality when they have enough, else from others of its channel. Deterministic.
 * @param opening what was available by location before.
 */
export function createReplay(rules: ReplayRules, opening: ReadonlyMap<string, number>, totals: ReplayTotals): Replay {
  const stock = createStock(rules, opening);
  /** Units that each reservation holds here, by location; empty for one that was refused. */
  const held = new Map<string, { readonly channel: string | null; readonly units: Map<string, number> }>();

  const ask = ({ reservationId, channel, quantity, locationIds }: Extract<ReplayEvent, { kind: 'asked' }>) => {
    const taken = stock.take(channel, quantity, locationIds);
    const outcome = totalsOf(totals, channel);
    outcome.asked += quantity;
    outcome[taken ? 'served' : 'refused'] += quantity;
    const before = held.get(reservationId);
    if (!before) held.set(reservationId, { channel, units: taken ?? new Map<string, number>() });
    else
      for (const [locationId, units] of taken ?? [])
        before.units.set(locationId, (before.units.get(locationId) ?? 0) + units);
  };

  return {
    next(event) {
      switch (event.kind) {
        case 'asked':
          return ask(event);
        case 'givenBack': {
          const own = held.get(event.reservationId);
          // A reservation from before these days: its units were not available when they began.
          if (!own) return stock.change(event.locationId, event.quantity);
          totalsOf(totals, own.channel).givenBack += giveBack(stock, own.channel, own.units, event);
          return;
        }
        case 'returned':
          // Who was refused here has nothing to return: the units never left.
          if (held.get(event.reservationId)?.units.size !== 0) stock.change(event.locationId, event.quantity);
          return;
        case 'changed':
          return stock.change(event.locationId, event.difference);
      }
    },
    finish() {
      const named = rules.rules?.channels.map((share) => share.channel) ?? [];
      for (const channel of new Set([...totals.keys(), ...named]))
        if (channel !== null) totalsOf(totals, channel).left += stock.sellable(channel);
    },
  };
}

/** The totals of a channel, of zeros when nothing was counted yet. */
export function totalsOf(totals: ReplayTotals, channel: string | null): ChannelTotals {
  const known = totals.get(channel);
  if (known) return known;
  const fresh = { asked: 0, served: 0, refused: 0, givenBack: 0, left: 0 };
  totals.set(channel, fresh);
  return fresh;
}

interface Stock {
  /** Takes units as a whole, by location; null when there are not enough. */
  take(channel: string | null, quantity: number, preferred: readonly string[]): Map<string, number> | null;
  giveBack(channel: string | null, locationId: string, quantity: number): void;
  change(locationId: string, difference: number): void;
  sellable(channel: string): number;
}

function createStock({ rules, pool, places, safetyStock }: ReplayRules, opening: ReadonlyMap<string, number>): Stock {
  // A level may fall below zero here: what reality took, the trial may have sold to somebody else. That counts as nothing until goods come in.
  const levels = new Map(opening);
  const consumed = new Map<string, number>();
  const unknown = '';
  let pooled = 0;
  for (const [locationId, units] of levels) if (pool.has(locationId)) pooled += Math.max(0, units);

  const change = (locationId: string, difference: number) => {
    const before = levels.get(locationId) ?? 0;
    levels.set(locationId, before + difference);
    if (pool.has(locationId)) pooled += Math.max(0, before + difference) - Math.max(0, before);
  };
  const consume = (channel: string, locationId: string, units: number) => {
    if (pool.has(locationId)) consumed.set(channel, Math.max(0, (consumed.get(channel) ?? 0) + units));
  };
  const cap = (channel: string) => (rules && capOf(rules, channel, pooled, consumed)) ?? Number.POSITIVE_INFINITY;
  const free = (channel: string, locationId: string) =>
    Math.max(0, (levels.get(locationId) ?? 0) - safetyStock(channel, locationId));

  return {
    take(channel, quantity, preferred) {
      const name = channel ?? unknown;
      const own = channel === null ? preferred : (places.get(channel) ?? []);
      let allowed = cap(name);
      let missing = quantity;
      const taken = new Map<string, number>();
      for (const locationId of new Set([...preferred.filter((each) => own.includes(each)), ...own])) {
        if (missing === 0) break;
        const limit = pool.has(locationId) ? allowed : Number.POSITIVE_INFINITY;
        const units = Math.min(missing, free(name, locationId), limit);
        if (units <= 0) continue;
        if (pool.has(locationId)) allowed -= units;
        missing -= units;
        taken.set(locationId, units);
      }
      if (missing > 0) return null;
      for (const [locationId, units] of taken) {
        change(locationId, -units);
        consume(name, locationId, units);
      }
      return taken;
    },
    giveBack(channel, locationId, quantity) {
      change(locationId, quantity);
      consume(channel ?? unknown, locationId, -quantity);
    },
    change,
    sellable(channel) {
      let open = 0;
      let shared = 0;
      for (const locationId of places.get(channel) ?? [])
        if (pool.has(locationId)) shared += free(channel, locationId);
        else open += free(channel, locationId);
      return open + Math.min(shared, cap(channel));
    },
  };
}

/** Gives back what a reservation holds here, first where it was given back in reality. @returns how many units. */
function giveBack(
  stock: Stock,
  channel: string | null,
  own: Map<string, number>,
  { quantity, locationId: first }: { readonly quantity: number; readonly locationId: string },
): number {
  let missing = quantity;
  for (const locationId of new Set([first, ...own.keys()])) {
    const units = Math.min(missing, own.get(locationId) ?? 0);
    if (units === 0) continue;
    stock.giveBack(channel, locationId, units);
    own.set(locationId, (own.get(locationId) ?? 0) - units);
    missing -= units;
  }
  return quantity - missing;
}

const sum = (entries: readonly LedgerEntry[]): number => entries.reduce((total, { quantity }) => total + quantity, 0);

/** Groups in the order in which each key came first. */
const groupInOrder = <Key>(entries: readonly LedgerEntry[], keyOf: (entry: LedgerEntry) => Key) =>
  Map.groupBy(entries, keyOf);
