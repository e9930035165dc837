import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';

const PAGE = 20;
const MAX_PAGE = 100;

/** What a client wants of a list. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of rows in order of id. @throws GraphQLError BAD_USER_INPUT */
export async function pageById<Row extends { readonly id: string }>(
  { first, after }: PageArgs,
  read: (page: { readonly after: string | null; readonly limit: number }) => Promise<readonly Row[]>,
  maximum = MAX_PAGE,
) {
  const size = pageSize(first, PAGE, maximum);
  const rows = await read({ after: after ? idOf(after) : null, limit: size + 1 });
  return toConnection(rows, size, ({ id }) => encodeCursor([id]));
}

/** A page of rows in order of code. @throws GraphQLError BAD_USER_INPUT */
export async function pageByCode<Row extends { readonly code: string }>(
  { first, after }: PageArgs,
  read: (page: { readonly after: string | null; readonly limit: number }) => Promise<readonly Row[]>,
) {
  const size = pageSize(first, PAGE, MAX_PAGE);
  const rows = await read({ after: after ? String(decodeCursor(after, 1)[0]) : null, limit: size + 1 });
  return toConnection(rows, size, ({ code }) => encodeCursor([code]));
}

function idOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return id;
}
