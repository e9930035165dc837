import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { type busy, idempotencyKeyReused, type invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import {
  endMerge,
  findMerge,
  findMergeKey,
  findMergesOnTop,
  insertMergeKey,
  type Merge,
  type MergeKey,
  type MergeRow,
} from '../../data/merging/merges.ts';
import { giveBackEverything } from '../../data/merging/movers.ts';
import { lockForMerge, reviseBoth } from '../../data/merging/move-profile.ts';
import { findMergeSides } from '../../data/merging/sides.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { finding, type MergeFinding } from '../../domain/merging/judge-merge.ts';
import { customerUnmerged } from '../../domain/merging/merge-events.ts';
import { customerChanged, type Customer } from '../../domain/profile/customer.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { actorOf, MAX_KEY_LENGTH, mergeKey, refusalOfMerge } from './merge-command.ts';

export interface UnmergeInput {
  readonly mergeId: string;
  readonly idempotencyKey: string;
}

export type UnmergeOutcome =
  | {
      readonly __typename: 'CustomersUnmerged';
      readonly mergeId: string;
      readonly survivor: Customer;
      readonly restored: Customer;
    }
  | ReturnType<typeof unmergeBlocked>
  | ReturnType<typeof notFound>
  | ReturnType<typeof idempotencyKeyReused>
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof busy>;

const unmergeBlocked = (conflicts: readonly MergeFinding[]) => ({
  __typename: 'UnmergeBlocked' as const,
  code: 'UNMERGE_BLOCKED',
  message: conflicts.map(({ message }) => message).join(' '),
  path: ['input', 'mergeId'],
  conflicts: [...conflicts],
});

const noMerge = () => notFound('There is no such merge.', ['input', 'mergeId']);

/**
 * Makes one profile two again, in one transaction: the absorbed one gets back what it brought and is still there. What was added or changed
 * since is the survivor's, also orders; what was deleted stays deleted. Merges on top of one another are undone from the last one on, however
 * old they are. Repeating it with its key answers the same.
 */
export async function unmergeCustomers(db: Database, caller: Caller, input: UnmergeInput): Promise<UnmergeOutcome> {
  const key = readText(input.idempotencyKey, 'idempotencyKey', MAX_KEY_LENGTH);
  const refusal = refusalOf(key);
  if (refusal) return refusal;
  if (!isId(input.mergeId)) return noMerge();
  const mergeId = input.mergeId.toLowerCase();
  const command = mergeKey(caller, valueOf(key), ['unmerge', mergeId]);
  try {
    return await inTransaction(db, (tx) => decide(tx, mergeId, { command, actor: actorOf(caller) }));
  } catch (error) {
    return refusalOfMerge(error);
  }
}

async function decide(
  tx: Tx,
  mergeId: string,
  { command, actor }: { readonly command: MergeKey; readonly actor: string },
): Promise<UnmergeOutcome> {
  const seen = await findMerge(tx, mergeId);
  if (!seen) return noMerge();
  await lockForMerge(tx, [seen.survivorId, seen.absorbedId]);
  const known = await findMergeKey(tx, command);
  if (known) return known.requestHash === command.requestHash ? outcomeOf(tx, seen) : idempotencyKeyReused();

  const merge = (await findMerge(tx, mergeId))!;
  const conflicts = await conflictsWith(tx, merge);
  if (conflicts.length > 0) return unmergeBlocked(conflicts);
  await giveBackEverything(tx, merge);
  await endMerge(tx, mergeId, actor);
  const revised = await reviseBoth(tx, merge);
  await appendEvents(tx, 'customers', [customerUnmerged(merge), ...revised.map(customerChanged)]);
  await insertMergeKey(tx, command, mergeId);
  return outcomeOf(tx, merge);
}

async function conflictsWith(tx: Tx, merge: MergeRow): Promise<MergeFinding[]> {
  if (merge.isUndone) return [finding('ALREADY_UNDONE', 'This merge was undone before.')];
  const [last] = await findMergesOnTop(tx, merge);
  if (last) return [finding('LATER_MERGE', `Another merge came on top of it: undo ${last.mergeId} first.`)];
  const sides = await findMergeSides(tx, [merge.survivorId, merge.absorbedId]);
  const found: MergeFinding[] = [];
  if (sides.some(({ isErased }) => isErased))
    found.push(finding('ERASED', 'The person was forgotten: nothing is left to give back.'));
  if (sides.some(({ hasOpenPrivacyRequest }) => hasOpenPrivacyRequest))
    found.push(
      finding(
        'OPEN_PRIVACY_REQUEST',
        'The person asked for their data or to be forgotten: undo the merge when that is done.',
      ),
    );
  return found;
}

async function outcomeOf(tx: Tx, { mergeId, survivorId, absorbedId }: Merge): Promise<UnmergeOutcome> {
  const customers = await findCustomers(tx, [survivorId, absorbedId]);
  const named = (id: string) => customers.find(({ askedId }) => askedId === id)!;
  return { __typename: 'CustomersUnmerged', mergeId, survivor: named(survivorId), restored: named(absorbedId) };
}
