import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountOff,
  bundle,
  buyGet,
  euros,
  EVERYTHING,
  factsOf,
  freeShipping,
  gift,
  givenCart,
  givenContext,
  type GivenPromotion,
  goods,
  orderAmount,
  orderPercent,
  percent,
  promotion,
} from '../../testing/given-promotions.ts';
import { applyPromotions } from './apply-promotions.ts';
import { compilePromotions } from './compile-promotions.ts';
import type { PromotionCart, PromotionLine, PromotionOutcome } from './promotion-cart.ts';
import type { Promotion, PromotionClass, PromotionEffect } from './promotion.ts';
import { unitPromotions } from './unit-promotions.ts';

const VARIANTS = ['book', 'jacket', 'kettle', 'mug', 'pen', 'shirt', 'socks'];
const RUNS = { seed: 20_260_302, numRuns: 1500 };

const target = fc.oneof(
  fc.constant(EVERYTHING),
  fc.subarray(VARIANTS, { minLength: 1, maxLength: 3 }).map((names) => goods(...names)),
  fc.constantFrom(goods('category:clothes'), goods('category:kitchen', '-mug'), goods('vendor:Nord'), goods('-shirt')),
);
const share = fc.integer({ min: 1, max: 10_000 }).map((basisPoints) => basisPoints / 100);
const amount = fc.integer({ min: 1, max: 9_000 }).map((cents) => cents / 100);
const count = fc.integer({ min: 1, max: 3 });
const maxTimes = fc.option(count);
const unitEffect = fc.oneof(
  fc.tuple(share, target).map(([each, on]) => percent(each, on)),
  fc.tuple(amount, target).map(([each, on]) => amountOff(each, on)),
);
const effect: fc.Arbitrary<PromotionEffect> = fc.oneof(
  { weight: 3, arbitrary: unitEffect },
  fc
    .tuple(count, target, count, target, share, maxTimes)
    .map(([m, buy, n, get, each, times]) => buyGet([m, buy], [n, get], each, times)),
  fc
    .tuple(amount, fc.array(fc.tuple(count, target), { minLength: 1, maxLength: 3 }), maxTimes)
    .map((all) => bundle(...all)),
  fc.tuple(fc.constantFrom(...VARIANTS), count).map(([variant, quantity]) => gift(variant, quantity)),
  fc.tuple(share, target).map(([each, on]) => orderPercent(each, on)),
  fc.tuple(amount, target).map(([each, on]) => orderAmount(each, on)),
  fc.constantFrom(freeShipping(), freeShipping('express')),
);
const classes = fc.subarray<PromotionClass>(['PRODUCT', 'ORDER', 'SHIPPING']);
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.integer({ min: 1, max: 30_000 }).map((cents) => ({ minSubtotal: euros(cents / 100) })),
  fc.tuple(count, target).map(([minQuantity, counting]) => ({ minQuantity, counting })),
  fc.constantFrom({ channels: ['pos'] }, { firstOrder: true }, { groups: ['gold'] }),
);
const limits = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.integer({ min: 1, max: 5_000 }).map((minor) => ({ budget: { minor, currency: 'EUR' } })),
);
const given = fc.record({
  priority: fc.integer({ min: 0, max: 2 }),
  with: classes.map((all) => all.join(' ')),
  when: conditions,
  limits,
  isExhausted: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
}) satisfies fc.Arbitrary<GivenPromotion>;

const named = (all: readonly (readonly [PromotionEffect, GivenPromotion])[]) =>
  all.map(([each, how], index) => promotion(`p${index}`, each, how));
const promotions = fc.array(fc.tuple(effect, given), { maxLength: 12 }).map(named);

const line = (modes: readonly boolean[]) =>
  fc.record({
    quantity: fc.integer({ min: 1, max: 7 }),
    unit: fc.record({ minor: fc.integer({ min: 0, max: 9_999 }), micros: fc.constantFrom(0, 0, 0, 500_000, 123_456) }),
    taxIncluded: fc.constantFrom(...modes),
    taxBasisPoints: fc.constantFrom(0, 700, 1900, 2550),
  });
const cartOf = (modes: readonly boolean[]): fc.Arbitrary<PromotionCart> =>
  fc
    .tuple(fc.subarray(VARIANTS, { minLength: 1 }), fc.array(line(modes), { minLength: 7, maxLength: 7 }), fc.boolean())
    .map(([variants, lines, isSent]) => ({
      ...givenCart([]),
      lines: variants.map((variantId, index): PromotionLine => ({
        ...lines[index]!,
        variantId,
        facts: factsOf(variantId),
      })),
      shipping: isSent ? { optionCode: 'standard', amountMinor: 490 } : null,
    }));
const cart = fc.oneof(cartOf([true]), cartOf([false]), cartOf([true, false]));

const apply = (all: readonly Promotion[], to: PromotionCart) => applyPromotions(compilePromotions(all), to);
const sum = (amounts: readonly { amountMinor: number }[]) =>
  amounts.reduce((all, { amountMinor }) => all + amountMinor, 0);
const totalOf = ({ lines }: PromotionOutcome) => lines.reduce((all, { totalMinor }) => all + totalMinor, 0);

describe('applyPromotions', () => {
  test('takes off each line exactly what its discounts say, never more than it costs', () => {
    fc.assert(
      fc.property(promotions, cart, (all, to) => {
        const outcome = apply(all, to);
        expect(outcome.lines.map(({ variantId }) => variantId)).toEqual(to.lines.map(({ variantId }) => variantId));
        for (const { totalMinor, baseMinor, discounts } of outcome.lines) {
          expect(totalMinor).toBeGreaterThanOrEqual(0);
          expect(totalMinor + sum(discounts)).toBe(baseMinor);
          for (const { amountMinor } of discounts) expect(amountMinor).toBeGreaterThan(0);
          expect(new Set(discounts.map(({ promotionId }) => promotionId)).size).toBe(discounts.length);
        }
        const off = outcome.lines.flatMap(({ discounts }) => discounts).concat(outcome.shippingDiscounts);
        expect(sum(outcome.applied)).toBe(sum(off));
        expect(sum(outcome.shippingDiscounts)).toBeLessThanOrEqual(to.shipping?.amountMinor ?? 0);
        for (const { promotion: { limits: { budget } }, amountMinor } of outcome.applied) expect(amountMinor).toBeLessThanOrEqual(budget?.minor ?? Infinity); // prettier-ignore
      }),
      RUNS,
    );
  });

  test('gives the same whatever the order of lines and promotions, and however often it is asked', () => {
    fc.assert(
      fc.property(promotions, cart, (all, to) => {
        const compiled = compilePromotions(all);
        const outcome = applyPromotions(compiled, to);
        expect(applyPromotions(compiled, to)).toEqual(outcome);
        const turned = apply(all.toReversed(), { ...to, lines: to.lines.toReversed() });
        expect({ ...turned, lines: turned.lines.toReversed() }).toEqual(outcome);
      }),
      { ...RUNS, numRuns: 700 },
    );
  });

  test('says of every promotion that it was applied, or why not', () => {
    fc.assert(
      fc.property(promotions, cart, (all, to) => {
        const { trials, applied } = apply(all, to);
        expect(trials.map(({ promotion: { id } }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        const said = new Map(applied.map(({ promotion: { id }, amountMinor }) => [id, amountMinor]));
        for (const trial of trials) {
          expect(trial.applied).toBe(said.has(trial.promotion.id));
          expect(trial.refusal === null).toBe(trial.applied);
          expect(trial.amountMinor).toBe(said.get(trial.promotion.id) ?? 0);
          expect(trial.rival === null).toBe(trial.refusal !== 'NOT_COMBINABLE');
        }
      }),
      RUNS,
    );
  });

  test('is not changed by promotions that the context, the customer or their limits refuse', () => {
    const never = [
      'OTHER_CHANNEL',
      'SIGN_IN_NEEDED',
      'OTHER_GROUP',
      'LIMIT_REACHED',
      'BUDGET_SPENT',
      'NO_MATCHING_LINE',
    ];
    fc.assert(
      fc.property(promotions, cart, (all, to) => {
        const outcome = apply(all, to);
        const refused = new Set(
          outcome.trials.filter(({ refusal }) => never.includes(refusal ?? '')).map(({ promotion: { id } }) => id),
        );
        const isOffered = ({ id }: Promotion) => outcome.gifts.some(({ promotionId }) => promotionId === id);
        const rest = apply(
          all.filter((each) => !refused.has(each.id) || isOffered(each)),
          to,
        );
        expect(rest.lines).toEqual(outcome.lines);
        expect(rest.applied).toEqual(outcome.applied);
        expect(rest.gifts).toEqual(outcome.gifts);
      }),
      RUNS,
    );
  });

  test('lets only those meet that consent to each other', () => {
    fc.assert(
      fc.property(promotions, cart, (all, to) => {
        const { applied, lines } = apply(all, to);
        for (const left of applied) {
          for (const right of applied) {
            if (left === right) continue;
            const meet =
              left.class !== 'PRODUCT' ||
              right.class !== 'PRODUCT' ||
              lines.some(({ discounts }) =>
                [left, right].every(({ promotion: { id } }) => discounts.some(({ promotionId }) => promotionId === id)),
              );
            if (meet) expect(left.promotion.combinesWith).toContain(right.class);
          }
        }
      }),
      RUNS,
    );
  });

  test('applies nothing whose threshold was not reached when its turn came', () => {
    fc.assert(
      fc.property(promotions, cartOf([true]), (all, to) => {
        const { applied, lines } = apply(all, to);
        for (const [turn, { promotion: each, class: kind }] of applied.entries()) {
          const least = each.conditions.minSubtotal?.['EUR'];
          if (least === undefined || ['PERCENT', 'AMOUNT', 'GIFT'].includes(each.effect.kind)) continue;
          const before = new Set(applied.slice(0, turn).map(({ promotion: { id } }) => id));
          const due = lines.reduce(
            (whole, { baseMinor, discounts }) =>
              whole + baseMinor - sum(discounts.filter(({ promotionId }) => before.has(promotionId))),
            0,
          );
          expect(due, `${each.id} ${kind}`).toBeGreaterThanOrEqual(least);
        }
      }),
      RUNS,
    );
  });

  test('costs no more with a higher share off', () => {
    const shares = fc.tuple(share, share).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const make = fc.constantFrom(
      (each: number) => percent(each, goods('category:clothes')),
      (each: number) => orderPercent(each),
      (each: number) => buyGet([1, EVERYTHING], [1, EVERYTHING], each),
      (each: number) => amountOff(each),
      (each: number) => orderAmount(each),
    );
    fc.assert(
      fc.property(shares, make, cartOf([true]), ([low, high], effectOf, to) => {
        const dear = apply([promotion('low', effectOf(low))], to);
        const cheap = apply([promotion('high', effectOf(high))], to);
        expect(totalOf(cheap)).toBeLessThanOrEqual(totalOf(dear));
      }),
      RUNS,
    );
  });

  test('keeps a net line net when nothing was spread over it, and turns it gross otherwise', () => {
    const lines = ['1 shirt', '2 drill at 10.00 net'];
    const reduced = apply([promotion('TEN', percent(10))], givenCart(lines)).lines;
    expect(reduced[0]).toMatchObject({
      taxIncluded: false,
      unit: { minor: 900, micros: 0 },
      baseMinor: 2000,
      totalMinor: 1800,
    });

    const all = [
      promotion('TEN', percent(10), { with: 'ORDER' }),
      promotion('ORDER', orderPercent(10), { with: 'PRODUCT' }),
    ];
    const [drill, shirt] = apply(all, givenCart(lines)).lines;
    expect(drill).toEqual({
      variantId: 'drill',
      quantity: 2,
      unit: { minor: 1071, micros: 0 },
      taxIncluded: true,
      baseMinor: 2380,
      totalMinor: 1928,
      discounts: [
        { promotionId: 'TEN', amountMinor: 238, class: 'PRODUCT' },
        { promotionId: 'ORDER', amountMinor: 214, class: 'ORDER' },
      ],
    });
    expect(shirt).toMatchObject({ taxIncluded: true, totalMinor: 1620 });
  });

  test('names the code that a promotion came by, the first of several', () => {
    const codes = new Map([
      ['SPRING', { promotionId: 'TEN' }],
      ['EASTER', { promotionId: 'TEN' }],
    ]);
    const ten = promotion('TEN', percent(10), { needsCode: true });
    expect(apply([ten], givenCart(['1 shirt'], { codes })).applied).toEqual([
      { promotion: ten, class: 'PRODUCT', code: 'EASTER', amountMinor: 200 },
    ]);
  });

  test('answers an empty cart', () => {
    expect(apply([promotion('TEN', orderPercent(10))], givenCart([]))).toMatchObject({
      lines: [],
      applied: [],
      gifts: [],
    });
  });
});

describe('unitPromotions', () => {
  const units = fc.array(fc.tuple(unitEffect, given), { maxLength: 10 }).map(named);

  test('says what a cart of the line alone would cost', () => {
    fc.assert(
      fc.property(units, cart, (all, to) => {
        const compiled = compilePromotions(all);
        for (const each of to.lines) {
          const { unit, applied } = unitPromotions(compiled, each, to.context);
          const [alone] = applyPromotions(compiled, { ...to, lines: [each] }).lines;
          expect(alone!.unit).toEqual(unit);
          const micros = (of: { minor: number; micros: number }) => of.minor * 1_000_000 + of.micros;
          const off = applied.reduce((whole, { amountPerUnit }) => whole + micros(amountPerUnit), 0);
          expect(micros(unit) + off).toBe(micros(each.unit));
        }
      }),
      RUNS,
    );
  });

  test('says what any cart shows, as long as no condition or budget looks at more than the line', () => {
    const free = units.map((all) => all.map((each) => ({ ...each, conditions: { ...each.conditions, minQuantity: null, minSubtotal: null }, limits: { ...each.limits, budget: null } }))); // prettier-ignore
    fc.assert(
      fc.property(free, cart, (all, to) => {
        const compiled = compilePromotions(all);
        const { lines } = applyPromotions(compiled, to);
        expect(lines.map(({ unit }) => unit)).toEqual(
          to.lines.map((each) => unitPromotions(compiled, each, to.context).unit),
        );
      }),
      RUNS,
    );
  });

  test('leaves out what needs a code, counts a customer, or is no unit promotion', () => {
    const all = [
      promotion('CODE', percent(50), { needsCode: true }),
      promotion('ONCE', percent(40), { limits: { maxUsesPerCustomer: 1 } }),
      promotion('FIRST', percent(30), { when: { firstOrder: true } }),
      promotion('ORDER', orderPercent(20)),
      promotion('TEN', percent(10)),
    ];
    const shirt = givenCart(['1 shirt']).lines[0]!;
    expect(unitPromotions(compilePromotions(all), shirt, givenContext())).toEqual({
      unit: { minor: 1800, micros: 0 },
      applied: [{ promotion: all[4], amountPerUnit: { minor: 200, micros: 0 } }],
    });
  });

  test('counts the quantity that is asked for', () => {
    const compiled = compilePromotions([promotion('THREE', percent(10), { when: { minQuantity: 3 } })]);
    const unitOf = (words: string) => unitPromotions(compiled, givenCart([words]).lines[0]!, givenContext()).unit.minor;
    expect([unitOf('2 shirt'), unitOf('3 shirt')]).toEqual([2000, 1800]);
  });
});
