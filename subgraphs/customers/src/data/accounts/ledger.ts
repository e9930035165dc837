import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { AccountName } from '../../domain/accounts/account.ts';

/** One side of a transaction: of an account, which is made when there is none, or of a counter account, which is a name in upper case. */
export type Entry = { readonly amount: number } & (
  | { readonly account: AccountName & { readonly kind: 'CREDIT' | 'BUDGET' } }
  | { readonly counter: string; readonly unit: string }
);

export interface NewTransaction {
  /** Upper case, such as `CREDIT_PAYMENT`. */
  readonly kind: string;
  /** What it is posted for; once for each kind. */
  readonly reference: string;
  /** They must be zero together in each unit. */
  readonly entries: readonly Entry[];
  /** Of what was asked for, where that is more than the entries: the same reference with another one is refused. */
  readonly fingerprint?: string;
  /** Who posts it: an id, never a name. */
  readonly actor?: string;
  /** What somebody writes about it, at most 500 characters; kept apart from the ledger, so that it can be forgotten. */
  readonly note?: string;
}

export type PostedTransaction =
  | { readonly status: 'POSTED' | 'REPEATED' | 'REFERENCE_REUSED'; readonly transactionId: string }
  | { readonly status: 'INSUFFICIENT'; readonly available: number };

/**
 * Posts a transaction on accounts of credit and budgets, in one statement, once for each kind and reference: repeating it answers REPEATED.
 * INSUFFICIENT when it debits an account by more than is available of it; nothing is changed then. Points are posted by loyalty.
 * @throws with the constraint `ledger_balanced` when the entries are not zero together.
 */
export async function postTransaction(db: Db | Tx, transaction: NewTransaction): Promise<PostedTransaction> {
  const { kind, reference, actor = null, note = null } = transaction;
  const entries = JSON.stringify(
    transaction.entries.map((entry) =>
      'account' in entry
        ? { kind: entry.account.kind, owner: entry.account.ownerId, unit: entry.account.unit, amount: entry.amount }
        : { counter: entry.counter, unit: entry.unit, amount: entry.amount },
    ),
  );
  const fingerprint = transaction.fingerprint ?? entries;
  const [row] = await db.execute<{ status: PostedTransaction['status']; transactionId: string; available: string }>(sql`
    select status, transaction_id as "transactionId", available
    from customers.post_transaction(${kind}, ${reference}, ${fingerprint}, ${actor}, ${note}, ${entries}::jsonb)`);
  const { status, transactionId, available } = row!;
  return status === 'INSUFFICIENT' ? { status, available: Number(available) } : { status, transactionId };
}
