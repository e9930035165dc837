import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyRules } from './allocation-policy.ts';
import {
  createReplay,
  toReplayEvents,
  type ChannelTotals,
  type LedgerEntry,
  type ReplayRules,
  type ReplayTotals,
} from './allocation-replay.ts';

const entry = (version: number, values: Partial<LedgerEntry>): LedgerEntry => ({
  version,
  locationId: 'berlin',
  quantity: 1,
  isGain: false,
  reservationId: null,
  wasHeld: false,
  channel: null,
  ...values,
});
const asked = (version: number, reservationId: string, channel: string, quantity: number, locationId = 'berlin') =>
  entry(version, { reservationId, channel, quantity, locationId });
const released = (version: number, reservationId: string, channel: string, quantity: number) =>
  entry(version, { reservationId, channel, quantity, isGain: true, wasHeld: true });

const world = (rules: PolicyRules | null, values: Partial<ReplayRules> = {}): ReplayRules => ({
  rules,
  pool: new Set(rules ? ['berlin', 'hamburg'] : []),
  places: new Map([
    ['pos', ['berlin', 'hamburg']],
    ['web', ['berlin', 'hamburg']],
  ]),
  safetyStock: () => 0,
  ...values,
});
const promising: PolicyRules = {
  kind: 'PRIORITY',
  lendableBasisPoints: 0,
  channels: [
    { channel: 'pos', priority: 1, promised: 3, shareBasisPoints: 0, floor: 0 },
    { channel: 'web', priority: 2, promised: 0, shareBasisPoints: 0, floor: 0 },
  ],
};

const run = (rules: ReplayRules, opening: Record<string, number>, entries: readonly LedgerEntry[]) => {
  const totals: ReplayTotals = new Map();
  const replay = createReplay(rules, new Map(Object.entries(opening)), totals);
  for (const event of toReplayEvents(entries)) replay.next(event);
  replay.finish();
  return Object.fromEntries(totals) as Record<string, ChannelTotals>;
};

describe('createReplay', () => {
  it('refuses a request as a whole that the policy would have refused, and serves the one behind it', () => {
    const entries = [asked(1, 'r1', 'web', 3), asked(2, 'r2', 'web', 1), asked(3, 'r3', 'pos', 3)];
    expect(run(world(promising), { berlin: 5 }, entries)).toEqual({
      web: { asked: 4, served: 1, refused: 3, givenBack: 0, left: 0 },
      pos: { asked: 3, served: 3, refused: 0, givenBack: 0, left: 1 },
    });
    expect(run(world(null), { berlin: 7 }, entries)).toEqual({
      web: { asked: 4, served: 4, refused: 0, givenBack: 0, left: 0 },
      pos: { asked: 3, served: 3, refused: 0, givenBack: 0, left: 0 },
    });
  });

  it('gives back only what a reservation holds under the policy, and what was held before is supply', () => {
    const entries = [
      asked(1, 'r1', 'web', 3),
      released(2, 'r1', 'web', 3),
      released(3, 'before', 'web', 2),
      asked(4, 'r2', 'web', 2),
    ];
    expect(run(world(promising), { berlin: 3 }, entries)).toEqual({
      web: { asked: 5, served: 2, refused: 3, givenBack: 0, left: 0 },
      pos: { asked: 0, served: 0, refused: 0, givenBack: 0, left: 3 },
    });
  });

  it('serves from another location of the channel when the one of the ledger has too little', () => {
    const entries = [asked(1, 'r1', 'web', 2), entry(2, { quantity: 2 }), asked(3, 'r2', 'pos', 2)];
    expect(run(world(null), { berlin: 2, hamburg: 2 }, entries)).toMatchObject({ pos: { served: 2, left: 0 } });
    const elsewhere = world(null, { places: new Map([['web', ['hamburg']]]) });
    expect(run(elsewhere, { berlin: 2, hamburg: 2 }, [asked(1, 'r1', 'web', 2)])).toMatchObject({
      web: { served: 2, left: 0 },
    });
  });

  it('leaves safety stock, and counts a return only of goods that left', () => {
    const kept = world(null, { safetyStock: (channel) => (channel === 'web' ? 1 : 0) });
    const returned = (version: number, reservationId: string) =>
      entry(version, { reservationId, isGain: true, quantity: 1 });
    const entries = [asked(1, 'r1', 'web', 2), returned(2, 'r1'), asked(3, 'r2', 'pos', 1), returned(4, 'r2')];
    expect(run(kept, { berlin: 2 }, entries)).toEqual({
      web: { asked: 2, served: 0, refused: 2, givenBack: 0, left: 1 },
      pos: { asked: 1, served: 1, refused: 0, givenBack: 0, left: 2 },
    });
  });

  it('takes a reservation that moves between locations in one version for no demand', () => {
    const entries = [
      asked(1, 'r1', 'web', 2),
      { ...released(2, 'r1', 'web', 2) },
      { ...asked(2, 'r1', 'web', 2, 'hamburg') },
    ];
    expect(toReplayEvents(entries)).toHaveLength(1);
  });

  it('conserves units: what was there is served and kept, or left', () => {
    const step = fc.record({
      channel: fc.constantFrom('web', 'pos', 'other'),
      quantity: fc.integer({ min: 1, max: 4 }),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.array(step, { maxLength: 20 }), (berlin, hamburg, steps) => {
        const entries = steps.flatMap(({ channel, quantity, release }, index) => [
          asked(2 * index + 1, `r${index}`, channel, quantity),
          ...(release ? [released(2 * index + 2, `r${index}`, channel, quantity)] : []),
        ]);
        const everywhere = world(promising, {
          places: new Map(['web', 'pos', 'other', 'all'].map((channel) => [channel, ['berlin', 'hamburg']])),
        });
        const totals = run(everywhere, { berlin, hamburg }, entries);
        const sold = Object.values(totals).reduce((sum, each) => sum + each.served - each.givenBack, 0);
        for (const each of Object.values(totals)) expect(each.asked).toBe(each.served + each.refused);
        expect((totals['pos']?.left ?? berlin + hamburg) + sold).toBe(berlin + hamburg);
      }),
      { seed: 7105, numRuns: 300 },
    );
  });
});
