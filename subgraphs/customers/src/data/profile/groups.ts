import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from './customers.ts';

/** Codes that a claim can hold: the most groups and the most segments of one person together. */
const MOST_CODES = 50;

/** A group or a segment that a person is in. */
export interface Membership {
  readonly customerId: string;
  readonly kind: 'GROUP' | 'SEGMENT';
  readonly code: string;
  readonly name: string;
  /** As PostgreSQL writes an instant. */
  readonly since: string;
}

/** A group whose members staff name. */
export interface GroupRow {
  readonly code: string;
  readonly kind: 'GROUP' | 'SEGMENT';
  readonly name: string;
  readonly version: number;
}

/** Codes of the groups and segments of each customer, sorted, at most 50, in one statement; old ids of merged profiles included. Empty for who is unknown. */
export async function groupCodesOf(db: Db | Tx, customerIds: readonly string[]): Promise<Map<string, string[]>> {
  const codes = new Map<string, string[]>(customerIds.map((id) => [id, []]));
  if (codes.size === 0) return codes;
  const rows = await db.execute<{ id: string; code: string }>(sql`
    select asked.customer_id as id, m.group_code as code
    from customers.customers asked
    join customers.group_members m on m.customer_id = coalesce(asked.merged_into, asked.customer_id)
    where asked.customer_id = any(${uuids([...codes.keys()])}) order by m.group_code collate "C"`);
  for (const { id, code } of rows) {
    const list = codes.get(id);
    if (list && list.length < MOST_CODES) list.push(code);
  }
  return codes;
}

/** Groups and segments of customers, in order of code, in one statement. */
export async function findMemberships(db: Db | Tx, customerIds: readonly string[]): Promise<Membership[]> {
  if (customerIds.length === 0) return [];
  return await db.execute<Membership & Record<string, unknown>>(sql`
    select m.customer_id as "customerId", g.kind, g.code, g.name, m.since::text as since
    from customers.group_members m join customers.groups g on g.code = m.group_code
    where m.customer_id = any(${uuids(customerIds)}) order by m.customer_id, g.code collate "C"`);
}

/** All groups, or those of codes, in order of code; segments are not among them. */
export async function findGroups(
  db: Db | Tx,
  page: { readonly after: string | null; readonly limit: number },
): Promise<GroupRow[]> {
  return await db.execute<GroupRow & Record<string, unknown>>(sql`
    select code, kind, name, version from customers.groups
    where kind = 'GROUP' and code collate "C" > ${page.after ?? ''} order by code collate "C" limit ${page.limit}`);
}

/** The group or segment of a code, locked until the transaction ends; null when there is none. */
export async function lockGroup(tx: Tx, code: string): Promise<GroupRow | null> {
  const [row] = await tx.execute<GroupRow & Record<string, unknown>>(
    sql`select code, kind, name, version from customers.groups where code = ${code} for update`,
  );
  return row ?? null;
}

/** Makes a group, in one statement. @returns it; null when the code is taken. */
export async function insertGroup(tx: Tx, code: string, name: string): Promise<GroupRow | null> {
  const [row] = await tx.execute<GroupRow & Record<string, unknown>>(sql`
    insert into customers.groups (code, kind, name, version, created_at, updated_at)
    values (${code}, 'GROUP', ${name}, 1, customers.app_now(), customers.app_now())
    on conflict on constraint groups_pkey do nothing returning code, kind, name, version`);
  return row ?? null;
}

/** Renames a group that is locked. */
export async function renameGroup(tx: Tx, code: string, name: string): Promise<GroupRow> {
  const [row] = await tx.execute<GroupRow & Record<string, unknown>>(sql`
    update customers.groups set name = ${name}, version = version + 1, updated_at = customers.app_now()
    where code = ${code} returning code, kind, name, version`);
  return row!;
}

/** How many groups each customer is in, segments apart. Ask under the lock of their rows. */
export async function countGroups(tx: Tx, customerIds: readonly string[]): Promise<Map<string, number>> {
  if (customerIds.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; count: number }>(sql`
    select m.customer_id as id, count(*)::int as count from customers.group_members m
    join customers.groups g on g.code = m.group_code and g.kind = 'GROUP'
    where m.customer_id = any(${uuids(customerIds)}) group by m.customer_id`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Those of the customers that are in a group. */
export async function membersAmong(tx: Tx, code: string, customerIds: readonly string[]): Promise<Set<string>> {
  if (customerIds.length === 0) return new Set();
  const rows = await tx.execute<{ id: string }>(sql`
    select customer_id as id from customers.group_members where group_code = ${code} and customer_id = any(${uuids(customerIds)})`);
  return new Set(rows.map(({ id }) => id));
}

/** Adds and removes members of one group. Their rows are locked by the caller. */
export async function writeMembers(
  tx: Tx,
  code: string,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  await writeMemberships(tx, {
    add: change.add.map((customerId) => ({ customerId, code })),
    remove: change.remove.map((customerId) => ({ customerId, code })),
  });
}

/** A person and a group or segment. */
export interface MembershipKey {
  readonly customerId: string;
  readonly code: string;
}

/** Adds and removes memberships, in a statement each. The rows of the customers are locked by the caller. */
export async function writeMemberships(
  tx: Tx,
  change: { readonly add: readonly MembershipKey[]; readonly remove: readonly MembershipKey[] },
): Promise<void> {
  const recordset = (keys: readonly MembershipKey[]) =>
    sql`jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k("customerId" uuid, code text)`;
  if (change.remove.length > 0)
    await tx.execute(sql`
      delete from customers.group_members m using ${recordset(change.remove)}
      where m.customer_id = k."customerId" and m.group_code = k.code`);
  if (change.add.length > 0)
    await tx.execute(sql`
      insert into customers.group_members (customer_id, group_code, since)
      select k."customerId", k.code, customers.app_now() from ${recordset(change.add)}
      on conflict on constraint group_members_pkey do nothing`);
}
