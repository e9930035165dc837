import { availabilityStatus, publicQuantity } from '@kontor/kit/src/availability.ts';
import { boundedList, decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { Context } from '../context.ts';
import { findLocationsNear, findUnitsAt, listLocations, type Neighbourhood } from '../data/locations.ts';
import { isPlainText } from '../domain/texts.ts';
import type { LocationResolvers, QueryResolvers } from '../generated/schema.ts';
import { checkedPoint } from './availability.ts';

const MAX_PAGE = 100;
const MAX_PICKUP_VARIANTS = 50;
const PICKUP_PLACES = 10;
const MAX_PICKUP_PLACES = 50;
const RADIUS_KM = 50;
const MAX_RADIUS_KM = 500;

export const Location: LocationResolvers = {
  __resolveReference: (reference, ctx) => ctx.loaders.location.load(reference.id),
};

export const locationQueries: Pick<QueryResolvers, 'location' | 'locations' | 'pickupLocations'> = {
  location: (_, { id }, ctx) => ctx.loaders.location.load(id),
  locations: async (_, { first, after }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    const rows = await listLocations(ctx.db, after ? codeOf(after) : null, size + 1);
    return toConnection(rows, size, (row) => encodeCursor([row.code]));
  },
  pickupLocations: (_, { near, variantIds, first, radiusKm }, ctx) =>
    findPickupPlaces(ctx, boundedList(variantIds ?? [], MAX_PICKUP_VARIANTS, ['variantIds']), {
      near: checkedPoint(near, 'near'),
      radiusKm: checkedRadius(radiusKm ?? RADIUS_KM),
      limit: pageSize(first, PICKUP_PLACES, MAX_PICKUP_PLACES),
    }),
};

async function findPickupPlaces(ctx: Context, variantIds: readonly string[], where: Neighbourhood) {
  const channel = channelOf(ctx);
  const places = await findLocationsNear(ctx.db, channel, where);
  const ids = variantIds.filter(isId);
  const locationIds = places.map(({ id }) => id);
  const held = ids.length > 0 && places.length > 0 ? await findUnitsAt(ctx.db, channel, ids, locationIds) : [];
  const units = new Map(held.map((each) => [`${each.locationId} ${each.variantId}`, each.units]));
  return places.map(({ distanceKm, ...location }) => ({
    location,
    distanceKm,
    availability: variantIds.map((variantId) => {
      const quantity = units.get(`${location.id} ${variantId.toLowerCase()}`) ?? 0;
      const sellableQuantity = publicQuantity(ctx.caller, quantity);
      return { variantId, sellableQuantity, status: availabilityStatus(quantity) };
    }),
  }));
}

function checkedRadius(radiusKm: number): number {
  if (radiusKm > 0 && radiusKm <= MAX_RADIUS_KM) return radiusKm;
  throw badInput(`radiusKm is above 0 and at most ${MAX_RADIUS_KM}.`, ['radiusKm']);
}

function codeOf(cursor: string): string {
  const [code] = decodeCursor(cursor, 1);
  if (typeof code !== 'string' || !isPlainText(code))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return code;
}
