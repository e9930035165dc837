import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findLabelOf } from '../../data/keys/credentials.ts';
import { findStaffAccountById } from '../../data/keys/staff-members.ts';

/** Who of the staff asks: the person who signed in, or the key by its label where a key stands for a person; null for all others. */
export async function readOwnStaff(
  { orm }: Pick<Database, 'orm'>,
  { role, staffId, credentialId }: Caller,
): Promise<{ id: string; name: string } | null> {
  if (role !== 'staff') return null;
  if (staffId !== undefined) {
    const account = await findStaffAccountById(orm, staffId);
    return account && { id: account.id, name: account.name };
  }
  const label = credentialId !== undefined && isId(credentialId) ? await findLabelOf(orm, credentialId) : null;
  return label === null ? null : { id: credentialId!, name: label };
}
