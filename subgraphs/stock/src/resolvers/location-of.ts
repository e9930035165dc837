import type { Context } from '../context.ts';
import type { LocationRow } from '../data/locations.ts';

/** The location that a row refers to by a foreign key: one is always there. */
export async function locationOf(ctx: Context, locationId: string): Promise<LocationRow> {
  const location = await ctx.loaders.location.load(locationId);
  if (!location) throw new Error(`the location ${locationId} is gone`);
  return location;
}
