import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { activatePolicy } from '../data/allocation-policies.ts';
import { busyConfiguration, policyOutcome } from './policy-outcome.ts';

/** Which policy, and the version that the caller has seen; null when that does not matter. */
export interface PolicyCommand {
  readonly policyId: string;
  readonly expectedVersion?: number | null | undefined;
}

/**
 * Lets a draft govern from now on, in one transaction during which nothing is reserved. A new default retires the former one; a policy
 * for some variants takes them over from others, which retire when nothing is left to them. What channels have consumed counts from 0.
 */
export async function activateAllocationPolicy(
  db: Database,
  caller: Caller,
  { policyId, expectedVersion }: PolicyCommand,
) {
  if (!isId(policyId)) return notFound('There is no such policy.', ['input', 'policyId']);
  try {
    const who = `${caller.role}:${caller.subject}`;
    return await policyOutcome(db, policyId, await activatePolicy(db, policyId, expectedVersion ?? null, who));
  } catch (error) {
    return busyConfiguration(error);
  }
}
