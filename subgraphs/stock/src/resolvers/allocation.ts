import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { requireLocation } from '../access.ts';
import { activateAllocationPolicy } from '../commands/activate-allocation-policy.ts';
import { retireAllocationPolicy } from '../commands/retire-allocation-policy.ts';
import { setAllocationPolicy } from '../commands/set-allocation-policy.ts';
import { setSafetyStock } from '../commands/set-safety-stock.ts';
import { setSellingPolicy } from '../commands/set-selling-policy.ts';
import { simulateAllocation } from '../commands/simulate-allocation.ts';
import { findPolicy, listPolicies, listPolicyVariants } from '../data/allocation-policies.ts';
import { findAvailabilityFacts } from '../data/explanation.ts';
import { listSafetyStocks } from '../data/safety-stocks.ts';
import { findSellingPolicy } from '../data/selling-policies.ts';
import { outstanding } from '../domain/allocation-policy.ts';
import { isKey } from '../domain/texts.ts';
import type {
  AllocationClaimResolvers,
  AllocationPolicyResolvers,
  MutationResolvers,
  QueryResolvers,
  SafetyStockResolvers,
  SellingPolicyResolvers,
  SimulatedOutcomeResolvers,
} from '../generated/schema.ts';
import { locationOf } from './location-of.ts';

const MAX_POLICIES = 50;
const MAX_PAGE = 100;

export const AllocationPolicy: AllocationPolicyResolvers = {
  id: ({ policyId }) => policyId,
  channels: ({ channels }) => [...channels],
  locationIds: ({ locationIds }) => locationIds && [...locationIds],
  poolLocationIds: ({ poolLocationIds }) => [...poolLocationIds],
  variants: async ({ policyId, variantCount }, { first, after }, ctx) => {
    if (variantCount === null) return null;
    const size = pageSize(first, 50, MAX_PAGE);
    const ids = await listPolicyVariants(ctx.db, policyId, after ? idOf(after) : null, size + 1);
    return toConnection(
      ids.map((id) => ({ id })),
      size,
      ({ id }) => encodeCursor([id]),
    );
  },
};

export const SafetyStock: SafetyStockResolvers = {
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};

export const SellingPolicy: SellingPolicyResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  soldAheadQuantity: ({ soldAhead }) => soldAhead,
  channels: ({ channels }) => channels && [...channels],
};

export const AllocationClaim: AllocationClaimResolvers = { outstanding };

export const SimulatedOutcome: SimulatedOutcomeResolvers = {
  servedUnits: ({ served }) => served,
  refusedUnits: ({ refused }) => refused,
  givenBackUnits: ({ givenBack }) => givenBack,
  leftUnits: ({ left }) => left,
};

export const allocationQueries: Pick<
  QueryResolvers,
  | 'allocationPolicies'
  | 'allocationPolicy'
  | 'explainAvailability'
  | 'channelSafetyStocks'
  | 'sellingPolicy'
  | 'simulateAllocation'
> = {
  allocationPolicies: async (_, { first, after, status }, ctx) => {
    const size = pageSize(first, 20, MAX_POLICIES);
    const filter = { status: status ?? null, after: after ? idOf(after) : null, limit: size + 1 };
    return toConnection(await listPolicies(ctx.db, filter), size, (row) => encodeCursor([row.policyId]));
  },
  allocationPolicy: (_, { id }, ctx) => (isId(id) ? findPolicy(ctx.db, id) : null),
  channelSafetyStocks: async (_, { channel, first, after }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    if (typeof channel === 'string' && !isKey(channel)) return toConnection([], size, () => '');
    const filter = { channel: channel ?? null, after: after ? placeOf(after) : null, limit: size + 1 };
    const rows = await listSafetyStocks(ctx.db, filter);
    return toConnection(rows, size, (row) => encodeCursor([row.channel, row.locationId]));
  },
  sellingPolicy: (_, { variantId }, ctx) => (isId(variantId) ? findSellingPolicy(ctx.db, variantId) : null),
  explainAvailability: (_, { variantId, channel }, ctx) => {
    if (!isId(variantId)) throw badInput('variantId is not an id.', ['variantId']);
    if (!isKey(channel)) throw badInput('channel is not a code.', ['channel']);
    return findAvailabilityFacts(ctx.db, variantId, channel);
  },
  simulateAllocation: (_, { input }, ctx) => simulateAllocation(ctx.db, input),
};

export const allocationMutations: Pick<
  MutationResolvers,
  | 'allocationPolicyActivate'
  | 'allocationPolicyRetire'
  | 'allocationPolicySet'
  | 'channelSafetyStockSet'
  | 'sellingPolicySet'
> = {
  allocationPolicySet: (_, { input }, ctx) => setAllocationPolicy(ctx.db, ctx.caller, input),
  allocationPolicyActivate: (_, { input }, ctx) => activateAllocationPolicy(ctx.db, ctx.caller, input),
  allocationPolicyRetire: (_, { input }, ctx) => retireAllocationPolicy(ctx.db, ctx.caller, input),
  channelSafetyStockSet: (_, { input }, ctx) => {
    requireLocation(ctx.caller, 'Mutation.channelSafetyStockSet', input.locationId);
    return setSafetyStock(ctx.db, input);
  },
  sellingPolicySet: (_, { input }, ctx) => setSellingPolicy(ctx.db, input),
};

const strangeCursor = () =>
  badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);

function idOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id)) throw strangeCursor();
  return id;
}

function placeOf(cursor: string): { readonly channel: string; readonly locationId: string } {
  const [channel, locationId] = decodeCursor(cursor, 2);
  if (typeof channel !== 'string' || !isKey(channel) || typeof locationId !== 'string' || !isId(locationId))
    throw strangeCursor();
  return { channel, locationId };
}
