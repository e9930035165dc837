import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import type { Member, Membership } from '../../domain/companies/member.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';
import { uuids } from '../profile/customers.ts';

/**
 * The active memberships of customers by the id that was asked for, which may be that of a profile that was merged away; one statement.
 * Who buys for no company is not in it.
 */
export async function membershipOf(db: Db | Tx, customerIds: readonly string[]): Promise<Map<string, Membership>> {
  if (customerIds.length === 0) return new Map();
  const rows = await db.execute<Membership & { askedId: string } & Record<string, unknown>>(sql`
    select asked.customer_id as "askedId", m.member_id as "memberId", m.customer_id as "customerId", m.company_id as "companyId",
      m.role as "companyRole", m.company_location_id as "companyLocationId"
    from customers.customers asked
    join customers.company_members m on m.customer_id = coalesce(asked.merged_into, asked.customer_id) and m.left_at is null
    where asked.customer_id = any(${uuids(customerIds)})`);
  return new Map(rows.map(({ askedId, ...membership }) => [askedId, membership]));
}

const memberColumns = sql`m.member_id as id, m.customer_id as "customerId", m.company_id as "companyId", m.role,
  m.company_location_id as "companyLocationId", c.given_name as "givenName", c.family_name as "familyName", email.value as email,
  m.joined_at::text as "joinedAt"`;
const memberRows = sql`customers.company_members m join customers.customers c on c.customer_id = m.customer_id
  left join customers.identities email on email.customer_id = m.customer_id and email.kind = 'EMAIL' and email.is_primary`;

/** The active members of a company in order of id, behind one. */
export const listMembers = (
  db: Db | Tx,
  companyId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Member[]> =>
  db.execute<Member & Record<string, unknown>>(sql`
    select ${memberColumns} from ${memberRows}
    where m.company_id = ${companyId}::uuid and m.left_at is null and (${after}::uuid is null or m.member_id > ${after}::uuid)
    order by m.member_id limit ${limit}`);

/** An active member by id; null when there is none. */
export async function findMember(db: Db | Tx, memberId: string): Promise<Member | null> {
  const [row] = await db.execute<Member & Record<string, unknown>>(sql`
    select ${memberColumns} from ${memberRows} where m.member_id = ${memberId}::uuid and m.left_at is null`);
  return row ?? null;
}

/** Makes a customer a member, in one statement. @returns the member's id; null when the customer has a company already. */
export async function insertMember(
  tx: Tx,
  member: Pick<Membership, 'customerId' | 'companyId' | 'companyRole' | 'companyLocationId'>,
): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    insert into customers.company_members (member_id, company_id, customer_id, role, company_location_id, joined_at)
    values (${newId()}::uuid, ${member.companyId}::uuid, ${member.customerId}::uuid, ${member.companyRole}, ${member.companyLocationId}::uuid,
      customers.app_now())
    on conflict (customer_id) where left_at is null do nothing returning member_id as id`);
  return row?.id ?? null;
}

/** Whether the company keeps an administrator without this member; the company must be locked. */
const keepsAdmin = sql`(m.role <> 'ADMIN' or exists (
  select from customers.company_members other
  where other.company_id = m.company_id and other.left_at is null and other.role = 'ADMIN' and other.member_id <> m.member_id))`;

/** Ends a membership unless it is that of the last administrator, in one statement. The company must be locked. @returns whether it ended. */
export async function endMembership(tx: Tx, memberId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.company_members m set left_at = customers.app_now()
    where m.member_id = ${memberId}::uuid and m.left_at is null and ${keepsAdmin} returning m.member_id`);
  return rows.length > 0;
}

/** Gives a member another role unless that leaves the company without an administrator, in one statement. The company must be locked. */
export async function changeRole(tx: Tx, memberId: string, role: CompanyRole): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.company_members m set role = ${role}
    where m.member_id = ${memberId}::uuid and m.left_at is null and (${role} = 'ADMIN' or ${keepsAdmin}) returning m.member_id`);
  return rows.length > 0;
}

/** Lets a customer buy for a location of the own company, in one statement. @returns whether there is such a location. */
export async function chooseLocation(tx: Tx, customerId: string, companyLocationId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.company_members m set company_location_id = l.company_location_id
    from customers.company_locations l
    where m.customer_id = ${customerId}::uuid and m.left_at is null and l.company_id = m.company_id
      and l.company_location_id = ${companyLocationId}::uuid
    returning m.member_id`);
  return rows.length > 0;
}

/** How many members of a company may approve; the company must be locked for the number to stay. */
export async function countApprovers(tx: Tx, companyId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from customers.company_members
    where company_id = ${companyId}::uuid and left_at is null and role <> 'BUYER'`);
  return row!.count;
}

/** Who customers are by now, of whom some may have been merged into others; who does not exist is left out. */
export async function findSurvivors(db: Db | Tx, customerIds: readonly string[]): Promise<string[]> {
  if (customerIds.length === 0) return [];
  const rows = await db.execute<{ id: string }>(sql`
    select coalesce(merged_into, customer_id) as id from customers.customers where customer_id = any(${uuids(customerIds)})`);
  return rows.map(({ id }) => id);
}
