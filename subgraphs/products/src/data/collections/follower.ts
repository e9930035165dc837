import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';

/** How far the collections by rule have followed the catalogue. */
export interface Follower {
  /** The place in the sequence of changes up to which every product was decided. */
  readonly lastNumber: number;
  readonly treeVersion: number;
  /** As PostgreSQL writes it, to the microsecond. */
  readonly checkedAt: string;
}

/** Where the catalogue is itself. */
export interface CatalogueClock {
  readonly lastNumber: number;
  readonly treeVersion: number;
  readonly now: string;
}

/** Ages are counted in days: looking at them once a minute is enough. */
const AGES_EVERY = '1 minute';

/** Whether there is anything to do, without a lock. */
export async function hasWork(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ isBehind: boolean }>(sql`
    select f.last_number < (select last_number from products.change_clock) or f.tree_version < (select version from products.category_tree)
      or exists (select 1 from products.collection_sweeps) or exists (select 1 from products.collection_touches)
      or (f.checked_at < products.app_now() - ${AGES_EVERY}::interval and exists (select 1 from products.collections where rule @? ${BY_AGE})) as "isBehind"
    from products.collection_follower f`);
  return row?.isBehind ?? false;
}

const BY_AGE: SQL = sql`'$.conditions[*] ? (@.field == "CREATED_WITHIN_DAYS")'::jsonpath`;

/** Takes the lead until the transaction ends; null when somebody else has it. */
export async function lockFollower(tx: Tx): Promise<Follower | null> {
  const [row] = await tx.execute<{ lastNumber: string; treeVersion: number; checkedAt: string }>(sql`
    select last_number as "lastNumber", tree_version as "treeVersion", checked_at::text as "checkedAt" from products.collection_follower for update skip locked`);
  return row ? { ...row, lastNumber: Number(row.lastNumber) } : null;
}

/** Where the catalogue is, of one instant. */
export async function readClock(tx: Tx): Promise<CatalogueClock> {
  const [row] = await tx.execute<{ lastNumber: string; treeVersion: number; now: string }>(sql`
    select c.last_number as "lastNumber", t.version as "treeVersion", products.app_now()::text as now from products.change_clock c, products.category_tree t`);
  return { ...row!, lastNumber: Number(row!.lastNumber) };
}

/** Notes how far the collections have followed. */
export async function writeFollower(tx: Tx, { lastNumber, treeVersion, checkedAt }: Follower): Promise<void> {
  await tx.execute(sql`
    update products.collection_follower set last_number = ${lastNumber}, tree_version = ${treeVersion}, checked_at = ${checkedAt}::timestamptz`);
}

/** Products that changed behind a number, oldest change first, with the number of the last. */
export async function findChangedProducts(
  tx: Tx,
  after: number,
  limit: number,
): Promise<{ productIds: string[]; lastNumber: number | null }> {
  const rows = await tx.execute<{ productId: string; changeNumber: string }>(sql`
    select product_id as "productId", change_number as "changeNumber" from products.product_changes where change_number > ${after} order by change_number limit ${limit}`);
  const last = rows.at(-1);
  return { productIds: rows.map(({ productId }) => productId), lastNumber: last ? Number(last.changeNumber) : null };
}

/** Products that pass ages between two instants, of each age at most `limit`. @param ages in days. */
export async function findAgedProducts(
  tx: Tx,
  { after, until }: { readonly after: string; readonly until: string },
  ages: readonly number[],
  limit: number,
): Promise<{ productId: string; days: number }[]> {
  if (ages.length === 0) return [];
  const rows = await tx.execute<{ productId: string; days: number }>(sql`
    select a.days, aged.product_id as "productId"
    from (select days::int, make_interval(hours => 24 * days::int) as age from jsonb_array_elements_text(${JSON.stringify(ages)}::jsonb) as days) a
    cross join lateral (
      select p.product_id from products.products p
      where p.created_at > ${after}::timestamptz - a.age and p.created_at <= ${until}::timestamptz - a.age limit ${limit}) aged`);
  return [...rows];
}
