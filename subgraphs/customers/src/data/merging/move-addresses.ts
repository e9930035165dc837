import { sql, type SQL } from 'drizzle-orm';
import { notedMoves, type Mover } from './mover.ts';

const flags = ['is_default_shipping', 'is_default_billing'] as const;

/** Addresses: the survivor's defaults stay the defaults; where it has none, the absorbed profile's are. */
export const addressMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    const kept = (flag: (typeof flags)[number]): SQL => {
      const column = sql.identifier(flag);
      return sql`${column} = a.${column} and not exists (select from customers.addresses own where own.customer_id = ${survivorId}::uuid and own.${column})`;
    };
    await tx.execute(sql`
      with theirs as (
        select address_id, is_default_shipping, is_default_billing from customers.addresses where customer_id = ${absorbedId}::uuid
      ), moved as (
        update customers.addresses a set customer_id = ${survivorId}::uuid, ${sql.join(flags.map(kept), sql`, `)}
        from theirs where a.address_id = theirs.address_id
      )
      insert into customers.merge_moves (merge_id, part, row_key, previous)
      select ${mergeId}::uuid, 'addresses', address_id::text, jsonb_build_object('shipping', is_default_shipping, 'billing', is_default_billing)
      from theirs`);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    await tx.execute(sql`
      update customers.addresses a set customer_id = ${absorbedId}::uuid, is_default_shipping = (m.previous ->> 'shipping')::boolean,
        is_default_billing = (m.previous ->> 'billing')::boolean
      from ${notedMoves(mergeId, 'addresses')} where a.address_id = m.row_key::uuid and a.customer_id = ${survivorId}::uuid`);
  },
};
