import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Consent, NewConsent } from '../../domain/profile/consent.ts';
import type { Note } from '../../domain/profile/note.ts';
import type { Preference } from '../../domain/profile/preference.ts';
import { uuids } from './customers.ts';

type Rows<T> = T & Record<string, unknown>;

/** Preferences of customers, in order of key, in one statement. */
export async function findPreferences(db: Db | Tx, customerIds: readonly string[]): Promise<Preference[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Rows<Preference>>(sql`
    select customer_id as "customerId", key, value from customers.preferences
    where customer_id = any(${uuids(customerIds)}) order by customer_id, key collate "C"`);
}

/** Sets preferences of a profile whose row the caller has locked. @returns whether that changed anything. */
export async function writePreferences(
  tx: Tx,
  customerId: string,
  set: readonly Pick<Preference, 'key' | 'value'>[],
  cleared: readonly string[],
): Promise<boolean> {
  const removed =
    cleared.length === 0
      ? []
      : await tx.execute(sql`
          delete from customers.preferences where customer_id = ${customerId}::uuid
            and key in (select jsonb_array_elements_text(${JSON.stringify(cleared)}::jsonb)) returning key`);
  const written =
    set.length === 0
      ? []
      : await tx.execute(sql`
          insert into customers.preferences as p (customer_id, key, value, updated_at)
          select ${customerId}::uuid, s.key, s.value, customers.app_now()
          from jsonb_to_recordset(${JSON.stringify(set)}::jsonb) as s(key text, value jsonb)
          on conflict on constraint preferences_pkey do update set value = excluded.value, updated_at = excluded.updated_at
          where p.value is distinct from excluded.value returning key`);
  return removed.length > 0 || written.length > 0;
}

const consentColumns = sql`seq::float8 as seq, customer_id as "customerId", purpose, channel, granted as "isGranted", recorded_at::text as at,
  source, text_version as "textVersion", proof`;

/** What holds now of each purpose and channel, in their order, in one statement. */
export async function findConsents(db: Db | Tx, customerIds: readonly string[]): Promise<Consent[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Rows<Consent>>(sql`
    select distinct on (customer_id, purpose, channel) ${consentColumns} from customers.consents
    where customer_id = any(${uuids(customerIds)}) order by customer_id, purpose, channel, consents.seq desc`);
}

/** A page of one customer's history. */
export interface HistoryPage {
  readonly customerId: string;
  readonly limit: number;
  /** The last place that was seen; null for the newest. */
  readonly before: number | null;
}

/** Pages of histories, newest first in each, in one statement. Each page's rows are those of its customer. */
export async function findConsentHistory(
  db: Db | Tx,
  pages: readonly HistoryPage[],
): Promise<(Consent & { page: number })[]> {
  const rows = pages.map((page, index) => ({ ...page, index }));
  return await db.execute<Rows<Consent & { page: number }>>(sql`
    select p.index as page, c.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p(index int, "customerId" uuid, "limit" int, before bigint)
    cross join lateral (
      select ${consentColumns} from customers.consents
      where customer_id = p."customerId" and consents.seq < coalesce(p.before, 9223372036854775807)
      order by consents.seq desc limit p."limit"
    ) c order by p.index, c.seq desc`);
}

/** How many rows the history of a customer has. */
export async function countConsents(tx: Tx, customerId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from customers.consents where customer_id = ${customerId}::uuid`,
  );
  return row!.count;
}

/** Adds to the history of a profile whose row the caller has locked, so that its order is that of the commits. */
export async function insertConsent(tx: Tx, customerId: string, consent: NewConsent): Promise<Consent> {
  const { purpose, channel, isGranted, source, textVersion, proof, recordedBy } = consent;
  const [row] = await tx.execute<Rows<Consent>>(sql`
    insert into customers.consents (customer_id, purpose, channel, granted, source, text_version, proof, recorded_by, recorded_at)
    values (${customerId}::uuid, ${purpose}, ${channel}, ${isGranted}, ${source}, ${textVersion}, ${proof}, ${recordedBy}, customers.app_now())
    returning ${consentColumns}`);
  return row!;
}

const noteColumns: SQL = sql`note_id as id, customer_id as "customerId", body, author, created_at::text as "createdAt"`;

/** Notes about customers, newest first, in one statement. */
export async function findNotes(db: Db | Tx, customerIds: readonly string[]): Promise<Note[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Rows<Note>>(sql`
    select ${noteColumns} from customers.notes where customer_id = any(${uuids(customerIds)})
    order by customer_id, notes.created_at desc, note_id desc`);
}

export async function countNotes(tx: Tx, customerId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from customers.notes where customer_id = ${customerId}::uuid`,
  );
  return row!.count;
}

export async function insertNote(tx: Tx, customerId: string, note: Pick<Note, 'body' | 'author'>): Promise<Note> {
  const [row] = await tx.execute<Rows<Note>>(sql`
    insert into customers.notes (note_id, customer_id, body, author, created_at)
    values (${newId()}::uuid, ${customerId}::uuid, ${note.body}, ${note.author}, customers.app_now()) returning ${noteColumns}`);
  return row!;
}
