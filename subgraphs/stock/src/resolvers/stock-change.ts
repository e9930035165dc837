import { busy, idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import type { StockChange } from '../commands/change-stock.ts';
import { countStock } from '../commands/count-stock.ts';
import { receiveStock } from '../commands/receive-stock.ts';
import type { MutationResolvers, ResolversUnionTypes, ResolversTypes } from '../generated/schema.ts';

export const Mutation: MutationResolvers = {
  stockReceive: async (_, { input }, ctx) => toResult(await receiveStock(ctx.db, ctx.caller, input)),
  stockCount: async (_, { input }, ctx) =>
    toResult(await countStock(ctx.db, ctx.caller, { ...input, expectedQuantity: input.expectedQuantity ?? null })),
};

const MISSING = { variantId: 'There is no such variant.', locationId: 'There is no such location.' };

function toResult(change: StockChange): ResolversUnionTypes<ResolversTypes>['StockChangeResult'] {
  switch (change.kind) {
    case 'changed':
      return { __typename: 'StockChanged', level: change.level };
    case 'notFound':
      return notFound(MISSING[change.what], ['input', change.what]);
    case 'invalid':
      return invalidInput(change.code, change.message, ['input', change.field]);
    case 'mismatch':
      return {
        __typename: 'QuantityMismatch',
        code: 'QUANTITY_MISMATCH',
        message: `${change.currentQuantity} units are booked, not what you believed. Look again and repeat with expectedQuantity ${change.currentQuantity}.`,
        path: ['input', 'expectedQuantity'],
        currentQuantity: change.currentQuantity,
      };
    case 'keyReused':
      return idempotencyKeyReused();
    case 'busy':
      return busy('The stock of this variant', change.retryAfterMs);
  }
}
