import fc from 'fast-check';
import { activateAllocationPolicy } from '../commands/activate-allocation-policy.ts';
import { retireAllocationPolicy } from '../commands/retire-allocation-policy.ts';
import { setAllocationPolicy } from '../commands/set-allocation-policy.ts';
import { setSafetyStock } from '../commands/set-safety-stock.ts';
import { setSellingPolicy } from '../commands/set-selling-policy.ts';
import type { PolicyKind } from '../domain/allocation-policy.ts';
import type { SellingKind } from '../domain/selling-policy.ts';
import { happening, type Happening, type MachineCommand } from './machine-command.ts';
import { channel, item, location, LOCATION_COUNT, SHAPE } from './shape.ts';
import type { ModelPolicy, StockModel } from './stock-model.ts';
import { poolOf } from './stock-offers.ts';

interface SellingStep {
  readonly item: number;
  readonly kind: SellingKind;
  readonly limit: number;
  readonly channel: number | null;
}

/** It is decided how an item is sold when nothing of it is left. */
export const changeSelling: MachineCommand<SellingStep> = {
  name: 'selling',
  weight: 6,
  steps: fc.record({
    item,
    kind: fc.constantFrom('DENY' as const, 'BACKORDER' as const, 'BACKORDER' as const, 'PREORDER' as const),
    limit: fc.integer({ min: 1, max: 9 }),
    channel: fc.option(channel, { freq: 2 }),
  }),
  expect(model, step) {
    const isDenied = step.kind === 'DENY';
    model.selling.set(step.item, {
      kind: step.kind,
      limit: isDenied ? 0 : step.limit,
      channel: isDenied ? null : step.channel,
      soldAhead: model.selling.get(step.item)?.soldAhead ?? 0,
    });
    return 'SellingPolicySaved';
  },
  async perform({ db, names }, step) {
    const ahead = {
      limitQuantity: step.limit,
      promisedDays: step.kind === 'PREORDER' ? 7 : null,
      channels: step.channel === null ? null : [names.channels[step.channel]!],
    };
    const variantId = names.things[step.item]!;
    const input = step.kind === 'DENY' ? { variantId, kind: step.kind } : { variantId, kind: step.kind, ...ahead };
    return (await setSellingPolicy(db, input)).__typename;
  },
};

/** Half of the items may be sold ahead from the beginning. */
export const sellSomeAhead: readonly Happening[] = [0, 1].map((each) =>
  happening(changeSelling, { item: each, kind: 'BACKORDER', limit: 9, channel: null }),
);

/** A channel leaves some units of everything at a location. */
export const changeBuffer: MachineCommand<{
  readonly channel: number;
  readonly location: number;
  readonly quantity: number;
}> = {
  name: 'buffer',
  weight: 2,
  steps: fc.record({ channel, location, quantity: fc.constantFrom(0, 0, 1, 3, 6) }),
  expect(model, step) {
    model.buffers.set(`${step.channel} ${step.location}`, step.quantity);
    return 'SafetyStockSaved';
  },
  async perform({ db, names }, step) {
    const input = { channel: names.channels[step.channel]!, locationId: names.locations[step.location]! };
    return (await setSafetyStock(db, { ...input, quantity: step.quantity })).__typename;
  },
};

interface PolicyStep {
  readonly kind: PolicyKind;
  readonly lendableBasisPoints: number;
  /** Null: all. */
  readonly items: readonly number[] | null;
  readonly locations: readonly number[] | null;
  readonly channels: readonly {
    readonly channel: number;
    readonly priority: number;
    readonly promised: number;
    readonly shareBasisPoints: number;
    readonly floor: number;
  }[];
}

const numbered = ({ channels, kind, lendableBasisPoints, items, locations }: PolicyStep): ModelPolicy => ({
  rules: {
    kind,
    lendableBasisPoints,
    channels: channels.map((share) => ({ ...share, channel: String(share.channel) })),
  },
  items,
  locations,
  isActive: true,
});

/** Items leave the policies that they were governed by; those end of which nothing is left. */
function takeOver(model: StockModel, items: readonly number[] | null): void {
  for (const policy of model.policies.filter(({ isActive }) => isActive))
    if (items === null) policy.isActive = policy.items !== null;
    else if (policy.items?.some((each) => items.includes(each))) {
      policy.items = policy.items.filter((each) => !items.includes(each));
      policy.isActive = policy.items.length > 0;
    }
}

const some = (most: number) => fc.option(fc.uniqueArray(fc.nat(most), { minLength: 1 }), { freq: 2 });

/** A policy begins to govern. */
export const govern: MachineCommand<PolicyStep> = {
  name: 'govern',
  weight: 4,
  steps: fc.record({
    kind: fc.constantFrom('FIFO' as const, 'PRIORITY' as const, 'PROPORTIONAL' as const, 'PROPORTIONAL' as const),
    lendableBasisPoints: fc.constantFrom(0, 0, 3_333, 10_000),
    items: some(SHAPE.itemCount - 1),
    locations: some(LOCATION_COUNT - 1),
    channels: fc.uniqueArray(
      fc.record({
        channel,
        priority: fc.nat(2),
        promised: fc.nat(8),
        shareBasisPoints: fc.constantFrom(0, 2_500, 3_333, 5_000),
        floor: fc.constantFrom(0, 0, 2, 5),
      }),
      { minLength: 1, maxLength: SHAPE.channels.length, selector: (share) => share.channel },
    ),
  }),
  expect(model, step) {
    const policy = numbered(step);
    if (step.kind !== 'FIFO' && poolOf(model, policy).length === 0) return 'PolicyWithoutLocations';
    takeOver(model, step.items);
    model.policies.push(policy);
    return 'AllocationPolicySaved';
  },
  async perform({ db, names, caller }, step) {
    const draft = await setAllocationPolicy(db, caller, {
      name: 'a policy',
      kind: step.kind,
      lendableBasisPoints: step.lendableBasisPoints,
      scope: {
        variantIds: step.items && step.items.map((each) => names.things[each]!),
        locationIds: step.locations && step.locations.map((each) => names.locations[each]!),
      },
      channels: step.channels.map((share) => ({ ...share, channel: names.channels[share.channel]! })),
    });
    if (draft.__typename !== 'AllocationPolicySaved') return draft;
    const { policyId } = draft.policy;
    const outcome = await activateAllocationPolicy(db, caller, { policyId });
    if (outcome.__typename === 'AllocationPolicySaved') names.policies.push(policyId);
    return outcome.__typename;
  },
};

/** A policy ends, or has ended already. */
export const retire: MachineCommand<{ readonly which: number }> = {
  name: 'retire',
  weight: 1,
  steps: fc.record({ which: fc.nat(20) }),
  expect(model, { which }) {
    const policy = model.policies[which % Math.max(1, model.policies.length)];
    if (!policy) return 'NotFound';
    policy.isActive = false;
    return 'AllocationPolicySaved';
  },
  async perform({ db, names, caller }, { which }) {
    const policyId = names.policies[which % Math.max(1, names.policies.length)] ?? names.run;
    return (await retireAllocationPolicy(db, caller, { policyId })).__typename;
  },
};
