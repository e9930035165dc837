import type { Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { MAX_TAXONOMIES } from '../../domain/taxonomies/mapping-rules.ts';

/** A category tree of others. */
export interface TaxonomyRow {
  readonly code: string;
  readonly name: string;
  /** Counts the changes of the mapping into it. */
  readonly revision: number;
}

type Row = TaxonomyRow & Record<string, unknown>;

/** Taxonomies by code, in no order. */
export const findTaxonomies = (sql: Sql, codes: readonly string[]): Promise<TaxonomyRow[]> =>
  sql<
    TaxonomyRow[]
  >`select code, name, revision from products.taxonomies where code = any(${codes as string[]}::text[])`;

/** All taxonomies, by code. */
export const findAllTaxonomies = (sql: Sql): Promise<TaxonomyRow[]> =>
  sql<TaxonomyRow[]>`select code, name, revision from products.taxonomies order by code limit ${MAX_TAXONOMIES}`;

/** Lets one command after another make taxonomies, so that their number can be bounded; mappings do not wait. */
export async function lockTaxonomies(tx: Tx): Promise<void> {
  await tx.execute(statement`lock table products.taxonomies in share update exclusive mode`);
}

/** How many taxonomies there are. */
export async function countTaxonomies(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(statement`select count(*)::int as count from products.taxonomies`);
  return row!.count;
}

/** Locks a taxonomy, and with it the mapping into it. @returns null when there is none */
export async function lockTaxonomy(tx: Tx, code: string): Promise<TaxonomyRow | null> {
  const [row] = await tx.execute<Row>(
    statement`select code, name, revision from products.taxonomies where code = ${code} for no key update`,
  );
  return row ?? null;
}

/** Writes a taxonomy; one that is new has the revision 0. */
export async function writeTaxonomy(tx: Tx, { code, name, revision }: TaxonomyRow): Promise<void> {
  await tx.execute(statement`
    insert into products.taxonomies (code, name, revision, updated_at) values (${code}, ${name}, ${revision}, products.app_now())
    on conflict on constraint taxonomies_pkey do update set name = excluded.name, revision = excluded.revision, updated_at = excluded.updated_at`);
}
