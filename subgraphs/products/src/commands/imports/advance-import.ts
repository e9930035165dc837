import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import * as runs from '../../data/imports/import-runs.ts';
import { isStorable } from '../../domain/text.ts';

const MAX_COUNTS_CHARACTERS = 10_000;

/** Begins the import of a file, or finds where it broke off. @throws GraphQLError BAD_USER_INPUT */
export function beginImport(db: Database, identity: runs.ImportIdentity, restart: boolean): Promise<runs.ImportRun> {
  if (!/^[0-9a-f]{64}$/.test(identity.fingerprint))
    throw badInput('fingerprint is not a SHA-256 in lower-case hexadecimal digits.', ['input', 'fingerprint']);
  for (const field of ['fileName', 'format'] as const)
    if (identity[field].length > 255 || !isStorable(identity[field]))
      throw badInput(`${field} takes at most 255 characters.`, ['input', field]);
  return runs.startImport(db.sql, identity, restart);
}

/** Notes how far an import came; repeating it, or coming late, changes nothing. @throws GraphQLError BAD_USER_INPUT */
export async function noteProgress(
  db: Database,
  progress: Parameters<typeof runs.advanceImport>[1],
): Promise<runs.ImportRun> {
  if (!Number.isSafeInteger(progress.nextLine) || progress.nextLine < 1)
    throw badInput('nextLine counts from 1.', ['input', 'nextLine']);
  if (JSON.stringify(progress.counts).length > MAX_COUNTS_CHARACTERS)
    throw badInput(`counts takes at most ${MAX_COUNTS_CHARACTERS} characters.`, ['input', 'counts']);
  const run = isId(progress.importId) ? await runs.advanceImport(db.sql, progress) : null;
  if (run === null)
    throw badInput('There is no such import: it was begun anew, by somebody else or somewhere else.', [
      'input',
      'importId',
    ]);
  return run;
}
