import type { Database } from '@kontor/kit/src/database.ts';
import { busy, invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { findPolicy, type PolicyOutcome } from '../data/allocation-policies.ts';
import { isLockTimeout } from '../data/retry.ts';

const RETRY_AFTER_MS = 1_000;

/** Answers with Busy when what is configured could not be locked in time; anything else is thrown on. */
export function busyConfiguration(error: unknown) {
  if (!isLockTimeout(error)) throw error;
  return busy('The configuration of stock', RETRY_AFTER_MS);
}

/** What a command on a policy answers, with the policy as it is now. */
export async function policyOutcome(db: Database, policyId: string, { outcome, version = 0, channels }: PolicyOutcome) {
  switch (outcome) {
    case 'saved':
    case 'active':
    case 'retired': {
      const policy = await findPolicy(db, policyId);
      if (!policy) throw new Error(`the policy ${policyId} is gone: policies are never deleted`);
      return { __typename: 'AllocationPolicySaved' as const, policy };
    }
    case 'missing':
      return notFound('There is no such policy.', ['input', 'policyId']);
    case 'conflict':
      return versionConflict('The policy', version);
    case 'too_many':
      return invalidInput('TOO_MANY', 'There are as many policies as there can be: retire some first.', ['input']);
    case 'not_draft':
      return {
        __typename: 'PolicyNotDraft' as const,
        code: 'POLICY_NOT_DRAFT',
        message: 'The policy is or was active, and stays as it governed: make a new draft.',
        path: ['input', 'policyId'],
      };
    case 'without_locations':
      return withoutLocations(channels ?? []);
  }
}

const withoutLocations = (channels: readonly string[]) => ({
  __typename: 'PolicyWithoutLocations' as const,
  code: 'POLICY_WITHOUT_LOCATIONS',
  message:
    channels.length > 0
      ? `Nothing would be shared: ${channels.join(', ')} ${channels.length > 1 ? 'sell' : 'sells'} from no location in the policy's scope.`
      : 'Nothing would be shared: no location in the scope is one that all channels of the policy sell from.',
  path: ['input', 'policyId'],
  channels: [...channels],
});
