import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { bookSale } from '../commands/book-sale.ts';
import { cancelReservation } from '../commands/cancel-reservation.ts';
import { shipReservation } from '../commands/ship-reservation.ts';
import { findReservation } from '../data/reservations.ts';
import type { MachineCommand } from './machine-command.ts';
import { meantInModel, meantKeys, meantReally, mostly, type Meant } from './meant-reservations.ts';
import { numberOf, type RealStock } from './real-stock.ts';
import { channel, location, thing } from './shape.ts';
import { book, freeUnits, sellAhead, settle } from './stock-booking.ts';
import {
  attempt,
  levelAt,
  oncePerKey,
  openUnits,
  stockLines,
  type Entry,
  type Line,
  type ModelReservation,
  type OpenLine,
  type StockModel,
} from './stock-model.ts';
import { consume, consumingPolicy } from './stock-offers.ts';

interface Change extends Meant {
  /** The key of the shipment or of the cancellation. */
  readonly changeKey: number;
  /** Which line of the reservation, counted round, and how many units of it. */
  readonly which: number;
  readonly quantity: number;
  /** Whether no more than can be. */
  readonly fits: boolean;
}

const change = fc.record({
  ...meantKeys,
  changeKey: fc.nat(200),
  which: fc.nat(3),
  quantity: fc.integer({ min: 1, max: 5 }),
  fits: mostly,
});

type OrderLine = Omit<OpenLine, 'policy'>;
/** How many units of a line can be changed. */
type Open = (line: OrderLine) => number;

const shippable: Open = ({ quantity, shipped, waiting }) => quantity - shipped - waiting;
const cancellable: Open = ({ quantity, shipped }) => quantity - shipped;

/** The line that a step means; of a reservation without lines, one that it does not have. */
function meant(lines: readonly OrderLine[], step: Change, open: Open): Line {
  const fitting = step.fits ? lines.filter((line) => open(line) > 0) : lines;
  const choice = fitting.length > 0 ? fitting : lines;
  const line = [...choice].sort((a, b) => a.item - b.item || a.location - b.location)[
    step.which % Math.max(1, choice.length)
  ];
  const quantity = step.fits && line ? Math.max(1, Math.min(step.quantity, open(line))) : step.quantity;
  return { item: line?.item ?? 0, location: line?.location ?? 0, quantity };
}

/** The same, of the reservation as it really is. */
async function reallyMeant(real: RealStock, step: Change, open: Open) {
  const { db, names } = real;
  const reservationKey = await meantReally(real, ['committed'], step);
  const reservation = await findReservation(db, reservationKey);
  const lines = (reservation?.allocations ?? []).map(({ variantId, locationId, ...units }) => ({
    item: numberOf(names.things, variantId),
    location: numberOf(names.locations, locationId),
    ...units,
  }));
  const line = meant(lines, step, open);
  const variantId = names.things[line.item]!;
  const locationId = names.locations[line.location]!;
  return { key: reservationKey, lines: [{ variantId, locationId, quantity: line.quantity }] };
}

/** A change of a committed reservation: once per key, of lines that are open. */
function ofOrder(
  model: StockModel,
  step: Change,
  name: string,
  open: Open,
  work: (reservation: ModelReservation, line: OpenLine, wanted: Line) => unknown,
): unknown {
  const reservationKey = meantInModel(model, ['committed'], step);
  const reservation = model.reservations.get(reservationKey);
  if (!reservation) return { kind: 'missing', repeats: true };
  const wanted = meant(reservation.lines, step, open);
  return attempt(model, () => {
    const found = model.reservations.get(reservationKey)!;
    settle(
      model,
      found.lines.map(({ item }) => item),
    );
    const keyName = `${name} ${step.changeKey}`;
    if (!model.keys.has(keyName)) {
      if (found.status !== 'committed') return { kind: 'notOpen', status: found.status.toUpperCase(), repeats: true };
      const line = found.lines.find((each) => each.item === wanted.item && each.location === wanted.location);
      if (!line || open(line) < wanted.quantity) return { kind: 'tooMany', open: line ? open(line) : 0, repeats: true };
      return oncePerKey(model, keyName, [reservationKey, wanted], () => work(found, line, wanted));
    }
    return oncePerKey(model, keyName, [reservationKey, wanted], () => undefined);
  });
}

interface Told {
  readonly kind: string;
  readonly lines?: readonly { readonly open?: number; readonly short?: number; readonly released?: number }[];
  readonly status?: string;
}

/** Of an outcome what the model says of it. @param again the answer when it was asked for once more. */
function numbered(outcome: Told, again: Told): object {
  const repeats = isDeepStrictEqual(outcome, again);
  return outcome.kind === 'keyReused' ? { kind: outcome.kind } : { ...numbersOf(outcome), repeats };
}

function numbersOf(outcome: Told): object {
  switch (outcome.kind) {
    case 'tooMany':
      return { kind: 'tooMany', open: outcome.lines![0]!.open };
    case 'shipped':
      return { kind: 'shipped', short: outcome.lines![0]!.short };
    case 'cancelled':
      return { kind: 'cancelled', released: outcome.lines![0]!.released };
    case 'notOpen':
      return { kind: 'notOpen', status: outcome.status };
    default:
      return { kind: outcome.kind };
  }
}

const replaced = (lines: readonly OpenLine[], line: OpenLine, by: OpenLine): OpenLine[] =>
  lines.map((each) => (each === line ? by : each)).filter(({ quantity }) => quantity > 0);

/** Units leave the building; those that were lost but found take what is available, and what the books do not have is adjusted. */
export const ship: MachineCommand<Change> = {
  name: 'ship',
  weight: 9,
  steps: change,
  expect: (model, step) =>
    ofOrder(model, step, 'shipment', shippable, (reservation, line, { item, location: at, quantity }) => {
      const place = { item, location: at };
      const lost = Math.max(0, quantity - openUnits(line));
      const free = Math.min(lost, levelAt(model, item, at).available);
      const entries: Entry[] = [
        { ...place, quantity: free, from: 'available', to: 'committed' },
        { ...place, quantity: lost - free, from: null, to: 'committed' },
        { ...place, quantity, from: 'committed', to: null },
      ];
      reservation.lines = replaced(reservation.lines, line, {
        ...line,
        shipped: line.shipped + quantity,
        shorted: line.shorted - lost,
      });
      consume(model, reservation.channel, item, consumingPolicy(model, item, at), free);
      book(
        model,
        entries.filter((entry) => entry.quantity > 0),
      );
      return { kind: 'shipped', short: lost - free, repeats: true };
    }),
  async perform(real, step) {
    const input = { ...(await reallyMeant(real, step, shippable)), shipmentKey: `${real.names.run}-${step.changeKey}` };
    const shipped = () => shipReservation(real.db, real.caller, input);
    return numbered(await shipped(), await shipped());
  },
};

/** Units are not wanted any more: first those that were lost, then those that it waits for, then those that are there. */
export const cancel: MachineCommand<Change> = {
  name: 'cancel',
  weight: 6,
  steps: change,
  expect: (model, step) =>
    ofOrder(model, step, 'cancellation', cancellable, (reservation, line, { item, location: at, quantity }) => {
      const lost = Math.min(quantity, line.shorted);
      const ahead = Math.min(quantity - lost, line.waiting);
      const released = quantity - lost - ahead;
      reservation.lines = replaced(reservation.lines, line, {
        ...line,
        quantity: line.quantity - quantity,
        shorted: line.shorted - lost,
        waiting: line.waiting - ahead,
      });
      sellAhead(model, item, -ahead);
      consume(model, reservation.channel, item, line.policy, -released);
      if (reservation.lines.length === 0) reservation.status = 'released';
      if (released > 0) book(model, [{ item, location: at, quantity: released, from: 'committed', to: 'available' }]);
      return { kind: 'cancelled', released, repeats: true };
    }),
  async perform(real, step) {
    const input = { ...(await reallyMeant(real, step, cancellable)), cancelKey: `${real.names.run}-${step.changeKey}` };
    const cancelled = () => cancelReservation(real.db, input);
    return numbered(await cancelled(), await cancelled());
  },
};

interface Sale {
  readonly key: number;
  readonly channel: number;
  readonly location: number;
  readonly lines: readonly { readonly thing: number; readonly quantity: number }[];
}

/** Something was sold at a till, whatever the books say. */
export const sell: MachineCommand<Sale> = {
  name: 'sell',
  weight: 2,
  steps: fc.record({
    key: fc.nat(40),
    channel,
    location,
    lines: fc.uniqueArray(fc.record({ thing, quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 3,
      selector: (line) => line.thing,
    }),
  }),
  expect: (model, step) =>
    attempt(model, () => {
      const lines = stockLines(
        model,
        step.lines.map((line) => ({ item: line.thing, location: step.location, quantity: line.quantity })),
      );
      settle(
        model,
        lines.map(({ item }) => item),
      );
      const { key: ofKey, ...request } = step;
      const asked = { ...request, lines: [...request.lines].sort((a, b) => a.thing - b.thing) };
      return oncePerKey(model, `sale ${ofKey}`, asked, () => {
        const entries: Entry[] = [];
        const sold = lines.map((line) => {
          const freed = freeUnits(model, line);
          const { available } = levelAt(model, line.item, line.location);
          const short = Math.max(0, line.quantity - available - freed.reduce((sum, { quantity }) => sum + quantity, 0));
          entries.push(...freed);
          if (short > 0) entries.push({ ...line, quantity: short, from: null, to: 'available' });
          entries.push({ ...line, from: 'available', to: null });
          const policy = consumingPolicy(model, line.item, line.location);
          consume(model, step.channel, line.item, policy, line.quantity - short);
          return { item: line.item, quantity: line.quantity, short };
        });
        book(model, entries);
        return { kind: 'sold', lines: sold, repeats: true };
      });
    }),
  async perform({ db, names, caller }, step) {
    const sale = {
      key: `${names.run}-${step.key}`,
      channel: names.channels[step.channel]!,
      locationId: names.locations[step.location]!,
      lines: step.lines.map((line) => ({ variantId: names.things[line.thing]!, quantity: line.quantity })),
      soldAt: '2026-05-04T10:00:00Z',
    };
    const outcome = await bookSale(db, caller, sale);
    const repeats = isDeepStrictEqual(await bookSale(db, caller, sale), outcome);
    if (outcome.kind !== 'sold') return { kind: outcome.kind };
    const lines = outcome.lines.map(({ variantId, ...units }) => ({
      item: numberOf(names.things, variantId),
      ...units,
    }));
    return { kind: 'sold', lines: lines.sort((a, b) => a.item - b.item), repeats };
  },
};
