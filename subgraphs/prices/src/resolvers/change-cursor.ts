import { decodeCursor, encodeCursor } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { ChangePosition } from '../data/price-changes.ts';

/** Tells these cursors from those of other lists. */
const LIST = 'price-changes';

/** A position in the sequence of price changes as clients keep it. */
export const toChangeCursor = ({ number, skip }: ChangePosition): string => encodeCursor([LIST, number, skip]);

/** Reads a cursor of `priceChanges`; null for none. @throws GraphQLError BAD_USER_INPUT for another one. */
export function readChangeCursor(cursor: string | null | undefined): ChangePosition | null {
  if (cursor == null) return null;
  const [list, number, skip] = decodeCursor(cursor, 3);
  const isPlace = (part: unknown): part is number => Number.isSafeInteger(part) && (part as number) >= 0;
  if (list === LIST && isPlace(number) && isPlace(skip)) return { number, skip };
  throw badInput('This cursor is not one that priceChanges gave out. Begin without a cursor.', ['since']);
}
