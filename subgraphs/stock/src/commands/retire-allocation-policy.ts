import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { retirePolicy } from '../data/allocation-policies.ts';
import type { PolicyCommand } from './activate-allocation-policy.ts';
import { busyConfiguration, policyOutcome } from './policy-outcome.ts';

/** Ends a policy, so that the default one governs its variants, or none; puts a draft away. Repeating is harmless. */
export async function retireAllocationPolicy(
  db: Database,
  caller: Caller,
  { policyId, expectedVersion }: PolicyCommand,
) {
  if (!isId(policyId)) return notFound('There is no such policy.', ['input', 'policyId']);
  try {
    const who = `${caller.role}:${caller.subject}`;
    return await policyOutcome(db, policyId, await retirePolicy(db, policyId, expectedVersion ?? null, who));
  } catch (error) {
    return busyConfiguration(error);
  }
}
