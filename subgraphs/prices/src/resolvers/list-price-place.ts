import { decodeCursor, encodeCursor } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { ListPricePlace } from '../data/lists/list-prices.ts';

const MAX_QUANTITY = 10_000;

/** The cursor of a price within its list. */
export const placeCursor = ({ variantId, minQuantity }: ListPricePlace): string =>
  encodeCursor([variantId, minQuantity]);

/**
 * The price that a cursor was given out for.
 * @throws GraphQLError BAD_USER_INPUT for any other text.
 */
export function readPlace(cursor: string): ListPricePlace {
  const [variantId, minQuantity] = decodeCursor(cursor, 2);
  const isQuantity = typeof minQuantity === 'number' && Number.isInteger(minQuantity) && minQuantity <= MAX_QUANTITY;
  if (typeof variantId === 'string' && isId(variantId) && isQuantity && minQuantity >= 1)
    return { variantId, minQuantity };
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}
