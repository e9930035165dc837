import { decodeCursor, encodeCursor } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { LogPosition } from '../data/availability-changes.ts';

/** Tells these cursors from those of other lists. */
const LIST = 'availability';
/** What the position's numbers of 64 bits hold for certain. */
const NUMBER = /^\d{1,18}$/;
const MAX_ITEM = 2_147_483_647;

/** A position in the log of changes as clients keep it. */
export const toLogCursor = ({ transaction, entry, item }: LogPosition): string =>
  encodeCursor([LIST, transaction, entry, item]);

/**
 * The position that a cursor stands for.
 * @param argument the name of the argument that it came in. @throws GraphQLError BAD_USER_INPUT when no list of changes gave it out.
 */
export function toLogPosition(cursor: string, argument: string): LogPosition {
  const position = read(cursor);
  if (position) return position;
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', [argument]);
}

function read(cursor: string): LogPosition | null {
  try {
    const [list, transaction, entry, item] = decodeCursor(cursor, 4);
    if (list !== LIST || typeof transaction !== 'string' || typeof entry !== 'string' || typeof item !== 'number')
      return null;
    if (!NUMBER.test(transaction) || !NUMBER.test(entry)) return null;
    return Number.isInteger(item) && item >= 0 && item <= MAX_ITEM ? { transaction, entry, item } : null;
  } catch {
    // Whatever was wrong with it: the caller is told which argument it was.
    return null;
  }
}

/** Whether a position is behind another. */
export const isBehind = (a: LogPosition, b: LogPosition): boolean => {
  const [first, second] = [partsOf(a), partsOf(b)];
  const index = first.findIndex((part, at) => part !== second[at]);
  return index >= 0 && (first[index] as bigint) > (second[index] as bigint);
};

const partsOf = ({ transaction, entry, item }: LogPosition) => [BigInt(transaction), BigInt(entry), BigInt(item)];
