import { sql } from 'drizzle-orm';
import { notedMoves, type Mover } from './mover.ts';

const rank = (role: ReturnType<typeof sql>) => sql`array_position(array['BUYER', 'APPROVER', 'ADMIN'], ${role})`;

/**
 * Memberships of companies, past ones included. Two active ones are of one company here: the survivor's goes on with the higher of both
 * roles, so that no company loses its last administrator, and the absorbed profile's ends.
 */
export const membershipMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      select from customers.company_members where customer_id in (${survivorId}::uuid, ${absorbedId}::uuid) order by member_id for update`);
    await tx.execute(sql`
      with raised as (
        select own.member_id, own.role as before, own.company_location_id as location,
          case when ${rank(sql`theirs.role`)} > ${rank(sql`own.role`)} then theirs.role else own.role end as role,
          coalesce(own.company_location_id, theirs.company_location_id) as new_location
        from customers.company_members own join customers.company_members theirs
          on theirs.customer_id = ${absorbedId}::uuid and theirs.left_at is null and theirs.company_id = own.company_id
        where own.customer_id = ${survivorId}::uuid and own.left_at is null
      ), changed as (
        update customers.company_members m set role = raised.role, company_location_id = raised.new_location from raised where m.member_id = raised.member_id
      )
      insert into customers.merge_moves (merge_id, part, row_key, previous)
      select ${mergeId}::uuid, 'company_members.raised', member_id::text,
        jsonb_build_object('role', before, 'raisedTo', role, 'location', location, 'filledWith', new_location) from raised`);
    await tx.execute(sql`
      with theirs as (
        select member_id, left_at is null and exists (select from customers.company_members own
          where own.customer_id = ${survivorId}::uuid and own.left_at is null) as ends
        from customers.company_members where customer_id = ${absorbedId}::uuid
      ), moved as (
        update customers.company_members m set customer_id = ${survivorId}::uuid, left_at = case when theirs.ends then customers.app_now() else m.left_at end
        from theirs where m.member_id = theirs.member_id
      )
      insert into customers.merge_moves (merge_id, part, row_key, previous)
      select ${mergeId}::uuid, 'company_members', member_id::text, jsonb_build_object('ended', ends) from theirs`);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    const raised = notedMoves(mergeId, 'company_members.raised');
    // The absorbed profile buys for the company again if the survivor still does.
    await tx.execute(sql`
      update customers.company_members t set customer_id = ${absorbedId}::uuid,
        left_at = case when (m.previous ->> 'ended')::boolean and exists (
          select from customers.company_members own join ${raised} on own.member_id = m.row_key::uuid
          where own.customer_id = ${survivorId}::uuid and own.left_at is null and own.company_id = t.company_id) then null else t.left_at end
      from ${notedMoves(mergeId, 'company_members')} where t.member_id = m.row_key::uuid and t.customer_id = ${survivorId}::uuid`);
    await tx.execute(sql`
      update customers.company_members own set
        role = case when own.role = m.previous ->> 'raisedTo' then m.previous ->> 'role' else own.role end,
        company_location_id = case when own.company_location_id::text is not distinct from m.previous ->> 'filledWith'
          then (m.previous ->> 'location')::uuid else own.company_location_id end
      from ${raised} where own.member_id = m.row_key::uuid and own.customer_id = ${survivorId}::uuid`);
  },
};
