import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Something that is kept of an account and differs from what it follows from. */
export interface AccountDifference {
  readonly accountId: string;
  /**
   * BALANCE with the ledger's entries, HELD with the open holds, LOTS of points with the balance;
   * TRANSACTION: the sum of a transaction's entries, which should be zero.
   */
  readonly what: 'BALANCE' | 'HELD' | 'LOTS' | 'TRANSACTION';
  readonly expected: number;
  readonly actual: number;
}

/** What was compared: a page of accounts. */
export interface AccountVerification {
  readonly accountCount: number;
  /** The first ones, 1,000 at most. */
  readonly differences: readonly AccountDifference[];
  /** The last account of the page, behind which the next one begins; null when there is none. */
  readonly last: string | null;
}

const MOST_DIFFERENCES = 1_000;

/**
 * Rebuilds a page of accounts, in order of id, from the ledger, the holds and the lots, and compares, in one snapshot: right while others
 * write, since what a command changes it changes in one transaction.
 * @param after the last account of the page before. @param size accounts at most.
 */
export async function verifyAccounts(db: Db | Tx, after: string | null, size: number): Promise<AccountVerification> {
  const [row] = await db.execute<{ count: number; last: string | null; differences: AccountDifference[] | null }>(sql`
    with page as materialized (
      select account_id, kind, balance, held from customers.accounts
      where ${after}::uuid is null or account_id > ${after}::uuid order by account_id limit ${size + 1}
    ), checked as materialized (select * from page order by account_id limit ${size}), entries as (
      select p.account_id, coalesce(sum(e.amount), 0) as amount
      from checked p left join customers.ledger_entries e on e.account_id = p.account_id group by 1
    ), open as (
      select p.account_id, coalesce(sum(h.amount), 0) as amount
      from checked p left join customers.holds h on h.account_id = p.account_id and h.state = 'HELD' group by 1
    ), lots as (
      select p.account_id, coalesce(sum(l.remaining), 0) as amount
      from checked p left join customers.loyalty_lots l on l.account_id = p.account_id and l.remaining > 0 where p.kind = 'POINTS' group by 1
    ), unbalanced as (
      select min(t.account_id::text)::uuid as account_id, e.transaction_id, e.unit, sum(e.amount) as amount
      from (select distinct on (e.transaction_id) e.transaction_id, p.account_id from checked p join customers.ledger_entries e using (account_id)) as t
      join customers.ledger_entries e using (transaction_id) group by 2, 3 having sum(e.amount) <> 0
    ), found as (
      select p.account_id, 'BALANCE' as what, s.amount as expected, p.balance as actual
      from checked p join entries s using (account_id) where p.balance <> s.amount
      union all select p.account_id, 'HELD', s.amount, p.held from checked p join open s using (account_id) where p.held <> s.amount
      union all select p.account_id, 'LOTS', p.balance, s.amount from checked p join lots s using (account_id) where p.balance <> s.amount
      union all select account_id, 'TRANSACTION', 0, amount from unbalanced
    )
    select (select count(*)::int from checked) as count,
      case when (select count(*) from page) > ${size} then (select max(account_id::text) from checked) end as last,
      (select jsonb_agg(jsonb_build_object('accountId', f.account_id, 'what', f.what, 'expected', f.expected, 'actual', f.actual))
        from (select * from found order by account_id, what limit ${MOST_DIFFERENCES}) as f) as differences`);
  const { count, last, differences } = row!;
  return { accountCount: count, last, differences: differences ?? [] };
}
