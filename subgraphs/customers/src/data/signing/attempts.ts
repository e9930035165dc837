import { createHash } from 'node:crypto';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';

/** How often something may be tried. */
export interface AttemptLimit {
  /** What is tried; each kind is counted for itself. */
  readonly kind: string;
  /** Whom it is tried with or by, such as an address in lower case. Each is counted, and each can refuse. Kept as SHA-256. */
  readonly subjects: readonly string[];
  /** Attempts at most in a window, which begins with the first of them. */
  readonly most: number;
  readonly windowS: number;
}

/**
 * Counts an attempt before it is made, in one statement: attempts at once are counted whichever process they come to. It commits
 * by itself: give it the pool, not the transaction of a command, which could be undone.
 * @returns null when it may be made, else how long to wait in milliseconds.
 */
export async function takeAttempt(db: Db, limit: AttemptLimit): Promise<number | null> {
  const { kind, subjects, most, windowS } = limit;
  if (subjects.length === 0) return null;
  // In order: two that take the same subjects in different orders would lock each other out. One beyond the limit says refused; more say nothing.
  const rows = await db.execute<{ count: number; waitMs: number }>(sql`
    insert into customers.attempts as a (kind, subject, count, ends_at)
    select ${kind}, subject, 1, customers.app_now() + ${windowS} * interval '1 second'
    from unnest(${hashes(subjects)}) subject order by subject
    on conflict on constraint attempts_pkey do update set
      count = case when a.ends_at <= customers.app_now() then 1 else least(a.count, ${most}) + 1 end,
      ends_at = case when a.ends_at <= customers.app_now() then excluded.ends_at else a.ends_at end
    returning a.count, ceil(extract(epoch from a.ends_at - customers.app_now()) * 1000)::int as "waitMs"`);
  const waits = rows.filter(({ count }) => count > most).map(({ waitMs }) => Math.max(1, waitMs));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** An attempt that was counted was not made after all. */
export async function giveBackAttempt(db: Db | Tx, { kind, subjects, most }: AttemptLimit): Promise<void> {
  if (subjects.length === 0) return;
  await db.execute(sql`
    with mine as materialized (
      select subject from customers.attempts where kind = ${kind} and subject = any(${hashes(subjects)}) order by subject for update
    )
    update customers.attempts a set count = greatest(least(a.count, ${most}) - 1, 0) from mine
    where a.kind = ${kind} and a.subject = mine.subject`);
}

/** An attempt succeeded: what was counted is forgotten. */
export async function clearAttempts(
  db: Db | Tx,
  { kind, subjects }: Pick<AttemptLimit, 'kind' | 'subjects'>,
): Promise<void> {
  if (subjects.length === 0) return;
  await db.execute(sql`
    with mine as materialized (
      select subject from customers.attempts where kind = ${kind} and subject = any(${hashes(subjects)}) order by subject for update
    )
    delete from customers.attempts a using mine where a.kind = ${kind} and a.subject = mine.subject`);
}

/** Forgets windows that are over, a batch at a time. @returns how many. */
export async function purgeAttempts(db: Db, batch: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.attempts where (kind, subject) in (
      select kind, subject from customers.attempts where ends_at <= customers.app_now() limit ${batch} for update skip locked
    ) returning kind`);
  return rows.length;
}

const hashes = (subjects: readonly string[]): SQL => {
  const hex = [...new Set(subjects)].map((subject) => createHash('sha256').update(subject).digest('hex'));
  return sql`${sql.param(`{${hex.map((digits) => `"\\\\x${digits}"`).join(',')}}`)}::bytea[]`;
};
