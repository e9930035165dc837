import { availabilityStatus, publicQuantity } from '@kontor/kit/src/availability.ts';
import { boundedList, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { Context } from '../context.ts';
import { findAvailabilityChanges, findLogEnd, type ChangesPage } from '../data/availability-changes.ts';
import { isLow, type Availability } from '../domain/availability.ts';
import { isGeoPoint, roundedDegrees, type GeoPoint } from '../domain/geography.ts';
import type { ProductVariantResolvers, QueryResolvers, VariantAvailabilityResolvers } from '../generated/schema.ts';
import { toLogCursor, toLogPosition } from '../live/log-cursor.ts';

const MAX_VARIANTS = 250;
const CHANGES = 500;
const MAX_CHANGES = 1_000;

/** The point, rounded. @throws GraphQLError BAD_USER_INPUT when a coordinate is out of range. */
export function checkedPoint(point: GeoPoint, argument: string): GeoPoint {
  if (isGeoPoint(point))
    return { latitude: roundedDegrees(point.latitude), longitude: roundedDegrees(point.longitude) };
  throw badInput('latitude is from -90 to 90 degrees and longitude from -180 to 180.', [argument]);
}

const inChannelOf = ({ variantId }: Availability, ctx: Context) => ({ variantId, channel: channelOf(ctx) });

export const ProductVariant: ProductVariantResolvers = {
  __resolveReference: (reference) => ({ id: reference.id }),
  availability: async ({ id }, { destination }, ctx) => {
    const point = destination && checkedPoint(destination, 'destination');
    const availability = await ctx.loaders.availability.load({ variantId: id, channel: channelOf(ctx) });
    return point ? { ...availability, destination: point } : availability;
  },
};

export const VariantAvailability: VariantAvailabilityResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  status: ({ sellableQuantity }) => availabilityStatus(sellableQuantity),
  lowStock: ({ sellableQuantity }) => isLow(sellableQuantity),
  sellableQuantity: ({ sellableQuantity }, _, { caller }) => publicQuantity(caller, sellableQuantity),
  restockAt: async (parent, _, ctx) => (await ctx.loaders.prospect.load(inChannelOf(parent, ctx))).restockAt,
  backorder: async (parent, _, ctx) => {
    const { backorder } = await ctx.loaders.prospect.load(inChannelOf(parent, ctx));
    return backorder && { ...backorder, quantity: publicQuantity(ctx.caller, backorder.quantity) };
  },
  pickupLocations: (parent, _, ctx) =>
    ctx.loaders.pickupLocations.load({ ...inChannelOf(parent, ctx), destination: parent.destination ?? null }),
};

export const availabilityQueries: Pick<QueryResolvers, 'availability' | 'availabilityChanges'> = {
  availability: (_, { variantIds }, ctx) => {
    const channel = channelOf(ctx);
    const ids = boundedList(variantIds, MAX_VARIANTS, ['variantIds']);
    return Promise.all(ids.map((variantId) => ctx.loaders.availability.load({ variantId, channel })));
  },
  availabilityChanges: (_, args, ctx) => readChanges(ctx, channelOf(ctx), args),
};

/** A page of what changed in a channel behind a cursor; without one an empty page at the present end. */
export async function readChanges(
  { db }: Context,
  channel: string,
  { since, first }: { readonly since?: string | null | undefined; readonly first?: number | null | undefined },
) {
  const size = pageSize(first, CHANGES, MAX_CHANGES);
  const page: ChangesPage<Availability> = since
    ? await findAvailabilityChanges(db, channel, { since: toLogPosition(since, 'since'), first: size })
    : { variants: [], end: await findLogEnd(db), resync: false, hasMore: false };
  const { variants, end, resync, hasMore } = page;
  return { variants: [...variants], endCursor: toLogCursor(end), resync, hasMore };
}
