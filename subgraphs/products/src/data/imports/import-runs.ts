import { newId } from '@kontor/kit/src/ids.ts';
import type { Sql } from 'postgres';

/** How far the import of a file is. */
export interface ImportRun {
  readonly importId: string;
  /** Everything before this line is kept. */
  readonly nextLine: number;
  /** What became of the rows so far, in the words of whoever imports. */
  readonly counts: Readonly<Record<string, unknown>>;
  readonly state: 'RUNNING' | 'DONE';
}

/** A file and where it goes. */
export interface ImportIdentity {
  readonly fingerprint: string;
  readonly fileName: string;
  readonly format: string;
}

const columns = (sql: Sql) => sql`import_id as "importId", next_line as "nextLine", counts, state`;

/** Begins an import, or finds the one that broke off; one that ended, or shall begin anew, begins at line 1 with another id. */
export async function startImport(
  sql: Sql,
  { fingerprint, fileName, format }: ImportIdentity,
  restart: boolean,
): Promise<ImportRun> {
  const id = newId();
  await sql`
    insert into products.imports as i (import_id, fingerprint, file_name, format, state, next_line, counts, started_at, updated_at)
    values (${id}, ${fingerprint}, ${fileName}, ${format}, 'RUNNING', 1, '{}', products.app_now(), products.app_now())
    on conflict on constraint imports_fingerprint_key do update set import_id = excluded.import_id, file_name = excluded.file_name, state = 'RUNNING', next_line = 1,
      counts = '{}', started_at = excluded.started_at, updated_at = excluded.updated_at
    where i.state = 'DONE' or ${restart}`;
  const [run] = await sql<ImportRun[]>`select ${columns(sql)} from products.imports where fingerprint = ${fingerprint}`;
  if (!run) throw new Error('an import that was begun is there: none is ever deleted');
  return { ...run, nextLine: Number(run.nextLine) };
}

/** Notes how far an import came. What is not ahead of what is noted changes nothing. @returns null when there is no such import. */
export async function advanceImport(
  sql: Sql,
  run: Omit<ImportRun, 'state'> & { readonly isDone: boolean },
): Promise<ImportRun | null> {
  const { importId, nextLine, counts, isDone } = run;
  await sql`
    update products.imports set next_line = ${nextLine}, counts = ${JSON.stringify(counts)}::jsonb, state = case when ${isDone} then 'DONE' else state end,
      updated_at = products.app_now()
    where import_id = ${importId} and state = 'RUNNING' and (next_line < ${nextLine} or (${isDone} and next_line <= ${nextLine}))`;
  const [known] = await sql<ImportRun[]>`select ${columns(sql)} from products.imports where import_id = ${importId}`;
  return known ? { ...known, nextLine: Number(known.nextLine) } : null;
}
