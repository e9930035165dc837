import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Account, AccountName } from '../../domain/accounts/account.ts';
import { uuids } from '../profile/customers.ts';

/** Finds or makes an account, with limit and balance zero. @returns its id. */
export async function ensureAccount(db: Db | Tx, { kind, ownerId, unit }: AccountName): Promise<string> {
  const [row] = await db.execute<{ id: string }>(
    sql`select customers.ensure_account(${kind}, ${ownerId}::uuid, ${unit}) as id`,
  );
  return row!.id;
}

/**
 * Sets the limit of an account of credit or a budget, and makes it when there is none. A limit below what is used is taken: it refuses new
 * holds and debits until there is room again.
 * @param limit whole units, not negative. @returns the account as it is now.
 */
export async function setLimit(tx: Tx, name: AccountName, limit: number): Promise<Account> {
  const accountId = await ensureAccount(tx, name);
  const [row] = await tx.execute<AccountRow>(sql`
    update customers.accounts a set limit_amount = ${limit}::bigint where account_id = ${accountId}::uuid returning ${accountColumns}`);
  return toAccount(row!);
}

/** Accounts of a kind that belong to these owners, in one statement and in no order. Holds that are over count until they are swept. */
export async function findAccounts(
  db: Db | Tx,
  kind: AccountName['kind'],
  ownerIds: readonly string[],
): Promise<Account[]> {
  if (ownerIds.length === 0) return [];
  const rows = await db.execute<AccountRow>(sql`
    select ${accountColumns} from customers.accounts a where a.kind = ${kind} and a.owner_id = any(${uuids(ownerIds)})`);
  return rows.map(toAccount);
}

const accountColumns = sql`a.account_id as "accountId", a.kind, a.owner_id as "ownerId", a.unit,
  a.limit_amount as limit, a.balance, a.held`;

/** Whole numbers of 64 bits arrive as text; the constraints keep them within what a number holds exactly. */
interface AccountRow extends AccountName, Record<string, unknown> {
  readonly accountId: string;
  readonly limit: string;
  readonly balance: string;
  readonly held: string;
}

function toAccount({ accountId, kind, ownerId, unit, ...row }: AccountRow): Account {
  const [limit, balance, held] = [Number(row.limit), Number(row.balance), Number(row.held)];
  return { accountId, kind, ownerId, unit, limit, balance, held, available: limit + balance - held };
}
