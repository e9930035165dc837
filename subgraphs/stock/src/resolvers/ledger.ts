import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { verifyStock } from '../commands/verify-stock.ts';
import { findLevels } from '../data/levels.ts';
import { findMovements, type LedgerPosition } from '../data/movements.ts';
import type { QueryResolvers, StockLevelResolvers, StockMovementResolvers } from '../generated/schema.ts';
import type { Context } from '../context.ts';

const MAX_PAGE = 100;
/** What an integer of PostgreSQL holds. */
const MAX_ENTRY = 2_147_483_647;

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
  id: ({ variantId, version, entry }) => `${variantId}.${version}.${entry}`,
  from: ({ fromState }) => fromState,
  to: ({ toState }) => toState,
  cause: ({ reservationId, reference }) => (reservationId ? `reservation:${reservationId}` : (reference ?? '')),
  variant: ({ variantId }) => ({ id: variantId }),
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};

export const ledgerQueries: Pick<QueryResolvers, 'stockLedger' | 'stockLevels' | 'verifyStock'> = {
  stockLevels: (_, { variantId }, ctx) => (isId(variantId) ? findLevels(ctx.db, variantId) : []),
  stockLedger: async (_, { variantId, locationId, kind, since, until, first, after }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    const position = after ? positionOf(after) : null;
    const isKnown = isId(variantId) && (!locationId || isId(locationId));
    const filter = { locationId: locationId ?? null, kind: kind ?? null, since: since ?? null, until: until ?? null };
    const rows = isKnown ? await findMovements(ctx.db, { variantId, ...filter, after: position, limit: size + 1 }) : [];
    return toConnection(rows, size, (row) => encodeCursor([row.version, row.entry]));
  },
  verifyStock: (_, { variantId }, ctx) =>
    !variantId || isId(variantId)
      ? verifyStock(ctx.db, { variantId: variantId ?? null })
      : { levelCount: 0, differenceCount: 0 },
};

function positionOf(cursor: string): LedgerPosition {
  const [version, entry] = decodeCursor(cursor, 2);
  if (!Number.isSafeInteger(version) || !Number.isSafeInteger(entry) || Math.abs(Number(entry)) > MAX_ENTRY)
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { version: Number(version), entry: Number(entry) };
}
