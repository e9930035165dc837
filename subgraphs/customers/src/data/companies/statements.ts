import type { Database, Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import {
  agingOf,
  dueDay,
  openCharges,
  type Aging,
  type Charge,
  type StatementEntry,
} from '../../domain/companies/statement.ts';
import { localDate } from '../../domain/companies/budget-period.ts';

/** Whose statement it is. */
export interface CreditAccount {
  readonly companyLocationId: string;
  readonly currency: string;
  readonly timeZone: string;
}

/** A part of a statement, with the balances of the whole of it. Amounts are what is owed, in minor units. */
export interface StatementPage {
  readonly openingMinor: number;
  readonly closingMinor: number;
  readonly entries: readonly StatementEntry[];
}

/** What stands in the ledger beside an entry of a credit account. A reversal names the order's key in its fingerprint, before the amount. */
const booked = sql`
  from customers.ledger_entries e
  join customers.accounts a on a.account_id = e.account_id
  join customers.ledger_transactions t on t.transaction_id = e.transaction_id
  left join customers.credit_orders o on t.kind = 'CREDIT_CHARGE' and o.hold_key = t.reference
  left join customers.credit_bookings b
    on b.booking_id = case when t.kind in ('CREDIT_PAYMENT', 'CREDIT_ADJUSTMENT') then t.reference::uuid end`;
const ofAccount = ({ companyLocationId, currency }: CreditAccount) =>
  sql`a.kind = 'CREDIT' and a.owner_id = ${companyLocationId}::uuid and a.unit = ${currency}`;

interface EntryRow extends Record<string, unknown> {
  readonly opening: string;
  readonly closing: string;
  readonly id: string | null;
  readonly kind: StatementEntry['kind'];
  readonly amount: string;
  readonly reference: string;
  readonly bookedAt: string;
  readonly termsDays: number | null;
  readonly timeZone: string | null;
}

/**
 * The entries that were booked from one instant until before another, in the order in which they were booked, behind one; with what was
 * owed before the first and behind the last of them. One statement, so that they belong together: opening and entries are closing.
 */
export async function readStatement(
  db: Db | Tx,
  account: CreditAccount,
  page: { readonly from: string; readonly to: string; readonly after: string | null; readonly limit: number },
): Promise<StatementPage> {
  const rows = await db.execute<EntryRow>(sql`
    with entries as materialized (
      select e.transaction_id as id, t.kind, -e.amount as amount, t.booked_at, o.terms_days, o.time_zone,
        case t.kind when 'CREDIT_REVERSE' then regexp_replace(t.fingerprint, ':[0-9]+$', '') else coalesce(b.reference, t.reference) end as reference
      ${booked} where ${ofAccount(account)} and t.booked_at < ${page.to}::timestamptz
    ), page as (
      select * from entries where booked_at >= ${page.from}::timestamptz and (${page.after}::uuid is null or id > ${page.after}::uuid)
      order by id limit ${page.limit}
    )
    select (select coalesce(sum(amount), 0) from entries where booked_at < ${page.from}::timestamptz)::text as opening,
      (select coalesce(sum(amount), 0) from entries)::text as closing,
      p.id, case p.kind when 'CREDIT_CHARGE' then 'ORDER' when 'CREDIT_REVERSE' then 'CANCELLATION' when 'CREDIT_PAYMENT' then 'PAYMENT'
        else 'ADJUSTMENT' end as kind,
      p.amount::text as amount, p.reference, p.booked_at::text as "bookedAt", p.terms_days as "termsDays", p.time_zone as "timeZone"
    from (select) as whole left join page p on true order by p.id`);
  return {
    openingMinor: Number(rows[0]!.opening),
    closingMinor: Number(rows[0]!.closing),
    entries: rows.flatMap((row) => (row.id === null ? [] : [toEntry({ ...row, id: row.id }, account.timeZone)])),
  };
}

function toEntry(row: EntryRow & { readonly id: string }, timeZone: string): StatementEntry {
  const { id, kind, reference, bookedAt } = row;
  const amountMinor = Number(row.amount);
  const isCharge = amountMinor > 0 && kind !== 'CANCELLATION';
  const dueOn = isCharge ? dueDay(new Date(bookedAt), row.timeZone ?? timeZone, row.termsDays ?? 0) : null;
  return { id, kind, reference, bookedAt, amountMinor, dueOn };
}

const CHARGES_AT_ONCE = 500;

/**
 * What is owed by how late it is now, by the time zone of the company. Reads the newest charges, as many as make up what is owed, in one
 * snapshot.
 */
export async function readAging(db: Database, account: CreditAccount): Promise<Aging> {
  return db.orm.transaction(
    async (tx) => {
      const [state] = await tx.execute<{ owed: string; now: string }>(sql`
        select coalesce((select -a.balance from customers.accounts a where ${ofAccount(account)}), 0)::text as owed,
          customers.app_now()::text as now`);
      const owedMinor = Number(state!.owed);
      const charges = await chargesThatMake(tx, account, owedMinor);
      return agingOf(openCharges(charges, owedMinor), localDate(new Date(state!.now), account.timeZone));
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** The newest charges until they are as much as is owed, the newest first. */
async function chargesThatMake(tx: Tx, account: CreditAccount, owedMinor: number): Promise<Charge[]> {
  const charges: Charge[] = [];
  let left = owedMinor;
  let before: string | null = null;
  while (left > 0) {
    const rows: ChargeRow[] = await newestCharges(tx, account, before);
    for (const { reference, net, bookedAt, timeZone, termsDays } of rows) {
      const dueOn = dueDay(new Date(bookedAt), timeZone ?? account.timeZone, termsDays ?? 0);
      charges.push({ reference, netMinor: Number(net), dueOn });
      left -= Math.max(0, Number(net));
    }
    if (rows.length < CHARGES_AT_ONCE) break;
    before = rows.at(-1)!.id;
  }
  return charges;
}

interface ChargeRow extends Record<string, unknown> {
  readonly id: string;
  readonly reference: string;
  readonly net: string;
  readonly bookedAt: string;
  readonly timeZone: string | null;
  readonly termsDays: number | null;
}

const newestCharges = async (tx: Tx, account: CreditAccount, before: string | null): Promise<ChargeRow[]> =>
  tx.execute<ChargeRow>(sql`
    select e.transaction_id as id, coalesce(b.reference, t.reference) as reference, (-e.amount - coalesce(h.reversed, 0))::text as net,
      t.booked_at::text as "bookedAt", o.time_zone as "timeZone", o.terms_days as "termsDays"
    ${booked}
    left join customers.holds h on t.kind = 'CREDIT_CHARGE' and h.hold_key = t.reference and h.account_id = e.account_id
    where ${ofAccount(account)} and e.amount < 0 and (${before}::uuid is null or e.transaction_id < ${before}::uuid)
    order by e.transaction_id desc limit ${CHARGES_AT_ONCE}`);
