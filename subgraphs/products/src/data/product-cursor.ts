import { decodeCursor, encodeCursor } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { isStorable } from '../domain/text.ts';
import type { ListedRow, ListOrder, ListPosition } from './product-list.ts';

/** The cursor of a row in a list of that order. */
export const productCursor = (order: ListOrder, { cursorKey, similar, productId }: ListedRow): string =>
  encodeCursor([order, similar ? 1 : 0, cursorKey, productId]);

/** Where a cursor points. @throws GraphQLError BAD_USER_INPUT when no list of that order gave it out */
export function readProductCursor(cursor: string, order: ListOrder): ListPosition {
  const [given, similar, key, productId] = decodeCursor(cursor, 4);
  const valid =
    given === order &&
    (similar === 0 || similar === 1) &&
    typeof productId === 'string' &&
    isId(productId) &&
    isKey(order, key ?? null);
  if (!valid)
    throw badInput('This cursor belongs to another list or another order. Begin without a cursor.', ['after']);
  return { order, similar: similar === 1, key: key ?? null, productId };
}

const INT_LIMIT = 2 ** 31;

/** Whether a key can be one of that order: PostgreSQL is asked with nothing that its type does not hold. */
function isKey(order: ListOrder, key: string | number | null): boolean {
  if (order === 'newest' || order === 'oldest') return key === null;
  if (order === 'title') return typeof key === 'string' && isStorable(key);
  if (typeof key !== 'number') return false;
  if (order === 'match' || order === 'popularity') return Number.isFinite(key);
  return order === 'place' ? Number.isInteger(key) && Math.abs(key) < INT_LIMIT : Number.isSafeInteger(key);
}
