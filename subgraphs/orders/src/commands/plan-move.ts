import { centroidOf } from '../country-centroids.ts';
import type { RoutedOrder } from '../data/reroutings.ts';
import type { Orders } from '../dependencies.ts';
import { locate } from '../domain/geography.ts';
import { type CommittedLine, keptOf, openOf, rankMoves } from '../domain/rerouting.ts';
import type { Plan, RoutingLocation } from '../domain/routing.ts';
import { askCandidates, askLocations } from '../peers/stock.ts';

/** Stock answers so many variants or locations at once. */
const MAX_ASKED = 250;

/**
 * Ranks where an order that lost units could come from now, best first; empty when no locations have what it lacks. What is
 * collected stays at the place that the shopper chose.
 * @throws GraphQLError when stock does not answer.
 */
export async function planMove(
  { peers }: Orders,
  requestId: string,
  order: RoutedOrder,
  lines: readonly CommittedLine[],
): Promise<Plan[]> {
  const found = new Map<string, RoutingLocation>();
  for (const variantIds of slices(openOf(lines).map(({ variantId }) => variantId)))
    for (const each of await askCandidates(peers.stock, requestId, order.channel, variantIds)) add(found, each);
  // Where nothing is free the order may still have units of its own.
  const own = new Set(keptOf(lines).map(({ locationId }) => locationId));
  for (const locationIds of slices([...own].filter((locationId) => !found.has(locationId))))
    for (const each of await askLocations(peers.stock, requestId, locationIds)) add(found, each);
  const { shippingAddress, pickupLocationId } = order;
  const locations = [...found.values()];
  const allowed = pickupLocationId ? locations.filter((each) => each.locationId === pickupLocationId) : locations;
  return rankMoves(lines, allowed, shippingAddress && locate(shippingAddress, locations, centroidOf));
}

function add(found: Map<string, RoutingLocation>, location: RoutingLocation): void {
  const known = found.get(location.locationId);
  const available = new Map([...(known?.available ?? []), ...location.available]);
  found.set(location.locationId, { ...location, available });
}

function slices(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / MAX_ASKED);
  return Array.from({ length: count }, (_, index) => ids.slice(index * MAX_ASKED, (index + 1) * MAX_ASKED));
}
