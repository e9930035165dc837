import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { findUnknownChannels, savePolicyDraft } from '../data/allocation-policies.ts';
import { isDraftFault, toPolicyDraft, type DraftInput } from '../domain/policy-draft.ts';
import { policyOutcome } from './policy-outcome.ts';

/** What a draft shall be, and which. */
export interface SetAllocationPolicy extends DraftInput {
  /** Absent for a new one; one that is not there yet gets this id, so that a repeated call makes one draft. */
  readonly policyId?: string | null | undefined;
  /** Null or absent when it does not matter; 0 for one that is not there yet. */
  readonly expectedVersion?: number | null | undefined;
}

/** Makes or changes the draft of an allocation policy, in one transaction. Nothing is governed by it before it is activated. */
export async function setAllocationPolicy(db: Database, caller: Caller, input: SetAllocationPolicy) {
  const policyId = input.policyId ?? newId();
  if (!isId(policyId)) return notFound('There is no such policy.', ['input', 'policyId']);
  const draft = toPolicyDraft(input, isId);
  if (isDraftFault(draft)) return invalidInput(draft.code, draft.message, ['input', ...draft.path]);
  const [unknown] = await findUnknownChannels(
    db,
    draft.channels.map(({ channel }) => channel),
  );
  if (unknown !== undefined) {
    const index = draft.channels.findIndex(({ channel }) => channel === unknown);
    return invalidInput('UNKNOWN_CHANNEL', `There is no channel ${unknown}.`, [
      'input',
      'channels',
      String(index),
      'channel',
    ]);
  }
  const who = `${caller.role}:${caller.subject}`;
  const outcome = await savePolicyDraft(db, policyId.toLowerCase(), draft, input.expectedVersion ?? null, who);
  return policyOutcome(db, policyId, outcome);
}
