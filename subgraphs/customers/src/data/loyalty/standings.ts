import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ExpiringPoints, LoyaltyEntry, LoyaltyStanding } from '../../domain/loyalty/loyalty-account.ts';
import { uuids } from '../profile/customers.ts';

/** What people have in the programme, in one statement and in no order, under the ids that were asked for, old ones included. */
export async function findStandings(
  db: Db | Tx,
  customerIds: readonly string[],
): Promise<(LoyaltyStanding & { readonly askedId: string })[]> {
  if (customerIds.length === 0) return [];
  const rows = await db.execute<Record<string, string | null>>(sql`
    select asked.customer_id as "askedId", person.id as "customerId", a.account_id as "accountId", a.balance, a.held, s.debt, s.tier, s.qualifying,
      (select sum(o.points - o.reversed) from customers.loyalty_orders o where o.credited_at is null and o.customer_id = any(
        array(select person.id union all select c.customer_id from customers.customers c where c.merged_into = person.id))) as pending
    from customers.customers asked
    cross join lateral (select coalesce(asked.merged_into, asked.customer_id) as id) as person
    left join customers.accounts a on a.kind = 'POINTS' and a.owner_id = person.id and a.unit = 'POINTS'
    left join customers.loyalty_standings s on s.account_id = a.account_id
    where asked.customer_id = any(${uuids(customerIds)})`);
  return rows.map((row) => ({
    askedId: row.askedId!,
    customerId: row.customerId!,
    accountId: row.accountId!,
    balance: Number(row.balance ?? 0),
    held: Number(row.held ?? 0),
    pending: Number(row.pending ?? 0),
    debt: Number(row.debt ?? 0),
    tier: row.tier!,
    qualifying: Number(row.qualifying ?? 0),
  }));
}

/** A page of an account's lines. */
export interface EntriesOf {
  readonly accountId: string;
  /** Behind this line; null for the newest. */
  readonly after: string | null;
  /** Lines at most. */
  readonly most: number;
}

/** Pages of accounts' lines, newest first, in one statement and in the order of `pages`. */
export async function findEntries(db: Db | Tx, pages: readonly EntriesOf[]): Promise<LoyaltyEntry[][]> {
  const found = pages.map((): LoyaltyEntry[] => []);
  const asked = JSON.stringify(pages.map((page, place) => ({ ...page, place })));
  const rows = await db.execute<Omit<LoyaltyEntry, 'points'> & { place: number; points: string }>(sql`
    select p.place, line.* from jsonb_to_recordset(${asked}::jsonb) as p (place integer, "accountId" uuid, after uuid, most integer)
    cross join lateral (
      select e.transaction_id as id, t.kind, e.amount as points, case when t.kind = 'EARN' then t.reference end as "orderId", n.note,
        t.booked_at::text as "bookedAt"
      from customers.ledger_entries e join customers.ledger_transactions t on t.transaction_id = e.transaction_id
      left join customers.ledger_notes n on n.transaction_id = e.transaction_id
      where e.account_id = p."accountId" and (p.after is null or e.transaction_id < p.after) order by e.transaction_id desc limit p.most
    ) as line order by p.place, line.id desc`);
  for (const { place, points, ...line } of rows) found[place]!.push({ ...line, points: Number(points) });
  return found;
}

/** Which points of an account expire within so many days. */
export interface ExpiringOf {
  readonly accountId: string;
  readonly withinDays: number;
}

/** Points that expire on one instant, at most of one account. */
const MOST_DAYS = 100;

/** Points of accounts that expire soon, soonest first and 100 instants at most of each, in one statement and in the order of `asked`. */
export async function findExpiring(db: Db | Tx, asked: readonly ExpiringOf[]): Promise<ExpiringPoints[][]> {
  const found = asked.map((): ExpiringPoints[] => []);
  const rows = await db.execute<{ place: number; points: string; expiresAt: string }>(sql`
    select p.place, soon.* from jsonb_to_recordset(${JSON.stringify(asked.map((each, place) => ({ ...each, place })))}::jsonb)
      as p (place integer, "accountId" uuid, "withinDays" integer)
    cross join lateral (
      select sum(l.remaining) as points, l.expires_at::text as "expiresAt" from customers.loyalty_lots l
      where l.account_id = p."accountId" and l.remaining > 0 and l.expires_at <= customers.app_now() + make_interval(days => p."withinDays")
      group by l.expires_at order by l.expires_at limit ${MOST_DAYS}
    ) as soon order by p.place, soon."expiresAt"`);
  for (const { place, points, expiresAt } of rows) found[place]!.push({ points: Number(points), expiresAt });
  return found;
}
