import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';
import type { Merge } from './merges.ts';
import { notedMoves, type Mover } from './mover.ts';

/** A profile behind a merge or its undoing. */
export interface Revised {
  readonly id: string;
  readonly revision: number;
}

/** Locks two profiles and all that were merged into one of them, in id order: whoever else locks several does so in that order. */
export async function lockForMerge(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    select from customers.customers where customer_id = any(${uuids(ids)}) or merged_into = any(${uuids(ids)})
    order by customer_id for update`);
}

/**
 * Makes the absorbed profile, and whatever was merged into it before, names of the survivor: one hop leads from each of them to it. Names and
 * language that the survivor lacks are filled; the absorbed profile keeps its own.
 */
export const profileMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      with moved as (
        update customers.customers set merged_into = ${survivorId}::uuid
        where customer_id = ${absorbedId}::uuid or merged_into = ${absorbedId}::uuid returning customer_id
      )
      insert into customers.merge_moves (merge_id, part, row_key) select ${mergeId}::uuid, 'customers', customer_id::text from moved`);
    await tx.execute(sql`
      insert into customers.merge_moves (merge_id, part, row_key)
      select ${mergeId}::uuid, 'customers.filled', f.name from customers.customers own, customers.customers theirs,
        lateral (values ('given_name', own.given_name, theirs.given_name), ('family_name', own.family_name, theirs.family_name),
          ('locale', own.locale, theirs.locale)) as f(name, own, theirs)
      where own.customer_id = ${survivorId}::uuid and theirs.customer_id = ${absorbedId}::uuid and f.own is null and f.theirs is not null`);
    await tx.execute(sql`
      update customers.customers own set given_name = coalesce(own.given_name, theirs.given_name),
        family_name = coalesce(own.family_name, theirs.family_name), locale = coalesce(own.locale, theirs.locale)
      from customers.customers theirs where own.customer_id = ${survivorId}::uuid and theirs.customer_id = ${absorbedId}::uuid`);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      update customers.customers c set merged_into = nullif(${absorbedId}::uuid, c.customer_id)
      from ${notedMoves(mergeId, 'customers')} where c.customer_id = m.row_key::uuid`);
    const unfilled = (name: 'given_name' | 'family_name' | 'locale') => {
      const column = sql.identifier(name);
      // What was changed since is the survivor's own.
      return sql`${column} = case when own.${column} is not distinct from theirs.${column} and exists (
        select from ${notedMoves(mergeId, 'customers.filled')} where row_key = ${name}) then null else own.${column} end`;
    };
    await tx.execute(sql`
      update customers.customers own set ${unfilled('given_name')}, ${unfilled('family_name')}, ${unfilled('locale')}
      from customers.customers theirs where own.customer_id = ${survivorId}::uuid and theirs.customer_id = ${absorbedId}::uuid`);
  },
};

/** Both profiles have changed: each gets its next revision, and the survivor's segments, or both ones', are decided anew. */
export const reviseBoth = (tx: Tx, { survivorId, absorbedId }: Merge): Promise<Revised[]> =>
  tx.execute<Revised & Record<string, unknown>>(sql`
    update customers.customers set revision = revision + 1, segments_version = 0, segments_due_at = null, updated_at = customers.app_now()
    where customer_id in (${survivorId}::uuid, ${absorbedId}::uuid) returning customer_id as id, revision::int as revision`);
