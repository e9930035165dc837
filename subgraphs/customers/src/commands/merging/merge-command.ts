import { hash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, postgresError } from '@kontor/kit/src/database.ts';
import { busy, idempotencyKeyReused } from '@kontor/kit/src/errors.ts';
import type { MergeKey } from '../../data/merging/merges.ts';

export const MAX_KEY_LENGTH = 200;
const RETRY_AFTER_MS = 500;
/** Waited too long for a lock, or was broken off again and again for the sake of others. */
const CROWDED: ReadonlySet<string | undefined> = new Set(['55P03', '40P01', '40001']);

/** Who did it, as it is noted: the person of the staff where that is known. */
export const actorOf = ({ role, subject, staffId }: Caller): string => `${role}:${staffId ?? subject}`;

/** The caller's key with what it stands for. @param content tells one input from another, its kind included. */
export const mergeKey = (caller: Caller, key: string, content: readonly (string | number)[]): MergeKey => ({
  caller: actorOf(caller),
  key,
  requestHash: hash('sha256', JSON.stringify(content), 'base64url'),
});

/** The refusal of a merge or its undoing that could not be tried. @throws what is none. */
export function refusalOfMerge(error: unknown): ReturnType<typeof busy> | ReturnType<typeof idempotencyKeyReused> {
  // Another command used the key at the same time, for other profiles.
  if (brokenConstraint(error) === 'merge_keys_pkey') return idempotencyKeyReused();
  if (CROWDED.has(postgresError(error)?.code)) return busy('One of the profiles', RETRY_AFTER_MS);
  throw error;
}
