import { badInput } from './errors.ts';

/** A position in a keyset-ordered list: the sort values of a row. */
export type CursorParts = readonly (string | number | null)[];

/** An opaque cursor. It holds sort values, not offsets, so that it stays right while rows are added. */
export const encodeCursor = (parts: CursorParts): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws GraphQLError BAD_USER_INPUT when the text is no cursor with `length` parts. */
export function decodeCursor(cursor: string, length: number): CursorParts {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(parts) &&
      parts.length === length &&
      parts.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
    )
      return parts as CursorParts;
  } catch {
    // Falls through: whatever was wrong with it, the caller has to send another cursor.
  }
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}

/** @throws GraphQLError BAD_USER_INPUT when `first` is not 1 to `maximum`. */
export function pageSize(first: number | null | undefined, fallback: number, maximum: number): number {
  const size = first ?? fallback;
  if (!Number.isInteger(size) || size < 1 || size > maximum)
    throw badInput(`first must be from 1 to ${maximum}, not ${size}.`, ['first']);
  return size;
}

/** A Relay connection from rows of which one more than `size` was fetched to learn whether there is a next page. */
export function toConnection<T>(
  rows: readonly T[],
  size: number,
  cursorOf: (row: T) => string,
  hasPreviousPage = false,
) {
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: cursorOf(node) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** @throws GraphQLError BAD_USER_INPUT when a list argument is longer than `maximum`. */
export function boundedList<T>(list: readonly T[], maximum: number, path: readonly string[]): readonly T[] {
  if (list.length > maximum)
    throw badInput(`${path.join('.')} takes at most ${maximum} entries, not ${list.length}.`, path);
  return list;
}
