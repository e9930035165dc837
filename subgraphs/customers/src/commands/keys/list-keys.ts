import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findApiKey, findApiKeys } from '../../data/keys/api-keys.ts';
import { findDevices } from '../../data/keys/devices.ts';
import { findStaffMembers } from '../../data/keys/staff-members.ts';
import type { ApiKey } from '../../domain/keys/api-key.ts';
import { authorityOf } from './authority.ts';
import type { KeyDeps } from './key-deps.ts';

const PAGE = 50;
const MOST = 100;

export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const cursorOf = ({ id }: { readonly id: string }) => encodeCursor([id]);

function readPage({ first, after }: PageRequest, isPosition: (text: string) => boolean) {
  const size = pageSize(first, PAGE, MOST);
  const [position] = after ? decodeCursor(after, 1) : [null];
  if (position !== null && position !== undefined && (typeof position !== 'string' || !isPosition(position)))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { size, after: position ?? null, limit: size + 1 };
}

/** A page of the keys that the caller may see: those of the channel and the location that it is bound to. @throws GraphQLError BAD_USER_INPUT */
export async function listApiKeys({ db }: Pick<KeyDeps, 'db'>, caller: Caller, request: PageRequest) {
  const page = readPage(request, isId);
  return toConnection(
    await findApiKeys(db.orm, { ...page, reach: await authorityOf(db, caller) }),
    page.size,
    cursorOf,
    page.after !== null,
  );
}

/** A key by id; null when there is none that the caller may see. */
export const readApiKey = async ({ db }: Pick<KeyDeps, 'db'>, caller: Caller, id: string): Promise<ApiKey | null> =>
  isId(id) ? findApiKey(db.orm, id, await authorityOf(db, caller)) : null;

/** A page of the devices that the caller may see. @throws GraphQLError BAD_USER_INPUT */
export async function listDevices({ db }: Pick<KeyDeps, 'db'>, caller: Caller, request: PageRequest) {
  const page = readPage(request, isId);
  return toConnection(
    await findDevices(db.orm, { ...page, reach: await authorityOf(db, caller) }),
    page.size,
    cursorOf,
    page.after !== null,
  );
}

/** A page of the people of the staff, in order of their codes. @throws GraphQLError BAD_USER_INPUT */
export async function listStaffMembers({ db }: Pick<KeyDeps, 'db'>, request: PageRequest) {
  const page = readPage(request, (text) => !text.includes('\0'));
  return toConnection(
    await findStaffMembers(db.orm, page),
    page.size,
    ({ code }) => encodeCursor([code]),
    page.after !== null,
  );
}
