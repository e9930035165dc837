import type { Tx } from '@kontor/kit/src/database.ts';
import { searchSynonyms } from '@kontor/drizzle/products/tables.ts';
import { eq, sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { AcceptedSynonyms } from '../../domain/search/synonym-rules.ts';

/** A set of synonyms as it is shown. */
export interface SynonymRow {
  readonly synonymSetId: string;
  readonly locale: string;
  readonly words: string[];
  readonly version: number;
}

/** Sets of a language, or of all, by language and id, behind a position. */
export const findSynonymPage = (
  sql: Sql,
  language: string | null,
  after: { readonly language: string; readonly synonymSetId: string } | null,
  limit: number,
): Promise<SynonymRow[]> => sql<SynonymRow[]>`
  select synonym_set_id as "synonymSetId", language as locale, words, version from products.search_synonyms
  where ${language === null ? sql`true` : sql`language = ${language}`} and ${after ? sql`(language, synonym_set_id) > (${after.language}, ${after.synonymSetId}::uuid)` : sql`true`}
  order by language, synonym_set_id limit ${limit}`;

/** The version of a set, locked until the end of the transaction; null when there is none. */
export async function lockSynonyms(tx: Tx, synonymSetId: string): Promise<number | null> {
  const [row] = await tx
    .select({ version: searchSynonyms.version })
    .from(searchSynonyms)
    .where(eq(searchSynonyms.synonymSetId, synonymSetId))
    .for('update');
  return row?.version ?? null;
}

/** How many sets there are. Others who make one wait until the end of the transaction. */
export async function countSynonyms(tx: Tx): Promise<number> {
  await tx.execute(statement`lock table products.search_synonyms in share row exclusive mode`);
  return tx.$count(searchSynonyms);
}

/** Writes a set with a version. */
export async function writeSynonyms(
  tx: Tx,
  synonymSetId: string,
  synonyms: AcceptedSynonyms,
  version: number,
): Promise<void> {
  await tx.execute(statement`
    insert into products.search_synonyms (synonym_set_id, language, words, keys, version, updated_at)
    select ${synonymSetId}::uuid, s.language, s.words, s.keys, ${version}, products.app_now()
    from jsonb_to_record(${JSON.stringify(synonyms)}::jsonb) as s(language text, words text[], keys text[])
    on conflict on constraint search_synonyms_pkey do update set language = excluded.language, words = excluded.words, keys = excluded.keys,
      version = excluded.version, updated_at = excluded.updated_at`);
}

/** Removes a locked set. */
export async function removeSynonymRow(tx: Tx, synonymSetId: string): Promise<void> {
  await tx.delete(searchSynonyms).where(eq(searchSynonyms.synonymSetId, synonymSetId));
}
