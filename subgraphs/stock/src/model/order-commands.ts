import fc from 'fast-check';
import { bookSale } from '../commands/book-sale.ts';
import { cancelReservation } from '../commands/cancel-reservation.ts';
import { shipReservation } from '../commands/ship-reservation.ts';
import { findReservation } from '../data/reservations.ts';
import type { MachineCommand } from './machine-command.ts';
import { numberOf, type RealStock } from './real-stock.ts';
import { channel, key, location, thing } from './shape.ts';
import {
  attempt,
  book,
  freeUnits,
  levelAt,
  oncePerKey,
  openUnits,
  settle,
  stockLines,
  type Entry,
  type Line,
  type ModelReservation,
  type OpenLine,
  type StockModel,
} from './stock-model.ts';

interface Change {
  readonly key: number;
  /** The key of the shipment or of the cancellation. */
  readonly changeKey: number;
  /** Which line of the reservation, counted round, and how many units of it. */
  readonly which: number;
  readonly quantity: number;
}

const change = fc.record({
  key,
  changeKey: fc.nat(40),
  which: fc.nat(3),
  quantity: fc.integer({ min: 1, max: 5 }),
});

const inOrder = (lines: readonly Line[]) => [...lines].sort((a, b) => a.item - b.item || a.location - b.location);

/** The line that a step means; of a reservation without lines, one that it does not have. */
const meant = (lines: readonly Line[], { which, quantity }: Change): Line => {
  const line = inOrder(lines)[which % Math.max(1, lines.length)];
  return { item: line?.item ?? 0, location: line?.location ?? 0, quantity };
};

/** The same, of the reservation as it really is. */
async function reallyMeant({ db, names }: RealStock, step: Change) {
  const reservation = await findReservation(db, `${names.run}-${step.key}`);
  const lines = (reservation?.allocations ?? []).map((each) => ({
    item: numberOf(names.things, each.variantId),
    location: numberOf(names.locations, each.locationId),
    quantity: each.quantity,
  }));
  const line = meant(lines, step);
  return [
    {
      variantId: names.things[line.item]!,
      locationId: names.locations[line.location]!,
      quantity: line.quantity,
    },
  ];
}

/** A change of a committed reservation: once per key, of lines that are open. */
function ofOrder(
  model: StockModel,
  step: Change,
  name: string,
  work: (reservation: ModelReservation, line: OpenLine, wanted: Line) => unknown,
  open: (line: OpenLine) => number,
): unknown {
  const reservation = model.reservations.get(step.key);
  if (!reservation) return { kind: 'missing' };
  const wanted = meant(reservation.lines, step);
  return attempt(model, () => {
    const found = model.reservations.get(step.key)!;
    settle(
      model,
      found.lines.map(({ item }) => item),
    );
    const refused: { outcome?: unknown } = {};
    const keyName = `${name} ${step.changeKey}`;
    const content = [step.key, wanted];
    if (!model.keys.has(keyName)) {
      const line = found.lines.find((each) => each.item === wanted.item && each.location === wanted.location);
      if (found.status !== 'committed') refused.outcome = { kind: 'notOpen', status: found.status.toUpperCase() };
      else if (!line || open(line) < wanted.quantity)
        refused.outcome = { kind: 'tooMany', open: line ? open(line) : 0 };
      if (refused.outcome) return refused.outcome;
      return oncePerKey(model, keyName, content, () => work(found, line!, wanted));
    }
    return oncePerKey(model, keyName, content, () => undefined);
  });
}

interface Told {
  readonly kind: string;
  readonly lines?: readonly { readonly open?: number; readonly short?: number; readonly released?: number }[];
  readonly status?: string;
}

/** Of an outcome what the model says of it. */
function numbered(outcome: Told): unknown {
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
  weight: 6,
  steps: change,
  expect: (model, step) =>
    ofOrder(
      model,
      step,
      'shipment',
      (reservation, line, { item, location: at, quantity }) => {
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
        book(
          model,
          entries.filter((entry) => entry.quantity > 0),
        );
        return { kind: 'shipped', short: lost - free };
      },
      ({ quantity, shipped }) => quantity - shipped,
    ),
  perform: async (real, step) =>
    numbered(
      await shipReservation(real.db, real.caller, {
        key: `${real.names.run}-${step.key}`,
        shipmentKey: `${real.names.run}-${step.changeKey}`,
        lines: await reallyMeant(real, step),
      }),
    ),
};

/** Units are not wanted any more: first those that were lost, then those that are there. */
export const cancel: MachineCommand<Change> = {
  name: 'cancel',
  weight: 4,
  steps: change,
  expect: (model, step) =>
    ofOrder(
      model,
      step,
      'cancellation',
      (reservation, line, { item, location: at, quantity }) => {
        const lost = Math.min(quantity, line.shorted);
        const released = quantity - lost;
        reservation.lines = replaced(reservation.lines, line, {
          ...line,
          quantity: line.quantity - quantity,
          shorted: line.shorted - lost,
        });
        if (reservation.lines.length === 0) reservation.status = 'released';
        if (released > 0) book(model, [{ item, location: at, quantity: released, from: 'committed', to: 'available' }]);
        return { kind: 'cancelled', released };
      },
      ({ quantity, shipped }) => quantity - shipped,
    ),
  perform: async (real, step) =>
    numbered(
      await cancelReservation(real.db, {
        key: `${real.names.run}-${step.key}`,
        cancelKey: `${real.names.run}-${step.changeKey}`,
        lines: await reallyMeant(real, step),
      }),
    ),
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
          return { item: line.item, quantity: line.quantity, short };
        });
        book(model, entries);
        return { kind: 'sold', lines: sold };
      });
    }),
  async perform({ db, names, caller }, step) {
    const outcome = await bookSale(db, caller, {
      key: `${names.run}-${step.key}`,
      channel: names.channels[step.channel]!,
      locationId: names.locations[step.location]!,
      lines: step.lines.map((line) => ({ variantId: names.things[line.thing]!, quantity: line.quantity })),
      soldAt: '2026-05-04T10:00:00Z',
    });
    if (outcome.kind !== 'sold') return { kind: outcome.kind };
    const lines = outcome.lines.map(({ variantId, ...units }) => ({
      item: numberOf(names.things, variantId),
      ...units,
    }));
    return { kind: 'sold', lines: lines.sort((a, b) => a.item - b.item) };
  },
};
