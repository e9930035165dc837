import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capOf, claimsOf, outstanding, type PolicyRules } from './allocation-policy.ts';

const share = (channel: string, values: Partial<PolicyRules['channels'][number]> = {}) => ({
  channel,
  priority: 0,
  promised: 0,
  shareBasisPoints: 0,
  floor: 0,
  ...values,
});
const none = new Map<string, number>();

const rulesOf = (kind: PolicyRules['kind']): fc.Arbitrary<PolicyRules> =>
  fc
    .record({
      lendableBasisPoints: fc.nat(10_000),
      channels: fc.uniqueArray(
        fc.record({
          channel: fc.constantFrom('a', 'b', 'c', 'd'),
          priority: fc.nat(3),
          promised: fc.nat(20),
          shareBasisPoints: fc.nat(2_500),
          floor: fc.nat(10),
        }),
        { selector: ({ channel }) => channel, minLength: 1, maxLength: 4 },
      ),
    })
    .map((rules) => ({ kind, ...rules }));
const anyRules = fc.oneof(rulesOf('FIFO'), rulesOf('PRIORITY'), rulesOf('PROPORTIONAL'));
const asker = fc.constantFrom('a', 'b', 'c', 'd', 'unnamed');
const usage = fc
  .array(fc.tuple(asker, fc.nat(15)), { maxLength: 5 })
  .map((taken): ReadonlyMap<string, number> => new Map(taken));

describe('capOf', () => {
  it('limits nobody under FIFO', () => {
    expect(capOf({ kind: 'FIFO', lendableBasisPoints: 0, channels: [] }, 'web', 10, none)).toBeNull();
  });

  it('leaves what channels of higher priority are promised, and channels that are not named come last', () => {
    const rules: PolicyRules = {
      kind: 'PRIORITY',
      lendableBasisPoints: 0,
      channels: [
        share('pos', { priority: 1, promised: 3 }),
        share('web', { priority: 2, promised: 4 }),
        share('b2b', { priority: 2, promised: 1 }),
      ],
    };
    const caps = ['pos', 'web', 'b2b', 'marketplace'].map((channel) => capOf(rules, channel, 10, none));
    expect(caps).toEqual([10, 7, 7, 2]);
    expect(capOf(rules, 'marketplace', 5, none)).toBe(0);
  });

  it('keeps shares of all units since the activation, less what was taken, and lends of the share but never of the floor', () => {
    const channels = [share('web', { shareBasisPoints: 5_000 }), share('pos', { shareBasisPoints: 3_000, floor: 2 })];
    const strict: PolicyRules = { kind: 'PROPORTIONAL', lendableBasisPoints: 0, channels };
    expect(capOf(strict, 'web', 10, none)).toBe(7);
    expect(capOf(strict, 'pos', 10, none)).toBe(5);
    expect(capOf(strict, 'marketplace', 10, none)).toBe(2);
    expect(capOf(strict, 'web', 4, new Map([['web', 6]]))).toBe(1);
    expect(capOf(strict, 'pos', 4, new Map([['web', 6]]))).toBe(4);
    const lending: PolicyRules = { ...strict, lendableBasisPoints: 10_000 };
    expect(capOf(lending, 'web', 10, none)).toBe(8);
    expect(capOf(lending, 'pos', 10, none)).toBe(10);
  });

  it('is exact for more units than a product of integers can hold', () => {
    const channels = [share('web', { shareBasisPoints: 9_999 })];
    const rules: PolicyRules = { kind: 'PROPORTIONAL', lendableBasisPoints: 1, channels };
    const units = 2_000_000_000_001;
    const kept = ((BigInt(units) * 9_999n) / 10_000n) * 9_999n;
    expect(claimsOf(rules, units, none)[0]?.guaranteed).toBe(Number(kept / 10_000n));
  });

  it('is never negative and never more than what is free', () => {
    fc.assert(
      fc.property(anyRules, asker, fc.nat(60), usage, (rules, channel, available, consumed) => {
        const cap = capOf(rules, channel, available, consumed);
        if (cap === null) expect(rules.kind).toBe('FIFO');
        else expect(cap >= 0 && cap <= available).toBe(true);
      }),
      { seed: 7105, numRuns: 500 },
    );
  });

  it('lets no channel take what another is guaranteed, however much it takes within its cap', () => {
    const limited = fc.oneof(rulesOf('PRIORITY'), rulesOf('PROPORTIONAL'));
    fc.assert(
      fc.property(limited, asker, fc.nat(60), usage, fc.nat(60), (rules, taker, available, before, wish) => {
        const units = Math.min(wish, capOf(rules, taker, available, before) ?? 0);
        const after = new Map(before).set(taker, (before.get(taker) ?? 0) + units);
        const own = rules.channels.find(({ channel }) => channel === taker)?.priority ?? Number.POSITIVE_INFINITY;
        for (const claim of claimsOf(rules, available, before)) {
          if (claim.channel === taker || (rules.kind === 'PRIORITY' && claim.priority >= own)) continue;
          const could = Math.min(outstanding(claim), capOf(rules, claim.channel, available, before) ?? 0);
          expect(capOf(rules, claim.channel, available - units, after)).toBeGreaterThanOrEqual(could);
        }
      }),
      { seed: 7105, numRuns: 2_000 },
    );
  });

  it('gives back to all what a channel took when it gives it back', () => {
    fc.assert(
      fc.property(rulesOf('PROPORTIONAL'), asker, fc.nat(60), usage, fc.nat(60), (rules, taker, free, before, wish) => {
        const units = Math.min(wish, capOf(rules, taker, free, before) ?? 0);
        const after = new Map(before).set(taker, (before.get(taker) ?? 0) + units);
        const returned = new Map(after).set(taker, (after.get(taker) ?? 0) - units);
        for (const { channel } of rules.channels)
          expect(capOf(rules, channel, free, returned)).toBe(capOf(rules, channel, free, before));
      }),
      { seed: 7105, numRuns: 500 },
    );
  });
});
