import { sql } from 'drizzle-orm';
import { notedMoves, type Mover } from './mover.ts';

/**
 * The password: the survivor's own stays; where it has none, the absorbed profile's opens it. One that was not needed waits where it is, and
 * mail that let somebody choose another one leads nowhere.
 */
export const passwordMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      with moved as (
        update customers.passwords set customer_id = ${survivorId}::uuid where customer_id = ${absorbedId}::uuid
          and not exists (select from customers.passwords own where own.customer_id = ${survivorId}::uuid) returning customer_id
      )
      insert into customers.merge_moves (merge_id, part, row_key) select ${mergeId}::uuid, 'passwords', customer_id::text from moved`);
    await tx.execute(sql`delete from customers.one_time_tokens where subject_id = ${absorbedId}::uuid`);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      update customers.passwords w set customer_id = ${absorbedId}::uuid from ${notedMoves(mergeId, 'passwords')}
      where w.customer_id = ${survivorId}::uuid and not exists (select from customers.passwords own where own.customer_id = ${absorbedId}::uuid)`);
    await tx.execute(sql`delete from customers.one_time_tokens where subject_id = ${survivorId}::uuid`);
  },
};
