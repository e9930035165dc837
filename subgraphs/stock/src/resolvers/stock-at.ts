import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { isLockTimeout } from '../data/retry.ts';
import { findLevelsAt, type LevelsAt } from '../data/stock-at.ts';
import type { QueryResolvers, ResolversTypes, ResolversUnionTypes } from '../generated/schema.ts';

export const stockAtQueries: Pick<QueryResolvers, 'stockAt'> = {
  stockAt: async (_, { variantId, locationId, time }, ctx) => {
    if (!isId(variantId) || (locationId && !isId(locationId))) return toResult(time, { kind: 'known', levels: [] });
    const found = await findLevelsAt(ctx.db, { variantId, locationId: locationId ?? null, time }).catch(
      (error: unknown) => {
        if (isLockTimeout(error))
          throw requestFault('TIMEOUT', 'The variant is too busy for a moment that has just passed. Ask again.');
        throw error;
      },
    );
    return toResult(time, found);
  },
};

function toResult(time: string, found: LevelsAt): ResolversUnionTypes<ResolversTypes>['StockAtResult'] {
  switch (found.kind) {
    case 'known':
      return { __typename: 'StockAt', time, levels: [...found.levels] };
    case 'future':
      throw badInput('This moment is not over yet: stock can be told of moments that are.', ['time']);
    case 'archived':
      return {
        __typename: 'StockHistoryArchived',
        code: 'STOCK_HISTORY_ARCHIVED',
        message: `The entries of this moment are archived. Stock can be told from ${new Date(found.since).toISOString()} on.`,
        path: ['time'],
        since: found.since,
      };
  }
}
