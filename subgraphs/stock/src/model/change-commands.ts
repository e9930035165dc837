import fc from 'fast-check';
import { extendReservation } from '../commands/extend-reservation.ts';
import { moveReservation } from '../commands/move-reservation.ts';
import { findReservation } from '../data/reservations.ts';
import type { MachineCommand } from './machine-command.ts';
import { meantInModel, meantKeys, meantReally, type Meant } from './meant-reservations.ts';
import { numberOf, TICK_S } from './real-stock.ts';
import {
  allocationsOf,
  allocationTexts,
  aheadIn,
  linesOf,
  MOST_PLANS,
  numberedShort,
  shortOf,
  statusOf,
} from './reservation-commands.ts';
import { location, SHAPE } from './shape.ts';
import { book, giveBack, sellAhead, settle } from './stock-booking.ts';
import {
  levelAt,
  openUnits,
  stockLines,
  type Entry,
  type OpenLine,
  type Shape,
  type StockModel,
  type Taken,
} from './stock-model.ts';
import { consume, planThatHolds } from './stock-offers.ts';
import { lineText } from './stock-views.ts';

/** A hold is given more time. */
export const extend: MachineCommand<Meant & { readonly lasts: number }> = {
  name: 'extend',
  weight: 3,
  steps: fc.record({ ...meantKeys, lasts: fc.integer({ min: 1, max: 36 }) }),
  expect(model, step) {
    const found = model.reservations.get(meantInModel(model, ['held'], step));
    if (!found) return { kind: 'missing' };
    settle(
      model,
      found.lines.map(({ item }) => item),
    );
    if (found.status !== 'held') return { kind: 'notOpen', status: found.status.toUpperCase() };
    found.expiresAt = Math.max(found.expiresAt, model.now + step.lasts - 0.5);
    return { kind: 'extended', status: statusOf(found), lines: found.lines.map(lineText).sort() };
  },
  async perform(real, step) {
    const { db, names } = real;
    const outcome = await extendReservation(db, {
      key: await meantReally(real, ['held'], step),
      ttlSeconds: (step.lasts - 0.5) * TICK_S,
    });
    if (outcome.kind !== 'extended') return outcome;
    const { status, allocations } = outcome.reservation;
    return { kind: 'extended', status, lines: allocationTexts(names, allocations) };
  },
};

interface Move extends Meant {
  /** Per plan where it takes what it takes. */
  readonly plans: readonly number[];
  /** Per item where each plan takes it instead. */
  readonly from: readonly (readonly (number | null)[])[];
  readonly ahead: readonly (readonly boolean[])[];
  /** Per item how many units come from the usual place all the same. */
  readonly usual: readonly number[];
  /** The bundle that is named instead of its components, as often as there are components for one. */
  readonly bundle: number | null;
  /** Units more than are open. */
  readonly more: number;
}

/** The plans of a step for the units that are open, per item. */
function plansFor(open: ReadonlyMap<number, number>, bundles: Shape['bundles'], step: Move): Taken[][] {
  const units = new Map(open.size > 0 ? open : [[0, 1]]);
  const parts = step.bundle === null ? [] : bundles[step.bundle]!;
  const sets = Math.min(...parts.map(({ item, quantity }) => Math.floor((units.get(item) ?? 0) / quantity)));
  if (parts.length > 0 && sets > 0) {
    for (const { item, quantity } of parts) units.set(item, units.get(item)! - sets * quantity);
    units.set(SHAPE.itemCount + step.bundle!, sets);
  }
  const things = [...units].filter(([, quantity]) => quantity > 0).sort(([a], [b]) => a - b);
  return step.plans.map((usual, plan) =>
    things.flatMap(([item, given], index): Taken[] => {
      const quantity = given + (index === 0 ? step.more : 0);
      const nth = item % SHAPE.itemCount;
      const other = step.from[nth]![plan] ?? usual;
      const stays = other === usual ? 0 : Math.min(step.usual[nth]!, quantity - 1);
      const moved = { item, location: other, quantity: quantity - stays, ahead: step.ahead[nth]![plan]! };
      return stays > 0 ? [{ item, location: usual, quantity: stays, ahead: false }, moved] : [moved];
    }),
  );
}

/** Units that are not shipped, per item. */
function openPerItem(lines: readonly { readonly item: number; readonly quantity: number; readonly shipped: number }[]) {
  const open = new Map<number, number>();
  for (const { item, quantity, shipped } of lines)
    if (quantity > shipped) open.set(item, (open.get(item) ?? 0) + quantity - shipped);
  return open;
}

const perItem = (plan: readonly Taken[]) => openPerItem(plan.map((taken) => ({ ...taken, shipped: 0 })));
const inOrder = (units: ReadonlyMap<number, number>) => [...units].sort(([a], [b]) => a - b);

/** The stock as it were without a reservation. */
function without(model: StockModel, ofKey: number): StockModel {
  const copy = structuredClone(model);
  const reservation = copy.reservations.get(ofKey)!;
  for (const line of reservation.lines) {
    const level = levelAt(copy, line.item, line.location);
    const available = level.available + openUnits(line);
    copy.levels.set(`${line.item} ${line.location}`, { ...level, available });
  }
  giveBack(copy, reservation);
  return copy;
}

const perPlan = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(value, { minLength: MOST_PLANS, maxLength: MOST_PLANS });
const perThing = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(value, { minLength: SHAPE.itemCount, maxLength: SHAPE.itemCount });

const OPEN = ['held', 'committed'] as const;

/** A reservation takes its units from elsewhere, or waits for them elsewhere. */
export const move: MachineCommand<Move> = {
  name: 'move',
  weight: 9,
  steps: fc.record({
    ...meantKeys,
    plans: fc.array(location, { minLength: 1, maxLength: MOST_PLANS }),
    from: perThing(perPlan(fc.option(location, { freq: 2 }))),
    ahead: perThing(aheadIn),
    usual: perThing(fc.nat(2)),
    bundle: fc.option(fc.nat(SHAPE.bundles.length - 1)),
    more: fc.integer({ min: 0, max: 15 }).map((n) => Math.max(0, n - 14)),
  }),
  expect(model, step) {
    const ofKey = meantInModel(model, OPEN, step);
    const found = model.reservations.get(ofKey);
    if (!found) return { kind: 'missing' };
    const given = plansFor(openPerItem(found.lines), model.bundles, step);
    settle(
      model,
      found.lines.map(({ item }) => item),
    );
    if (found.status !== 'held' && found.status !== 'committed')
      return { kind: 'notOpen', status: found.status.toUpperCase() };
    const plans = given.map((plan) => stockLines(model, plan));
    const open = inOrder(openPerItem(found.lines));
    if (plans.some((plan) => JSON.stringify(inOrder(perItem(plan))) !== JSON.stringify(open)))
      return { kind: 'otherDemand', open };
    const asIf = without(model, ofKey);
    const planIndex = planThatHolds(asIf, found.channel, plans);
    const taken = plans[planIndex];
    if (!taken) return shortOf(asIf, found.channel, inOrder(perItem(given[0]!)));
    const state = found.status === 'held' ? 'reserved' : 'committed';
    const entries = found.lines.map((line): Entry => ({
      ...line,
      quantity: openUnits(line),
      from: state,
      to: 'available',
    }));
    for (const { ahead, ...line } of taken) if (!ahead) entries.push({ ...line, from: 'available', to: state });
    // What is not booked goes on counting where it did.
    const booked = netted(entries).filter(({ quantity }) => quantity > 0);
    const isBooked = (item: number) => booked.some((entry) => entry.item === item);
    giveBack(model, found, isBooked);
    const lines = new Map<string, OpenLine>();
    for (const line of found.lines)
      if (line.shipped > 0)
        lines.set(`${line.item} ${line.location}`, { ...line, quantity: line.shipped, shorted: 0, waiting: 0 });
    for (const line of linesOf(model, taken)) {
      const shipped = lines.get(`${line.item} ${line.location}`)?.shipped ?? 0;
      const before = found.lines.find((each) => each.item === line.item && each.location === line.location);
      const policy = isBooked(line.item) ? line.policy : (before?.policy ?? null);
      lines.set(`${line.item} ${line.location}`, { ...line, policy, quantity: line.quantity + shipped, shipped });
      if (isBooked(line.item)) consume(model, found.channel, line.item, policy, line.quantity - line.waiting);
      sellAhead(model, line.item, line.waiting);
    }
    found.lines = [...lines.values()];
    found.planIndex = planIndex;
    book(model, booked);
    return { kind: 'moved', status: statusOf(found), planIndex, lines: found.lines.map(lineText).sort() };
  },
  async perform(real, step) {
    const { db, names } = real;
    const ofKey = await meantReally(real, OPEN, step);
    const reservation = await findReservation(db, ofKey);
    const lines = (reservation?.allocations ?? []).map(({ variantId, ...units }) => ({
      item: numberOf(names.things, variantId),
      ...units,
    }));
    const outcome = await moveReservation(db, {
      key: ofKey,
      plans: plansFor(openPerItem(lines), names.bundles, step).map((plan) => ({
        allocations: allocationsOf(names, plan),
      })),
    });
    switch (outcome.kind) {
      case 'moved': {
        const { status, planIndex, allocations } = outcome.reservation;
        return { kind: 'moved', status, planIndex, lines: allocationTexts(names, allocations) };
      }
      case 'short':
        return numberedShort(names, outcome.variants);
      case 'otherDemand':
        return {
          kind: 'otherDemand',
          open: outcome.open.map(({ variantId, quantity }) => [numberOf(names.things, variantId), quantity]),
        };
      default:
        return outcome;
    }
  },
};

/** What is given back and taken again at one place is not booked. */
function netted(entries: readonly Entry[]): Entry[] {
  const taken = new Map<string, { entry: Entry; units: number }>();
  for (const entry of entries) {
    const place = `${entry.item} ${entry.location}`;
    const units = (taken.get(place)?.units ?? 0) + (entry.to === 'available' ? -entry.quantity : entry.quantity);
    taken.set(place, { entry, units });
  }
  return [...taken.values()].map(({ entry: { item, location: at, from, to }, units }): Entry => {
    const state = from === 'available' ? to : from;
    const place = { item, location: at, quantity: Math.abs(units) };
    return units > 0 ? { ...place, from: 'available', to: state } : { ...place, from: state, to: 'available' };
  });
}
