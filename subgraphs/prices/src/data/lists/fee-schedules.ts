import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { FeeBracket } from '../../domain/lists/price-list.ts';

/** What a marketplace takes of what buyers pay. */
export interface FeeSchedule {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly brackets: readonly FeeBracket[];
  /** Grows with every change. */
  readonly version: number;
}

/** All fee schedules by code. */
export async function findFeeSchedules(db: Db | Tx): Promise<FeeSchedule[]> {
  const rows = await db.execute<FeeSchedule & Record<string, unknown>>(
    sql`select code, name, currency, brackets, version from prices.fee_schedules order by code`,
  );
  return [...rows];
}

/** A fee schedule by code; null when there is none. */
export async function findFeeSchedule(db: Db | Tx, code: string): Promise<FeeSchedule | null> {
  if (code.includes('\0')) return null;
  const [row] = await db.execute<FeeSchedule & Record<string, unknown>>(
    sql`select code, name, currency, brackets, version from prices.fee_schedules where code = ${code}`,
  );
  return row ?? null;
}

/** How many there are. */
export async function countFeeSchedules(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`select count(*)::integer as count from prices.fee_schedules`);
  return row!.count;
}

/** Makes or changes a schedule under the lock of list changes, and moves what was into the history. */
export async function writeFeeSchedule(
  tx: Tx,
  { code, name, currency, brackets, version }: FeeSchedule,
): Promise<void> {
  await tx.execute(sql`
    with before as materialized (
      select f as was, greatest(prices.app_now(), f.since + interval '1 microsecond') as until from prices.fee_schedules f where f.code = ${code}
    ), kept as (
      insert into prices.state_history (kind, key, state, held)
      select 'FEES', (was).code, to_jsonb(was), tstzrange((was).since, until) from before
    )
    insert into prices.fee_schedules (code, name, currency, brackets, version, since)
    values (${code}, ${name}, ${currency}, ${JSON.stringify(brackets)}::jsonb, ${version}, coalesce((select until from before), prices.app_now()))
    on conflict on constraint fee_schedules_pkey do update
      set name = excluded.name, currency = excluded.currency, brackets = excluded.brackets, version = excluded.version, since = excluded.since`);
}
