import { hash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint } from '@kontor/kit/src/database.ts';
import type { CommandKey } from '../data/reservation-changes.ts';
import { isLockTimeout } from '../data/retry.ts';
import { isDemandFault, type DemandFault } from '../domain/demand.ts';
import { isKey } from '../domain/texts.ts';

/** Why a change of a reservation, or a sale, was not even tried or came to nothing. */
export type RefusedChange =
  | { readonly kind: 'invalid'; readonly fault: DemandFault }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  /** The key was used for something else. */
  | { readonly kind: 'keyReused' }
  /** A level has fewer units than the reservation says that it has there. */
  | { readonly kind: 'inconsistent' };

const RETRY_AFTER_MS = 250;

/** Runs a change; failures that its caller can do something about become refusals. Nothing was changed then. */
export async function attempted<Outcome>(change: () => Promise<Outcome>): Promise<Outcome | RefusedChange> {
  try {
    return await change();
  } catch (error) {
    if (isLockTimeout(error)) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
    switch (brokenConstraint(error)) {
      case 'command_keys_content':
      case 'command_keys_pkey':
        return { kind: 'keyReused' };
      case 'levels_reserved_not_negative':
      case 'levels_committed_not_negative':
        return { kind: 'inconsistent' };
      default:
        throw error;
    }
  }
}

/** A rule that an input breaks. */
export const invalid = (message: string, ...path: string[]): RefusedChange => ({
  kind: 'invalid',
  fault: { message, path: ['input', ...path] },
});

/** What is wrong with a key that a caller chose; null when nothing is. */
export const faultOfKey = (key: string, field: string): RefusedChange | null =>
  isKey(key) ? null : invalid(`${field} takes 1 to 200 characters.`, field);

/** Whether checked input turned out to be a fault. */
export const isFault = <Checked extends object>(checked: Checked | DemandFault): checked is DemandFault =>
  isDemandFault(checked as Parameters<typeof isDemandFault>[0]);

/** The key of a command with what tells its content from another's. @param content JSON values. */
export const commandKey = (key: string, ...content: readonly unknown[]): CommandKey => ({
  key,
  hash: hash('sha256', JSON.stringify(content), 'base64url'),
});

/** Who books, as ledger entries name it. */
export const actorOf = ({ role, subject }: Caller): string => `${role}:${subject}`;
