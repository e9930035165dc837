import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { resolveException as resolve, type ExceptionRow } from '../data/exceptions.ts';
import { isPlainText } from '../domain/texts.ts';

/** What became of an exception. */
export type ExceptionResolution =
  | { readonly kind: 'resolved'; readonly exception: ExceptionRow }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'invalidNote' };

/**
 * Notes that somebody has looked at an exception, and what came of it. One that is resolved stays as it is; repeating is harmless.
 * @param command `atLocationId`: those of other locations look as if there was none; null for exceptions of all of them.
 */
export async function resolveException(
  db: Database,
  caller: Caller,
  command: { readonly exceptionId: string; readonly note: string; readonly atLocationId: string | null },
): Promise<ExceptionResolution> {
  const { exceptionId, note, atLocationId } = command;
  if (!isPlainText(note) || note.trim() === '') return { kind: 'invalidNote' };
  if (!isId(exceptionId)) return { kind: 'notFound' };
  const exception = await resolve(db, { id: exceptionId, by: `${caller.role}:${caller.subject}`, note, atLocationId });
  return exception ? { kind: 'resolved', exception } : { kind: 'notFound' };
}
