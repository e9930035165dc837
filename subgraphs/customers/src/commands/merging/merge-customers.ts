import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import {
  type busy,
  idempotencyKeyReused,
  type invalidInput,
  notFound,
  versionConflict,
} from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { findMergeKey, insertMerge, insertMergeKey, type MergeKey } from '../../data/merging/merges.ts';
import { moveEverything } from '../../data/merging/movers.ts';
import { lockForMerge, reviseBoth } from '../../data/merging/move-profile.ts';
import { findMergeSides } from '../../data/merging/sides.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import { primariesWon } from '../../domain/merging/choose-values.ts';
import { conflictsOf, type MergeFinding } from '../../domain/merging/judge-merge.ts';
import { customerMerged } from '../../domain/merging/merge-events.ts';
import { customerChanged, type Customer } from '../../domain/profile/customer.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { actorOf, MAX_KEY_LENGTH, mergeKey, refusalOfMerge } from './merge-command.ts';

export interface MergeInput {
  readonly survivorId: string;
  readonly absorbedId: string;
  readonly expectedSurvivorVersion: number;
  readonly expectedAbsorbedVersion: number;
  readonly idempotencyKey: string;
}

export type MergeOutcome =
  | { readonly __typename: 'CustomersMerged'; readonly mergeId: string; readonly customer: Customer }
  | ReturnType<typeof mergeBlocked>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>
  | ReturnType<typeof idempotencyKeyReused>
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof busy>;

const mergeBlocked = (conflicts: readonly MergeFinding[]) => ({
  __typename: 'MergeBlocked' as const,
  code: 'MERGE_BLOCKED',
  message: conflicts.map(({ message }) => message).join(' '),
  path: ['input'],
  conflicts: [...conflicts],
});

/**
 * Makes two profiles one, in one transaction: the survivor gets everything of the absorbed profile, whose id leads to it from then on. What
 * moved is noted, so that it can be undone. Repeating it with its key answers the same; what is refused changes nothing and leaves the key
 * unused. Sessions of both go on and get tokens with the survivor's id when they are next exchanged.
 */
export async function mergeCustomers(db: Database, caller: Caller, input: MergeInput): Promise<MergeOutcome> {
  const key = readText(input.idempotencyKey, 'idempotencyKey', MAX_KEY_LENGTH);
  const refusal = refusalOf(key);
  if (refusal) return refusal;
  if (!isId(input.survivorId)) return notFound('There is no such customer.', ['input', 'survivorId']);
  if (!isId(input.absorbedId)) return notFound('There is no such customer.', ['input', 'absorbedId']);
  const wish = { ...input, survivorId: input.survivorId.toLowerCase(), absorbedId: input.absorbedId.toLowerCase() };
  const command = mergeKey(caller, valueOf(key), ['merge', wish.survivorId, wish.absorbedId]);
  try {
    return await inTransaction(db, (tx) => decide(tx, wish, { command, actor: actorOf(caller) }));
  } catch (error) {
    return refusalOfMerge(error);
  }
}

async function decide(
  tx: Tx,
  wish: MergeInput,
  { command, actor }: { readonly command: MergeKey; readonly actor: string },
): Promise<MergeOutcome> {
  const { survivorId, absorbedId } = wish;
  await lockForMerge(tx, [survivorId, absorbedId]);
  const known = await findMergeKey(tx, command);
  if (known)
    return known.requestHash === command.requestHash
      ? outcomeOf(tx, known.mergeId, survivorId)
      : idempotencyKeyReused();

  const sides = await findMergeSides(tx, [survivorId, absorbedId]);
  const survivor = sides.find(({ id }) => id === survivorId);
  const absorbed = sides.find(({ id }) => id === absorbedId);
  if (!survivor) return notFound('There is no such customer.', ['input', 'survivorId']);
  if (!absorbed) return notFound('There is no such customer.', ['input', 'absorbedId']);
  const conflicts = conflictsOf(survivor, absorbed);
  if (conflicts.length > 0) return mergeBlocked(conflicts);
  if (survivor.revision !== wish.expectedSurvivorVersion)
    return versionConflict('The survivor', survivor.revision, ['input', 'expectedSurvivorVersion']);
  if (absorbed.revision !== wish.expectedAbsorbedVersion)
    return versionConflict('The absorbed profile', absorbed.revision, ['input', 'expectedAbsorbedVersion']);

  const merge = { mergeId: newId(), survivorId, absorbedId };
  await insertMerge(tx, merge, actor);
  await moveEverything(tx, merge, primariesWon(survivor, absorbed));
  const revised = await reviseBoth(tx, merge);
  await appendEvents(tx, 'customers', [customerMerged(merge), ...revised.map(customerChanged)]);
  await insertMergeKey(tx, command, merge.mergeId);
  return outcomeOf(tx, merge.mergeId, survivorId);
}

async function outcomeOf(tx: Tx, mergeId: string, survivorId: string): Promise<MergeOutcome> {
  const [customer] = await findCustomers(tx, [survivorId]);
  return { __typename: 'CustomersMerged', mergeId, customer: customer! };
}
