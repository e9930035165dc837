import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { ChainedEntry } from '../../domain/audit/entry.ts';
import { entryColumns } from './chain.ts';

/** Which entries are read, and in which order. */
export interface AuditFilter {
  /** A member of staff or the subject of a credential. */
  readonly actor: string | null;
  readonly action: string | null;
  readonly entityId: string | null;
  /** ISO 8601; not before. */
  readonly from: string | null;
  /** ISO 8601; before. */
  readonly to: string | null;
  readonly newestFirst: boolean;
}

/** Entries behind one, by number. @param after the number of the last one that was read. */
export async function findAuditEntries(
  db: Db | Tx,
  filter: AuditFilter,
  after: number | null,
  most: number,
): Promise<ChainedEntry[]> {
  const { actor, action, entityId, from, to, newestFirst } = filter;
  const wanted: SQL[] = [
    sql`true`,
    ...(actor === null ? [] : [sql`(e.subject = ${actor} or e.staff_id = ${actor})`]),
    ...(action === null ? [] : [sql`e.action = ${action}`]),
    ...(entityId === null ? [] : [sql`e.entity_ids @> array[${entityId}::uuid]`]),
    ...(from === null ? [] : [sql`e.at >= ${from}::timestamptz`]),
    ...(to === null ? [] : [sql`e.at < ${to}::timestamptz`]),
    ...(after === null ? [] : [newestFirst ? sql`e.seq < ${after}::bigint` : sql`e.seq > ${after}::bigint`]),
  ];
  const rows = await db.execute<Omit<ChainedEntry, 'seq'> & { seq: string }>(sql`
    select ${entryColumns} from customers.audit_entries e where ${sql.join(wanted, sql` and `)}
    order by e.seq ${newestFirst ? sql`desc` : sql`asc`} limit ${most}`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}
