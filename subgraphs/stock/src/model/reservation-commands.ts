import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sweep } from '../commands/expire-holds.ts';
import type { ReservationRow } from '../data/reservations.ts';
import { demandOf } from '../fixture.ts';
import type { MachineCommand } from './machine-command.ts';
import { meantInModel, meantKeys, meantReally, type Meant } from './meant-reservations.ts';
import { numberOf, TICK_S, type Names } from './real-stock.ts';
import { channel, key, location, thing } from './shape.ts';
import { lineText } from './stock-views.ts';
import { book, endHolds, holdsOver, sellAhead, settle } from './stock-booking.ts';
import {
  isShort,
  stockLines,
  type ModelReservation,
  type OpenLine,
  type StockModel,
  type Taken,
} from './stock-model.ts';
import { consume, consumingPolicy, planThatHolds, sellable } from './stock-offers.ts';

interface Wish {
  readonly thing: number;
  readonly quantity: number;
  /** Where each plan takes it, when that is not where the plan takes everything else. */
  readonly from: readonly (number | null)[];
  /** In which plans it is sold ahead. */
  readonly ahead: readonly boolean[];
}

interface Reserve {
  readonly key: number;
  readonly channel: number;
  /** Per plan where it takes what it takes. */
  readonly plans: readonly number[];
  /** In ticks. A hold ends half a tick before that many have gone by, so that no command is at the very moment. */
  readonly lasts: number;
  readonly wishes: readonly Wish[];
}

/** How many plans a step may have. */
export const MOST_PLANS = 3;
/** In which plans something is sold ahead: mostly in none, else in the last ones. */
export const aheadIn = fc.nat(6).map((n) => Array.from({ length: MOST_PLANS }, (_, plan) => plan >= n));

const plansOf = ({ plans, wishes }: Reserve): Taken[][] =>
  plans.map((usual, plan) =>
    wishes.map((wish) => ({
      item: wish.thing,
      location: wish.from[plan] ?? usual,
      quantity: wish.quantity,
      ahead: wish.ahead[plan] ?? false,
    })),
  );

/** Units asked for of each thing, in order. */
const requested = (step: Reserve): [number, number][] => {
  const units = new Map<number, number>();
  for (const wish of step.wishes) units.set(wish.thing, (units.get(wish.thing) ?? 0) + wish.quantity);
  return [...units].sort(([a], [b]) => a - b);
};

const held = (status: string, planIndex: number, lines: readonly Omit<OpenLine, 'policy'>[]) => ({
  kind: 'held',
  status,
  planIndex,
  lines: lines.map(lineText).sort(),
  repeats: true,
});

/** What allocations of one place become of a reservation: a line each, with what waits of it. */
export function linesOf(model: StockModel, taken: readonly Taken[]): OpenLine[] {
  const lines = new Map<string, OpenLine>();
  for (const { item, location: at, quantity, ahead } of taken) {
    const known = lines.get(`${item} ${at}`);
    lines.set(`${item} ${at}`, {
      item,
      location: at,
      quantity: quantity + (known?.quantity ?? 0),
      shorted: 0,
      shipped: 0,
      waiting: (ahead ? quantity : 0) + (known?.waiting ?? 0),
      policy: consumingPolicy(model, item, at),
    });
  }
  return [...lines.values()];
}

/** Allocations of a reservation in words. */
export const allocationTexts = (names: Names, allocations: ReservationRow['allocations']): string[] =>
  allocations
    .map(({ variantId, locationId, ...units }) =>
      lineText({ item: numberOf(names.things, variantId), location: numberOf(names.locations, locationId), ...units }),
    )
    .sort();

/** A plan as the command takes it. */
export const allocationsOf = (names: Names, plan: readonly Taken[]) =>
  plan.map(({ item, location: at, quantity, ahead }) => ({
    variantId: names.things[item]!,
    locationId: names.locations[at]!,
    quantity,
    ahead,
  }));

/** What a channel cannot have of what it asks for; all of it when each alone would do. */
export function shortOf(model: StockModel, ofChannel: number, units: readonly (readonly [number, number])[]) {
  const wanted = units.map(([each, asked]) => ({
    thing: each,
    requested: asked,
    available: sellable(model, ofChannel, each),
  }));
  const short = wanted.filter((each) => each.available < each.requested);
  return { kind: 'short', variants: short.length > 0 ? short : wanted };
}

/** The same, as it really is. */
export const numberedShort = (
  { things }: Names,
  variants: readonly { readonly variantId: string; readonly requested: number; readonly available: number }[],
) => ({
  kind: 'short',
  variants: variants
    .map(({ variantId, ...units }) => ({ thing: numberOf(things, variantId), ...units }))
    .sort((a, b) => a.thing - b.thing),
});

/** Stock is held: on the first plan that holds as a whole, or not at all. */
export const reserve: MachineCommand<Reserve> = {
  name: 'reserve',
  weight: 24,
  steps: fc.record({
    key,
    channel,
    plans: fc.array(location, { minLength: 1, maxLength: MOST_PLANS }),
    lasts: fc.integer({ min: 1, max: 36 }),
    wishes: fc.array(
      fc.record({
        thing,
        quantity: fc.integer({ min: 1, max: 3 }),
        from: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: location }), {
          minLength: MOST_PLANS,
          maxLength: MOST_PLANS,
        }),
        ahead: aheadIn,
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  expect(model, step) {
    const plans = plansOf(step).map((plan) => stockLines(model, plan));
    settle(
      model,
      plans.flat().map(({ item }) => item),
    );
    const demand = JSON.stringify([step.channel, requested(step)]);
    const earlier = model.reservations.get(step.key);
    if (earlier) {
      if (earlier.demand !== demand) return { kind: 'keyReused' };
      // Read without ending it: a hold that is over counts as expired.
      const isOver = earlier.status === 'held' && earlier.expiresAt <= model.now;
      return held(isOver ? 'EXPIRED' : statusOf(earlier), earlier.planIndex, earlier.lines);
    }
    const planIndex = planThatHolds(model, step.channel, plans);
    const taken = plans[planIndex];
    if (!taken) return shortOf(model, step.channel, requested(step));
    const lines = linesOf(model, taken);
    for (const { item, quantity, ahead, location: at } of taken)
      if (ahead) sellAhead(model, item, quantity);
      else consume(model, step.channel, item, consumingPolicy(model, item, at), quantity);
    book(
      model,
      taken.flatMap((each) => (each.ahead ? [] : [{ ...each, from: 'available' as const, to: 'reserved' as const }])),
    );
    const expiresAt = model.now + step.lasts - 0.5;
    model.reservations.set(step.key, {
      status: 'held',
      channel: step.channel,
      planIndex,
      demand,
      expiresAt,
      lines,
    });
    return held('HELD', planIndex, lines);
  },
  async perform({ names, reserve: hold }, step) {
    const plans = plansOf(step).map((plan) => allocationsOf(names, plan));
    const demand = demandOf(names.channels[step.channel]!, plans, {
      key: `${names.run}-${step.key}`,
      ttlSeconds: (step.lasts - 0.5) * TICK_S,
    });
    const outcome = await hold(demand);
    switch (outcome.kind) {
      case 'held': {
        const { status, planIndex, allocations } = outcome.reservation;
        const repeats = isDeepStrictEqual(await hold(demand), outcome);
        return { kind: 'held', status, planIndex, lines: allocationTexts(names, allocations), repeats };
      }
      case 'short':
        return numberedShort(names, outcome.variants);
      default:
        return outcome;
    }
  },
};

/** A hold of which units were lost is short of them. */
export const statusOf = (reservation: ModelReservation): string =>
  reservation.status === 'held' && isShort(reservation) ? 'SHORTED' : reservation.status.toUpperCase();

/** Held to committed or released: whatever is asked for, a hold that is over expires. */
const end = (ending: 'committed' | 'released'): MachineCommand<Meant> => ({
  name: ending === 'committed' ? 'commit' : 'release',
  weight: ending === 'committed' ? 8 : 3,
  steps: fc.record(meantKeys),
  expect(model, step) {
    const found = model.reservations.get(meantInModel(model, ['held'], step));
    if (!found) return { done: false, status: 'MISSING' };
    const isOver = found.expiresAt <= model.now;
    if (found.status === 'held' && (isOver || ending === 'released' || !isShort(found)))
      endHolds(model, [found], isOver ? 'expired' : ending);
    return { done: found.status === ending, status: statusOf(found) };
  },
  async perform(real, step) {
    const ofKey = await meantReally(real, ['held'], step);
    return ending === 'committed' ? real.endReservation.commit(ofKey) : real.endReservation.release(ofKey);
  },
});
export const commit = end('committed');
export const release = end('released');

/** The sweeper comes by. */
export const sweepNow: MachineCommand<Record<string, never>> = {
  name: 'sweep',
  weight: 2,
  steps: fc.constant({}),
  expect: (model) => endHolds(model, holdsOver(model), 'expired'),
  perform: ({ db }) => sweep(db),
};

/** Time goes by, without anybody noticing. */
export const passTime: MachineCommand<{ readonly ticks: number }> = {
  name: 'time',
  weight: 3,
  steps: fc.record({ ticks: fc.integer({ min: 1, max: 10 }) }),
  expect(model, { ticks }) {
    model.now += ticks;
  },
  perform: (real, { ticks }) => real.advance(ticks),
};
