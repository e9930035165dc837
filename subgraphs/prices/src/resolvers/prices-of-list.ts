import { boundedList } from '@kontor/kit/src/connection.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findListPrices } from '../data/prices-of-list.ts';
import type { QueryResolvers } from '../generated/internal.ts';

const MAX_VARIANTS = 1_000;

/** What exports read of a list. */
export const listPriceQueries: Pick<QueryResolvers, 'pricesOfList'> = {
  pricesOfList: (_, { code, variantIds }, { db }) =>
    findListPrices(
      db.sql,
      code.replaceAll('\0', ''),
      boundedList(variantIds, MAX_VARIANTS, ['variantIds']).filter(isId),
    ),
};
