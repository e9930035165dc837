import type { Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Merge } from './merges.ts';

/**
 * Gives one kind of rows of the absorbed profile to the survivor and notes what it moved, and gives back what is still there. Both profiles
 * are locked by the caller, who takes movers in the order of locks that all commands share.
 */
export interface Mover {
  move(tx: Tx, merge: Merge): Promise<void>;
  undo(tx: Tx, merge: Merge): Promise<void>;
}

/** Rows that belong to a profile and change only whose they are. */
interface OwnedRows {
  readonly table: string;
  readonly key: string;
  readonly keyType: 'uuid' | 'text' | 'bigint';
  /** The column that names the profile. */
  readonly owner?: string;
  readonly ownerType?: 'uuid' | 'text';
  /** When a row `t` stays where it is, because the survivor has one in its place. */
  readonly unless?: (survivorId: string) => SQL;
}

/** Moves rows to the survivor, and back those that are there still and the survivor’s. */
export function moverOf({ table, key, keyType, owner = 'customer_id', ownerType = 'uuid', unless }: OwnedRows): Mover {
  const rows = sql`customers.${sql.identifier(table)}`;
  const [keyColumn, ownerColumn] = [sql.identifier(key), sql.identifier(owner)];
  const ofType = sql.raw(ownerType);
  return {
    async move(tx, { mergeId, survivorId, absorbedId }) {
      await tx.execute(sql`
        with moved as (
          update ${rows} t set ${ownerColumn} = ${survivorId}::${ofType} where t.${ownerColumn} = ${absorbedId}::${ofType}
            ${unless ? sql`and not ${unless(survivorId)}` : sql``}
          returning t.${keyColumn}
        )
        insert into customers.merge_moves (merge_id, part, row_key) select ${mergeId}::uuid, ${table}, ${keyColumn}::text from moved`);
    },
    async undo(tx, { mergeId, survivorId, absorbedId }) {
      await tx.execute(sql`
        update ${rows} t set ${ownerColumn} = ${absorbedId}::${ofType} from customers.merge_moves m
        where m.merge_id = ${mergeId}::uuid and m.part = ${table} and t.${keyColumn} = m.row_key::${sql.raw(keyType)}
          and t.${ownerColumn} = ${survivorId}::${ofType}`);
    },
  };
}

/** Notes what was moved or changed, and what it was before: ids and flags, never anything personal. */
export async function noteMove(
  tx: Tx,
  mergeId: string,
  part: string,
  rows: readonly { readonly key: string; readonly previous?: unknown }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into customers.merge_moves (merge_id, part, row_key, previous)
    select ${mergeId}::uuid, ${part}, r.key, r.previous
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(key text, previous jsonb)`);
}

/** What a merge noted of a part, as rows `m(row_key, previous)`. */
export const notedMoves = (mergeId: string, part: string): SQL =>
  sql`(select row_key, previous from customers.merge_moves where merge_id = ${mergeId}::uuid and part = ${part}) m`;
