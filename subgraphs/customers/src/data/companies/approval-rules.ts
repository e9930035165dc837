import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ApprovalRule } from '../../domain/companies/approval-rule.ts';
import type { Approver } from '../../domain/companies/evaluate-approval.ts';
import { uuids } from '../profile/customers.ts';

const ruleColumns = sql`r.rule_id as id, r.company_id as "companyId", r.company_location_id as "companyLocationId", r.code,
  r.active as "isActive", r.version, r.definition, r.changed_at::text as "changedAt"`;

type Row = ApprovalRule & Record<string, unknown>;

/** The rules of a company in order of code, behind one. */
export const listRules = (
  db: Db | Tx,
  companyId: string,
  {
    after,
    limit,
    activeOnly = false,
  }: { readonly after: string | null; readonly limit: number; readonly activeOnly?: boolean },
): Promise<ApprovalRule[]> =>
  db.execute<Row>(sql`
    select ${ruleColumns} from customers.approval_rules r
    where r.company_id = ${companyId}::uuid and (r.active or not ${activeOnly}::boolean) and (${after}::text is null or r.code > ${after})
    order by r.code limit ${limit}`);

/** A rule by id; null when there is none. */
export async function findRule(db: Db | Tx, id: string): Promise<ApprovalRule | null> {
  const [row] = await db.execute<Row>(sql`
    select ${ruleColumns} from customers.approval_rules r where r.rule_id = ${id}::uuid`);
  return row ?? null;
}

/** What a rule was, the newest version first, behind one. */
export const listRuleVersions = (
  db: Db | Tx,
  rule: ApprovalRule,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<ApprovalRule[]> =>
  db.execute<Row>(sql`
    select v.rule_id as id, ${rule.companyId} as "companyId", v.company_location_id as "companyLocationId", ${rule.code} as code,
      v.active as "isActive", v.version, v.definition, v.changed_at::text as "changedAt"
    from customers.approval_rule_versions v
    where v.rule_id = ${rule.id}::uuid and (${before}::integer is null or v.version < ${before}::integer)
    order by v.version desc limit ${limit}`);

/** How many rules a company has; the company must be locked for the number to stay. */
export async function countRules(tx: Tx, companyId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from customers.approval_rules where company_id = ${companyId}::uuid`,
  );
  return row!.count;
}

/** Writes a rule with its version and notes what it is now. The company must be locked. @throws with the constraint `approval_rules_code`. */
export async function writeRule(
  tx: Tx,
  rule: Omit<ApprovalRule, 'changedAt'>,
  changedBy: string,
): Promise<ApprovalRule> {
  const definition = JSON.stringify(rule.definition);
  const [row] = await tx.execute<Row>(sql`
    insert into customers.approval_rules as r
      (rule_id, company_id, company_location_id, code, active, version, definition, changed_by, changed_at)
    values (${rule.id}::uuid, ${rule.companyId}::uuid, ${rule.companyLocationId}::uuid, ${rule.code}, ${rule.isActive}, ${rule.version},
      ${definition}::jsonb, ${changedBy}, customers.app_now())
    on conflict (rule_id) do update set company_location_id = excluded.company_location_id, code = excluded.code, active = excluded.active,
      version = excluded.version, definition = excluded.definition, changed_by = excluded.changed_by, changed_at = excluded.changed_at
    returning ${ruleColumns}`);
  await tx.execute(sql`
    insert into customers.approval_rule_versions (rule_id, version, company_location_id, active, definition, changed_by, changed_at)
    select rule_id, version, company_location_id, active, definition, changed_by, changed_at from customers.approval_rules
    where rule_id = ${rule.id}::uuid`);
  return row!;
}

/** The members of a company who may approve something now: approvers, administrators, and those whom a rule names. */
export const findApprovers = (db: Db | Tx, companyId: string, named: readonly string[]): Promise<Approver[]> =>
  db.execute<Approver & Record<string, unknown>>(sql`
    select m.customer_id as "customerId", m.role from customers.company_members m
    where m.company_id = ${companyId}::uuid and m.left_at is null and (m.role <> 'BUYER' or m.customer_id = any(${uuids(named)}))`);

/** A member who orders, with what decides about it. Null when the customer is a member of no company. */
export interface Buyer {
  readonly customerId: string;
  readonly role: Approver['role'];
  readonly companyId: string;
  readonly companyLocationId: string | null;
  readonly isBlocked: boolean;
  readonly timeZone: string;
  /** The time by the database's clock, as PostgreSQL writes an instant. */
  readonly now: string;
}

/** Who orders, for which company and when; one statement. */
export async function findBuyer(db: Db | Tx, customerId: string): Promise<Buyer | null> {
  const [row] = await db.execute<Buyer & Record<string, unknown>>(sql`
    select m.customer_id as "customerId", m.role, m.company_id as "companyId", m.company_location_id as "companyLocationId",
      c.status = 'BLOCKED' as "isBlocked", c.time_zone as "timeZone", customers.app_now()::text as now
    from customers.customers asked
    join customers.company_members m on m.customer_id = coalesce(asked.merged_into, asked.customer_id) and m.left_at is null
    join customers.companies c on c.company_id = m.company_id
    where asked.customer_id = ${customerId}::uuid`);
  return row ?? null;
}
