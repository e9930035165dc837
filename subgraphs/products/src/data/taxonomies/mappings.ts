import type { Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { AcceptedMapping } from '../../domain/taxonomies/mapping-rules.ts';

/** What a category is called in a taxonomy. */
export interface MappingRow {
  /** The category that the mapping was made for: an ancestor, where it is inherited. */
  readonly categoryId: string;
  readonly targetId: string;
  readonly targetPath: string | null;
  /** The revision with which it began. */
  readonly revision: number;
  readonly changedAt: string;
  readonly changedBy: string;
}

/** A mapping into which taxonomy, at which of its revisions. */
export interface MappingAt {
  readonly taxonomyCode: string;
  readonly revision: number;
}

/** The mappings that categories have themselves at a revision, by category, behind one. */
export const findMappingPage = (
  sql: Sql,
  { taxonomyCode, revision }: MappingAt,
  after: string | null,
  limit: number,
): Promise<MappingRow[]> =>
  sql<MappingRow[]>`
    select m.category_id as "categoryId", m.target_id as "targetId", m.target_path as "targetPath", m.revision, m.changed_at as "changedAt", m.changed_by as "changedBy"
    from (
      select distinct on (category_id) * from products.category_mappings
      where taxonomy_code = ${taxonomyCode} and revision <= ${revision} and ${after === null ? sql`true` : sql`category_id > ${after}::uuid`}
      order by category_id, revision desc) m
    where m.target_id is not null order by m.category_id limit ${limit}`;

/**
 * What each of the categories is mapped to at a revision: by itself, or else as the nearest category above it. The tree is today's. Categories
 * without a mapping have no row.
 */
export const findMappings = (
  sql: Sql,
  { taxonomyCode, revision }: MappingAt,
  categoryIds: readonly string[],
): Promise<(MappingRow & { readonly ofCategory: string })[]> =>
  sql<(MappingRow & { readonly ofCategory: string })[]>`
    with recursive above (of_category, category_id, distance) as (
      select distinct id, id, 0 from unnest(${categoryIds as string[]}::uuid[]) as id
      union all select a.of_category, c.parent_id, a.distance + 1 from above a join products.categories c on c.category_id = a.category_id
      where c.parent_id is not null)
    select distinct on (a.of_category) a.of_category as "ofCategory", m.category_id as "categoryId", m.target_id as "targetId", m.target_path as "targetPath",
      m.revision, m.changed_at as "changedAt", m.changed_by as "changedBy"
    from above a cross join lateral (
      select * from products.category_mappings k where k.taxonomy_code = ${taxonomyCode} and k.category_id = a.category_id and k.revision <= ${revision}
      order by k.revision desc limit 1) m
    where m.target_id is not null order by a.of_category, a.distance`;

/** What categories are mapped to now by themselves, inside a transaction that holds the taxonomy. */
export async function readMappings(
  tx: Tx,
  taxonomyCode: string,
  categoryIds: readonly string[],
): Promise<AcceptedMapping[]> {
  const rows = await tx.execute<AcceptedMapping & Record<string, unknown>>(statement`
    select distinct on (category_id) category_id as "categoryId", target_id as "targetId", target_path as "targetPath" from products.category_mappings
    where taxonomy_code = ${taxonomyCode} and category_id in (select jsonb_array_elements_text(${JSON.stringify(categoryIds)}::jsonb)::uuid)
    order by category_id, revision desc`);
  return [...rows];
}

/** Writes mappings that begin with a revision, which is new; what was mapped before can be read at the revisions before. */
export async function writeMappings(
  tx: Tx,
  { taxonomyCode, revision }: MappingAt,
  mappings: readonly AcceptedMapping[],
  changedBy: string,
): Promise<void> {
  await tx.execute(statement`
    insert into products.category_mappings (taxonomy_code, category_id, revision, target_id, target_path, changed_at, changed_by)
    select ${taxonomyCode}, m."categoryId", ${revision}, m."targetId", m."targetPath", products.app_now(), ${changedBy}
    from jsonb_to_recordset(${JSON.stringify(mappings)}::jsonb) as m("categoryId" uuid, "targetId" text, "targetPath" text) order by m."categoryId"`);
}
