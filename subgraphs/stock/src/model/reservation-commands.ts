import fc from 'fast-check';
import { sweep } from '../commands/expire-holds.ts';
import { findReservation } from '../data/reservations.ts';
import { demandOf } from '../fixture.ts';
import type { MachineCommand } from './machine-command.ts';
import { numberOf, TICK_S } from './real-stock.ts';
import { channel, key, location, thing } from './shape.ts';
import { lineText } from './stock-views.ts';
import {
  book,
  endHolds,
  holdsOver,
  levelAt,
  sellable,
  settle,
  stockLines,
  isShort,
  type Line,
  type OpenLine,
  type ModelReservation,
} from './stock-model.ts';

interface Wish {
  readonly thing: number;
  readonly quantity: number;
  /** Where each plan takes it, when that is not where the plan takes everything else. */
  readonly from: readonly (number | null)[];
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

const MOST_PLANS = 3;

const plansOf = ({ plans, wishes }: Reserve): Line[][] =>
  plans.map((usual, plan) =>
    wishes.map((wish) => ({ item: wish.thing, location: wish.from[plan] ?? usual, quantity: wish.quantity })),
  );

/** Units asked for of each thing, in order. */
const requested = (step: Reserve): [number, number][] => {
  const units = new Map<number, number>();
  for (const wish of step.wishes) units.set(wish.thing, (units.get(wish.thing) ?? 0) + wish.quantity);
  return [...units].sort(([a], [b]) => a - b);
};

const held = (status: string, planIndex: number, lines: readonly OpenLine[]) => ({
  kind: 'held',
  status,
  planIndex,
  lines: lines.map(lineText).sort(),
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
        quantity: fc.integer({ min: 1, max: 4 }),
        from: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: location }), {
          minLength: MOST_PLANS,
          maxLength: MOST_PLANS,
        }),
      }),
      { minLength: 1, maxLength: 3 },
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
    const places = model.places[step.channel]!;
    const planIndex = plans.findIndex((plan) =>
      plan.every(
        ({ item, location: at, quantity }) => places.includes(at) && levelAt(model, item, at).available >= quantity,
      ),
    );
    const lines = plans[planIndex]?.map((line): OpenLine => ({ ...line, shorted: 0, shipped: 0 }));
    if (!lines) {
      const wanted = requested(step).map(([each, units]) => ({
        thing: each,
        requested: units,
        available: sellable(model, step.channel, each),
      }));
      const short = wanted.filter((each) => each.available < each.requested);
      return { kind: 'short', variants: short.length > 0 ? short : wanted };
    }
    book(
      model,
      lines.map((line) => ({ ...line, from: 'available', to: 'reserved' })),
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
  async perform(real, step) {
    const { names } = real;
    const plans = plansOf(step).map((plan) =>
      plan.map(({ item, location: at, quantity }) => ({
        variantId: names.things[item]!,
        locationId: names.locations[at]!,
        quantity,
      })),
    );
    const outcome = await real.reserve(
      demandOf(names.channels[step.channel]!, plans, {
        key: `${names.run}-${step.key}`,
        ttlSeconds: (step.lasts - 0.5) * TICK_S,
      }),
    );
    switch (outcome.kind) {
      case 'held': {
        const { status, planIndex } = outcome.reservation;
        // As it is kept: what is answered at first names bundles where this names their components.
        const { allocations } = (await findReservation(real.db, `${names.run}-${step.key}`))!;
        const lines = allocations.map((each) => ({
          item: numberOf(names.things, each.variantId),
          location: numberOf(names.locations, each.locationId),
          quantity: each.quantity,
          shorted: each.shorted,
          shipped: each.shipped,
        }));
        return held(status, planIndex, lines);
      }
      case 'short':
        return {
          kind: 'short',
          variants: outcome.variants
            .map(({ variantId, ...units }) => ({ thing: numberOf(names.things, variantId), ...units }))
            .sort((a, b) => a.thing - b.thing),
        };
      default:
        return outcome;
    }
  },
};

/** A hold of which units were lost is short of them. */
const statusOf = (reservation: ModelReservation): string =>
  reservation.status === 'held' && isShort(reservation) ? 'SHORTED' : reservation.status.toUpperCase();

/** Held to committed or released: whatever is asked for, a hold that is over expires. */
const end = (ending: 'committed' | 'released'): MachineCommand<{ readonly key: number }> => ({
  name: ending === 'committed' ? 'commit' : 'release',
  weight: ending === 'committed' ? 8 : 3,
  steps: fc.record({ key }),
  expect(model, step) {
    const found = model.reservations.get(step.key);
    if (!found) return { done: false, status: 'MISSING' };
    const isOver = found.expiresAt <= model.now;
    if (found.status === 'held' && (isOver || ending === 'released' || !isShort(found)))
      endHolds(model, [found], isOver ? 'expired' : ending);
    return { done: found.status === ending, status: statusOf(found) };
  },
  perform: ({ endReservation, names }, step) =>
    ending === 'committed'
      ? endReservation.commit(`${names.run}-${step.key}`)
      : endReservation.release(`${names.run}-${step.key}`),
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
