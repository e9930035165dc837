import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers, type LockedCustomer } from '../../data/profile/locked-customers.ts';
import { customerChanged, type Customer } from '../../domain/profile/customer.ts';

/** What a change of something that belongs to a profile came to. */
export interface Change<T> {
  readonly outcome: T;
  /** Whether anything was written. */
  readonly changed: boolean;
}

/**
 * Changes something that belongs to a profile, in one transaction: under the lock of its row, with its next revision and its event when
 * anything changed. @returns null when there is no such profile, or it was erased.
 */
export function changeProfile<T>(
  db: Database,
  customerId: string,
  change: (tx: Tx, customer: LockedCustomer) => Promise<Change<T>>,
): Promise<{ readonly outcome: T; readonly customer: Customer } | null> {
  return inTransaction(db, async (tx) => {
    const locked = await lockCustomer(tx, customerId);
    if (!locked) return null;
    const { outcome, changed } = await change(tx, locked);
    if (changed) await noteChanges(tx, [locked.id]);
    const [customer] = await findCustomers(tx, [locked.id]);
    return { outcome, customer: customer! };
  });
}

/** Gives profiles whose rows are locked their next revisions, and says so. */
export async function noteChanges(tx: Tx, ids: readonly string[]): Promise<void> {
  const touched = await touchCustomers(tx, ids);
  await appendEvents(tx, 'customers', touched.map(customerChanged));
}
