import { sql } from 'drizzle-orm';
import { notedMoves, type Mover } from './mover.ts';

/**
 * Groups: the survivor is in all groups that either was in. Segments are not moved: they are decided anew. When it is undone, the absorbed
 * profile is in its groups again unless the survivor was taken out of them meanwhile, and the survivor leaves those that it was in for it.
 */
export const groupMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      insert into customers.merge_moves (merge_id, part, row_key, previous)
      select ${mergeId}::uuid, 'group_members', m.group_code, jsonb_build_object('since', m.since, 'isOwn', exists (
        select from customers.group_members own where own.customer_id = ${survivorId}::uuid and own.group_code = m.group_code))
      from customers.group_members m join customers.groups g on g.code = m.group_code and g.kind = 'GROUP'
      where m.customer_id = ${absorbedId}::uuid`);
    await tx.execute(sql`delete from customers.group_members where customer_id = ${absorbedId}::uuid`);
    await tx.execute(sql`
      insert into customers.group_members (customer_id, group_code, since)
      select ${survivorId}::uuid, row_key, (previous ->> 'since')::timestamptz from ${notedMoves(mergeId, 'group_members')}
      on conflict on constraint group_members_pkey do nothing`);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    const noted = notedMoves(mergeId, 'group_members');
    await tx.execute(sql`
      insert into customers.group_members (customer_id, group_code, since)
      select ${absorbedId}::uuid, g.group_code, (m.previous ->> 'since')::timestamptz
      from ${noted} join customers.group_members g on g.customer_id = ${survivorId}::uuid and g.group_code = m.row_key
      on conflict on constraint group_members_pkey do nothing`);
    await tx.execute(sql`
      delete from customers.group_members g using ${noted}
      where g.customer_id = ${survivorId}::uuid and g.group_code = m.row_key and not (m.previous ->> 'isOwn')::boolean`);
  },
};
