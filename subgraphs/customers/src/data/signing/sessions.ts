import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import {
  ABSOLUTE_S,
  IDLE_S,
  MOST_SESSIONS,
  REPEAT_S,
  type Session,
  type SessionHolder,
} from '../../domain/signing/session.ts';
import { uuids } from '../profile/customers.ts';
import { revokeCredentials } from './revocations.ts';

/** A session as it is kept; times in PostgreSQL's text. */
export interface SessionRow {
  readonly sessionId: string;
  readonly role: 'customer' | 'staff';
  readonly customerId: string | null;
  readonly staffId: string | null;
  readonly deviceId: string | null;
  readonly locationId: string | null;
  readonly channel: string;
  readonly scopes: readonly string[];
  readonly generation: number;
  readonly expiresAt: string;
}

const columns = sql`session_id as "sessionId", role, customer_id as "customerId", staff_id as "staffId", device_id as "deviceId",
  location_id as "locationId", channel, scopes, generation, expires_at::text as "expiresAt"`;

/** Begins a session. The owner must be locked. @returns it. */
export async function insertSession(tx: Tx, sessionId: string, holder: SessionHolder): Promise<SessionRow> {
  const idleS = holder.lifetimeS ?? IDLE_S;
  const absoluteS = holder.lifetimeS ?? ABSOLUTE_S;
  const [row] = await tx.execute<SessionRow & Record<string, unknown>>(sql`
    insert into customers.sessions (session_id, role, customer_id, staff_id, device_id, location_id, channel, scopes, label,
      generation, rotated_at, created_at, last_used_at, expires_at, ends_at)
    select ${sessionId}::uuid, ${holder.role}, ${holder.customerId ?? null}::uuid, ${holder.staffId ?? null}::uuid,
      ${holder.deviceId ?? null}::uuid, ${holder.locationId ?? null}::uuid, ${holder.channel},
      array(select jsonb_array_elements_text(${JSON.stringify(holder.scopes)}::jsonb)), ${holder.label ?? null}::text,
      0, now, now, now, now + ${idleS} * interval '1 second', now + ${absoluteS} * interval '1 second'
    from customers.app_now() now returning ${columns}`);
  return row!;
}

/** Ends the oldest sessions of a customer beyond the limit, and those that have ended by themselves. The customer must be locked. */
export async function endSurplusSessions(tx: Tx, customerId: string): Promise<void> {
  const rows = await tx.execute<{ id: string; live: boolean }>(sql`
    delete from customers.sessions s using (
      select session_id, live, row_number() over (partition by live order by created_at desc, session_id desc) as place
      from (select *, expires_at > customers.app_now() as live from customers.sessions where customer_id = ${customerId}::uuid) each
    ) ranked
    where s.session_id = ranked.session_id and (not ranked.live or ranked.place > ${MOST_SESSIONS})
    returning s.session_id as id, ranked.live`);
  await revokeCredentials(
    tx,
    rows.filter(({ live }) => live).map(({ id }) => id),
  );
}

/** Which token of a session was shown, and where. */
export interface ShownToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly channel: string;
}

/**
 * Moves a session to its next token, in one conditional statement: of many who show one token at once, one does.
 * @returns the session as it is then; null when the token shown is not the newest, or the session has ended or is of another channel.
 */
export async function rotateSession(tx: Tx, shown: ShownToken): Promise<SessionRow | null> {
  const [row] = await tx.execute<SessionRow & Record<string, unknown>>(sql`
    update customers.sessions set generation = generation + 1, rotated_at = customers.app_now(), last_used_at = customers.app_now(),
      expires_at = least(ends_at, greatest(expires_at, customers.app_now() + ${IDLE_S} * interval '1 second'))
    where session_id = ${shown.sessionId}::uuid and generation = ${shown.generation} and channel = ${shown.channel}
      and expires_at > customers.app_now()
    returning ${columns}`);
  return row ?? null;
}

/** Whether the shown token is the one before the newest, and the newest is so new and unused that its answer may have been lost. */
const isRepeated = ({ generation }: ShownToken) =>
  sql`(generation = ${generation + 1} and rotated_at > customers.app_now() - ${REPEAT_S} * interval '1 second')`;

/**
 * What a token is that did not move its session on. The session is locked, so that what is read of the person afterwards is not older
 * than what a change of them has told already.
 * @returns the session when the token may be repeated; `reused` when somebody else has used it; null when the session has ended or is of another channel.
 */
export async function findRepeated(tx: Tx, shown: ShownToken): Promise<SessionRow | 'reused' | null> {
  const [row] = await tx.execute<SessionRow & { repeated: boolean } & Record<string, unknown>>(sql`
    select ${columns}, ${isRepeated(shown)} as repeated from customers.sessions
    where session_id = ${shown.sessionId}::uuid and channel = ${shown.channel} and expires_at > customers.app_now() for update`);
  if (!row) return null;
  const { repeated, ...session } = row;
  return repeated ? session : 'reused';
}

/** Ends a session whose token was used twice, unless the token may be repeated after all. @returns whether it ended now. */
export async function endReusedSession(tx: Tx, shown: ShownToken): Promise<boolean> {
  const rows = await tx.execute(sql`
    delete from customers.sessions where session_id = ${shown.sessionId}::uuid and generation <> ${shown.generation}
      and not ${isRepeated(shown)} returning session_id`);
  if (rows.length > 0) await revokeCredentials(tx, [shown.sessionId]);
  return rows.length > 0;
}

/** The customer of a session, or null. */
export async function findSessionOwner(db: Db | Tx, sessionId: string): Promise<string | null> {
  const [row] = await db.execute<{ customerId: string | null }>(sql`
    select customer_id as "customerId" from customers.sessions where session_id = ${sessionId}::uuid`);
  return row?.customerId ?? null;
}

/** Whose session is to end; null for whoever holds it. */
export interface EndedSession {
  readonly sessionId: string;
  readonly customerId: string | null;
}

/** Ends a session for good, with its access tokens; never a key. @returns whether it was valid until now. */
export async function endSession(tx: Tx, { sessionId, customerId }: EndedSession): Promise<boolean> {
  const rows = await tx.execute<{ live: boolean }>(sql`
    delete from customers.sessions
    where session_id = ${sessionId}::uuid and (${customerId}::uuid is null or customer_id = ${customerId}::uuid)
    returning expires_at > customers.app_now() as live`);
  if (rows.length > 0) await revokeCredentials(tx, [sessionId]);
  return rows[0]?.live ?? false;
}

/** The sessions of customers that go on, the newest first, by the id of the customer. */
export async function findSessions(db: Db | Tx, customerIds: readonly string[]): Promise<Session[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Session & Record<string, unknown>>(sql`
    select session_id as id, customer_id as "customerId", channel, label, created_at::text as "createdAt", last_used_at::text as "lastUsedAt"
    from customers.sessions where customer_id = any(${uuids(customerIds)}) and expires_at > customers.app_now()
    order by customer_id, created_at desc, session_id desc`);
}

/** Forgets sessions that ended by themselves, a batch at a time. Their last access token has ended with them or will within minutes. @returns how many. */
export async function purgeSessions(db: Db, batch: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.sessions where session_id in (
      select session_id from customers.sessions where expires_at <= customers.app_now() limit ${batch} for update skip locked
    ) returning session_id`);
  return rows.length;
}
