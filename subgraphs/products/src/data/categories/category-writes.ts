import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Place } from '../../domain/categories/category-rules.ts';
import type { CategoryRow } from './categories.ts';

type Read<Row> = Row & Record<string, unknown>;

const columns = sql`c.category_id as "categoryId", c.parent_id as "parentId", c.handle, c.name, c.names, c.position,
  c.external_reference as "externalReference", c.version`;

/**
 * Lets one command after another change categories. Two moves at once, each of which is right by itself, could make a cycle that neither
 * sees; two at the same handle could both find it free. Readers do not wait, nor do products that are put into categories.
 */
export async function lockTree(tx: Tx): Promise<void> {
  await tx.execute(sql`select 1 from products.category_tree for update`);
}

/** Counts the version of the tree on, by which those who keep something of its shape learn that it is another. */
export async function countTree(tx: Tx): Promise<void> {
  await tx.execute(sql`update products.category_tree set version = version + 1`);
}

/** A category inside a transaction; null when there is none. */
export async function readCategory(tx: Tx, categoryId: string): Promise<CategoryRow | null> {
  const [row] = await tx.execute<Read<CategoryRow>>(
    sql`select ${columns} from products.categories c where c.category_id = ${categoryId}::uuid`,
  );
  return row ?? null;
}

/** All categories, in no order: a whole tree to plan many changes in. */
export const readTree = async (tx: Tx): Promise<CategoryRow[]> => [
  ...(await tx.execute<Read<CategoryRow>>(sql`select ${columns} from products.categories c`)),
];

/** How many categories there are. */
export async function countCategories(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from products.categories`);
  return row!.count;
}

/** Which texts that have to be unique another category has already. */
export async function findTaken(
  tx: Tx,
  { categoryId, handle, externalReference }: Pick<CategoryRow, 'categoryId' | 'handle' | 'externalReference'>,
): Promise<{ handle: boolean; externalReference: boolean }> {
  const [row] = await tx.execute<{ handle: boolean; externalReference: boolean }>(sql`
    select exists (select 1 from products.categories where handle = ${handle} and category_id <> ${categoryId}::uuid) as handle,
      exists (select 1 from products.categories where external_reference = ${externalReference}::text and category_id <> ${categoryId}::uuid) as "externalReference"`);
  return row!;
}

/** A place below a parent, seen by the category that is to be there. */
export interface PlaceRow extends Place {
  /** Whether there is such a parent; true for the place of a root. */
  readonly parentExists: boolean;
  /** The highest position among the siblings; -1 without any. */
  readonly lastPosition: number;
}

/** What is known of a place. @param categoryId a new one need not be there. @param parentId null for a root */
export async function readPlace(tx: Tx, categoryId: string, parentId: string | null): Promise<PlaceRow> {
  const [row] = await tx.execute<Read<PlaceRow>>(sql`
    with recursive above (category_id, parent_id) as (
      select c.category_id, c.parent_id from products.categories c where c.category_id = ${parentId}::uuid
      union all select c.category_id, c.parent_id from above a join products.categories c on c.category_id = a.parent_id),
    below (category_id, level) as (
      select ${categoryId}::uuid, 1
      union all select c.category_id, b.level + 1 from below b join products.categories c on c.parent_id = b.category_id)
    select (${parentId}::uuid is null or exists (select 1 from above)) as "parentExists",
      (select count(*)::int from above) as "parentDepth",
      exists (select 1 from above where category_id = ${categoryId}::uuid) as "isBelowItself",
      (select max(level) from below) as height, s.siblings, s."lastPosition"
    from (select count(*)::int as siblings, coalesce(max(c.position), -1) as "lastPosition" from products.categories c
      where ${parentId === null ? sql`c.parent_id is null` : sql`c.parent_id = ${parentId}::uuid`} and c.category_id <> ${categoryId}::uuid) s`);
  return row!;
}

/** Ids of the categories and of everything above them, each once. */
export async function readLineage(tx: Tx, categoryIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ categoryId: string }>(sql`
    with recursive above (category_id) as (
      select jsonb_array_elements_text(${JSON.stringify(categoryIds)}::jsonb)::uuid
      union select c.parent_id from above a join products.categories c on c.category_id = a.category_id where c.parent_id is not null)
    select category_id as "categoryId" from above order by category_id`);
  return rows.map(({ categoryId }) => categoryId);
}

/** Writes categories whole, in one statement: new ones, and those that are there, by id. Parents may be among them. */
export async function writeCategories(tx: Tx, categories: readonly CategoryRow[]): Promise<void> {
  if (categories.length === 0) return;
  await tx.execute(sql`
    insert into products.categories (category_id, parent_id, handle, name, names, position, external_reference, version, updated_at)
    select w."categoryId", w."parentId", w.handle, w.name, w.names, w.position, w."externalReference", w.version, products.app_now()
    from jsonb_to_recordset(${JSON.stringify(categories)}::jsonb) as w("categoryId" uuid, "parentId" uuid, handle text, name text, names jsonb,
      position int, "externalReference" text, version int)
    order by w."categoryId" on conflict on constraint categories_pkey do update set parent_id = excluded.parent_id, handle = excluded.handle,
      name = excluded.name, names = excluded.names, position = excluded.position, external_reference = excluded.external_reference,
      version = excluded.version, updated_at = excluded.updated_at`);
}

/** Takes the handles of categories away until they are written: one of a batch may get what another one has to give up first. */
export async function releaseHandles(tx: Tx, categoryIds: readonly string[]): Promise<void> {
  if (categoryIds.length === 0) return;
  await tx.execute(sql`
    update products.categories c set handle = '~' || c.category_id
    from (select category_id from products.categories where category_id in (select jsonb_array_elements_text(${JSON.stringify(categoryIds)}::jsonb)::uuid)
      order by category_id for update) locked
    where c.category_id = locked.category_id`);
}

/**
 * How much keeps a category from being removed. Locks it first: products that are being put into it are waited for, and those that come
 * later find it gone.
 */
export async function lockAndCountUses(tx: Tx, categoryId: string): Promise<{ children: number; products: number }> {
  await tx.execute(sql`select 1 from products.categories where category_id = ${categoryId}::uuid for update`);
  const [row] = await tx.execute<{ children: number; products: number }>(sql`
    select (select count(*)::int from products.categories where parent_id = ${categoryId}::uuid) as children,
      (select count(*)::int from products.product_categories where category_id = ${categoryId}::uuid) as products`);
  return row!;
}

/** Removes a category that nothing uses. */
export async function deleteCategory(tx: Tx, categoryId: string): Promise<void> {
  await tx.execute(sql`delete from products.categories where category_id = ${categoryId}::uuid`);
}
