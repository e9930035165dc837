import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { verifyAddress } from '../../data/signing/addresses.ts';
import { findAccount, findPasswordHash, setPassword } from '../../data/signing/passwords.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { hashPassword } from '../../passwords/argon2id.ts';
import { readId, readPassword } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import type { Signing } from './signing.ts';

export interface PasswordInput {
  readonly customerId: string;
  readonly password: string;
}

/**
 * Gives a profile a password where it has none, and takes its primary address as verified, in one transaction: for people whom another system
 * of ours knows. Repeating is harmless, and no password that somebody chose is replaced.
 * @returns whether it was set by this call.
 * @throws GraphQLError BAD_USER_INPUT, SERVICE_UNAVAILABLE when too much is hashed at once
 */
export async function ensurePassword(
  { db, work }: Pick<Signing, 'db' | 'work'>,
  input: PasswordInput,
): Promise<{ set: boolean }> {
  const customerId = valueOf(readId(input.customerId, 'customerId'));
  const password = valueOf(readPassword(input.password));
  if (customerId === null) throw nobody();
  if ((await findPasswordHash(db.orm, customerId)) !== null) return { set: false };
  const hashing = work.run(() => hashPassword(password));
  if (!hashing) throw requestFault('SERVICE_UNAVAILABLE', 'Too many passwords are being checked now.');
  const hash = await hashing;
  return inTransaction(db, async (tx) => {
    const locked = await lockCustomer(tx, customerId);
    if (!locked) throw nobody();
    if ((await findPasswordHash(tx, locked.id)) !== null) return { set: false };
    await setPassword(tx, locked.id, hash);
    await verifyPrimaryAddress(tx, locked.id);
    return { set: true };
  });
}

async function verifyPrimaryAddress(tx: Tx, customerId: string): Promise<void> {
  const [customer] = await findCustomers(tx, [customerId]);
  const account = customer?.email ? await findAccount(tx, customer.email) : null;
  if (!account) throw badInput('Somebody without an address cannot sign in with a password.', ['input', 'customerId']);
  if (!(await verifyAddress(tx, account.identityId))) return;
  const touched = await touchCustomers(tx, [customerId]);
  await appendEvents(tx, 'customers', [...touched.map(customerChanged), identityVerified(customerId, 'EMAIL')]);
}

const nobody = () => badInput('There is no such customer.', ['input', 'customerId']);
