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

/** Notes that somebody has looked at an exception, and what came of it. One that is resolved stays as it is; repeating is harmless. */
export async function resolveException(
  db: Database,
  caller: Caller,
  { exceptionId, note }: { readonly exceptionId: string; readonly note: string },
): Promise<ExceptionResolution> {
  if (!isPlainText(note) || note.trim() === '') return { kind: 'invalidNote' };
  if (!isId(exceptionId)) return { kind: 'notFound' };
  const exception = await resolve(db, exceptionId, `${caller.role}:${caller.subject}`, note);
  return exception ? { kind: 'resolved', exception } : { kind: 'notFound' };
}
