import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findLevels } from '../data/levels.ts';
import { findMovements, verifyLevels, type LedgerPosition } from '../data/movements.ts';
import type { QueryResolvers, StockLevelResolvers, StockMovementResolvers } from '../generated/schema.ts';
import type { Context } from '../context.ts';

const MAX_PAGE = 100;

/** Levels and movements refer to locations by a foreign key: one is always there. */
async function locationOf(ctx: Context, locationId: string) {
  const location = await ctx.loaders.location.load(locationId);
  if (!location) throw new Error(`the location ${locationId} is gone`);
  return location;
}

export const StockLevel: StockLevelResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
  onHand: ({ available, reserved, committed, safety, damaged, inspection }) =>
    available + reserved + committed + safety + damaged + inspection,
};

export const StockMovement: StockMovementResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};

export const ledgerQueries: Pick<QueryResolvers, 'stockLedger' | 'stockLevels' | 'verifyStock'> = {
  stockLevels: (_, { variantId }, ctx) => (isId(variantId) ? findLevels(ctx.db, variantId) : []),
  stockLedger: async (_, { variantId, locationId, first, after }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    const position = after ? positionOf(after) : null;
    const isKnown = isId(variantId) && (!locationId || isId(locationId));
    const rows = isKnown
      ? await findMovements(ctx.db, { variantId, locationId: locationId ?? null, after: position, limit: size + 1 })
      : [];
    return toConnection(rows, size, (row) => encodeCursor([row.version, row.id]));
  },
  verifyStock: (_, { variantId }, ctx) =>
    !variantId || isId(variantId) ? verifyLevels(ctx.db, variantId ?? null) : { levelCount: 0, differenceCount: 0 },
};

function positionOf(cursor: string): LedgerPosition {
  const [version, id] = decodeCursor(cursor, 2);
  if (!Number.isSafeInteger(version) || typeof id !== 'string' || !isId(id))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { version: Number(version), id };
}
