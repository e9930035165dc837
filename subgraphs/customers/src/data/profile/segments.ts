import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Segment, SegmentFacts } from '../../domain/profile/segment.ts';
import { uuids } from './customers.ts';

/** A segment as it is kept. */
export interface SegmentRow extends Segment {
  readonly name: string;
  readonly version: number;
}

type Row = SegmentRow & Record<string, unknown>;
const columns = sql`code, name, rule, is_active as "isActive", version`;

/** All segments, in order of code. */
export async function findSegments(db: Db | Tx): Promise<SegmentRow[]> {
  return await db.execute<Row>(
    sql`select ${columns} from customers.groups where kind = 'SEGMENT' order by code collate "C"`,
  );
}

/** The version of all rules together: it grows with each change of any. */
export const rulesVersionOf = (segments: readonly SegmentRow[]): number =>
  segments.reduce((sum, { version }) => sum + version, 0);

/** Keeps everybody else from changing groups and segments until the transaction ends, so that their number can be bounded. */
export async function lockSegments(tx: Tx): Promise<void> {
  await tx.execute(sql`lock table customers.groups in share row exclusive mode`);
}

/** Which of the codes are groups whose members staff name. */
export async function groupsAmong(tx: Tx, codes: readonly string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ code: string }>(sql`
    select code from customers.groups where kind = 'GROUP' and code in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb))`);
  return new Set(rows.map(({ code }) => code));
}

/** What of a segment a command writes. */
export type SegmentWrite = Pick<SegmentRow, 'code' | 'name' | 'rule' | 'isActive'>;

/** Makes a segment, or changes the one of that code, under the lock of all. */
export async function writeSegment(tx: Tx, { code, name, rule, isActive }: SegmentWrite): Promise<SegmentRow> {
  const [row] = await tx.execute<Row>(sql`
    insert into customers.groups as g (code, kind, name, rule, is_active, version, created_at, updated_at)
    values (${code}, 'SEGMENT', ${name}, ${JSON.stringify(rule)}::jsonb, ${isActive}, 1, customers.app_now(), customers.app_now())
    on conflict on constraint groups_pkey do update set name = excluded.name, rule = excluded.rule, is_active = excluded.is_active,
      version = g.version + 1, updated_at = excluded.updated_at
    returning ${columns}`);
  return row!;
}

/**
 * Locks up to `limit` people whose segments are to be decided: by other rules than the last time, or because something about them
 * changed. Who is locked by somebody else is left for the next turn.
 */
export async function takeUndecided(tx: Tx, rulesVersion: number, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select customer_id as id from customers.customers
    where segments_version < ${rulesVersion} and merged_into is null and erased_at is null
    order by segments_version, customer_id limit ${limit} for update skip locked`);
  return rows.map(({ id }) => id);
}

/** Locks up to `limit` people for whom time has made a segment due. */
export async function takeDue(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select customer_id as id from customers.customers
    where segments_due_at <= customers.app_now() and merged_into is null and erased_at is null
    order by segments_due_at limit ${limit} for update skip locked`);
  return rows.map(({ id }) => id);
}

/** What is known of a person, the segments they are in, and the instant of it all. */
export interface FactsRow extends SegmentFacts {
  readonly id: string;
  readonly segments: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

const facts = sql`c.customer_id as id, (extract(epoch from customers.app_now()) * 1000)::float8 as now,
  (select a.country from customers.addresses a where a.customer_id = c.customer_id and a.is_default_shipping) as country,
  coalesce((select jsonb_agg(jsonb_build_object('channel', s.channel, 'currency', s.currency, 'orders', s.orders, 'spentMinor', s.spent_minor,
      'lastOrderAt', (extract(epoch from s.last_order_at) * 1000)::float8))
    from customers.customer_statistics s where s.customer_id = c.customer_id), '[]') as statistics,
  coalesce((select jsonb_agg(m.group_code) from customers.group_members m join customers.groups g on g.code = m.group_code
    where m.customer_id = c.customer_id and g.kind = 'GROUP'), '[]') as groups,
  coalesce((select jsonb_agg(m.group_code) from customers.group_members m join customers.groups g on g.code = m.group_code
    where m.customer_id = c.customer_id and g.kind = 'SEGMENT'), '[]') as segments,
  coalesce((select jsonb_agg(jsonb_build_object('purpose', l.purpose, 'channel', l.channel)) from (
      select distinct on (purpose, channel) purpose, channel, granted from customers.consents k
      where k.customer_id = c.customer_id order by purpose, channel, seq desc) l where l.granted), '[]') as consents`;

/** What is known of people, in one statement and in no order. */
export async function readFacts(tx: Tx, customerIds: readonly string[]): Promise<FactsRow[]> {
  return await tx.execute<FactsRow & Record<string, unknown>>(
    sql`select ${facts} from customers.customers c where c.customer_id = any(${uuids(customerIds)})`,
  );
}

/** What is known of a page of all people, newest first, in one statement. */
export async function readFactsPage(
  db: Db,
  page: { readonly before: string | null; readonly limit: number },
): Promise<FactsRow[]> {
  return await db.execute<FactsRow & Record<string, unknown>>(sql`
    select ${facts} from customers.customers c
    where c.merged_into is null and c.erased_at is null and (${page.before}::uuid is null or c.customer_id < ${page.before}::uuid)
    order by c.customer_id desc limit ${page.limit}`);
}

/** When somebody is to be decided again. */
export interface Decided {
  readonly id: string;
  /** ISO 8601; null for never by itself. */
  readonly dueAt: string | null;
}

/** Notes by which rules people were decided, and when time makes them due again. */
export async function writeDecided(tx: Tx, rulesVersion: number, decided: readonly Decided[]): Promise<void> {
  await tx.execute(sql`
    update customers.customers c set segments_version = ${rulesVersion}, segments_due_at = d."dueAt"
    from jsonb_to_recordset(${JSON.stringify(decided)}::jsonb) as d(id uuid, "dueAt" timestamptz) where c.customer_id = d.id`);
}
