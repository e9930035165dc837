import { boundedList } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { checkLevels } from '../commands/import-levels.ts';
import { findStockAtLocation } from '../data/stock-at-location.ts';
import type { QueryResolvers } from '../generated/internal.ts';

const MAX_VARIANTS = 1_000;

/** What exports and rehearsed imports read. */
export const stockAtLocationQueries: Pick<QueryResolvers, 'stockAtLocation' | 'levelsCheck'> = {
  stockAtLocation: (_, { locationId, variantIds }, { db }) => {
    const ids = boundedList(variantIds, MAX_VARIANTS, ['variantIds']);
    if (!isId(locationId)) throw badInput('locationId is not an id.', ['locationId']);
    if (!ids.every(isId)) throw badInput('variantIds holds something that is not an id.', ['variantIds']);
    return findStockAtLocation(db, locationId, ids);
  },
  levelsCheck: async (_, { input }, { db }) => ({
    changedCount: await checkLevels(db, input.locationId, input.levels),
  }),
};
