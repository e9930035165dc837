import { badInput } from '@kontor/kit/src/errors.ts';
import { decodeCursor, encodeCursor } from '@kontor/kit/src/connection.ts';
import type { Db } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** So far does a reader without a cursor look back: longer than an access token lives. */
const BACK = '15 minutes';

/** A credential whose tokens are refused. */
export interface Revocation {
  readonly credentialId: string;
  /** Tokens that were issued at or before it are refused. As PostgreSQL writes an instant. */
  readonly notBefore: string;
}

export interface RevocationPage {
  readonly revocations: readonly Revocation[];
  readonly cursor: string;
}

/**
 * What was revoked since a cursor, each once, in whichever order the writers commit. A number or a time as the cursor would lose rows:
 * who wrote first may commit last, behind what was read already. So a cursor holds the snapshot that was read by, as PostgreSQL tells
 * which transactions it saw (`pg_snapshot`): new is what this one sees and that one did not. A snapshot of more than one page is read to
 * its end before the next one is taken; a page that is not full is the last. Nothing waits for a transaction that is still open.
 * @throws GraphQLError BAD_USER_INPUT for a cursor that is none.
 */
export async function readRevocations(db: Db, since: string | null, first: number): Promise<RevocationPage> {
  const from = since === null ? START : readCursor(since);
  const [head] = await db.execute<{ seen: string | null; upTo: string }>(sql`
    select case when pg_snapshot_xmax(${from.seen}::pg_snapshot) <= pg_snapshot_xmax(now_seen) then ${from.seen} end as seen,
      coalesce(${from.upTo}, now_seen::text) as "upTo"
    from pg_current_snapshot() now_seen`);
  // A cursor from ahead of this database is from before it was restored: whoever holds it begins anew.
  const { seen, upTo } = head!;
  const rows = await db.execute<Revocation & { xid: string; id: string } & Record<string, unknown>>(sql`
    select credential_id as "credentialId", not_before::text as "notBefore", xid::text as xid, revocation_id::text as id
    from customers.revocations
    where pg_visible_in_snapshot(xid, ${upTo}::pg_snapshot)
      and ${
        seen === null
          ? sql`created_at > customers.app_now() - ${BACK}::interval`
          : sql`xid >= pg_snapshot_xmin(${seen}::pg_snapshot) and not pg_visible_in_snapshot(xid, ${seen}::pg_snapshot)`
      }
      and (${from.xid}::text is null or (xid, revocation_id) > (${from.xid}::xid8, ${from.id}::bigint))
    order by revocations.xid, revocation_id limit ${first}`);
  const last = rows.at(-1);
  const next = last && rows.length === first ? { seen, upTo, xid: last.xid, id: last.id } : { ...START, seen: upTo };
  return {
    revocations: rows.map(({ credentialId, notBefore }) => ({ credentialId, notBefore })),
    cursor: encodeCursor([next.seen, next.upTo, next.xid, next.id]),
  };
}

/** Where a reader stands: what it has seen, and how far it is in what it reads now. */
interface Position {
  readonly seen: string | null;
  readonly upTo: string | null;
  readonly xid: string | null;
  readonly id: string | null;
}

const START: Position = { seen: null, upTo: null, xid: null, id: null };
const SNAPSHOT = /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/;
const NUMBER = /^\d{1,18}$/;

function readCursor(cursor: string): Position {
  const parts = decodeCursor(cursor, 4);
  const fits = parts.every(
    (part, index) => part === null || (typeof part === 'string' && (index < 2 ? SNAPSHOT : NUMBER).test(part)),
  );
  const [seen, upTo, xid, id] = parts as (string | null)[];
  const isWhole =
    (upTo === null) === (xid === null) && (xid === null) === (id === null) && (seen !== null || upTo !== null);
  if (!fits || !isWhole)
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['since']);
  return { seen: seen ?? null, upTo: upTo ?? null, xid: xid ?? null, id: id ?? null };
}
