import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Merge } from './merges.ts';
import { noteMove, notedMoves } from './mover.ts';

/** The kinds whose primary identity the absorbed profile wins. */
export type PrimariesWon = readonly ('EMAIL' | 'PHONE' | 'LOYALTY_CARD')[];

/**
 * Gives the survivor what the absorbed profile is known by. A telephone number that both have stays twice, unverified at the absorbed
 * profile, whose rows nobody reads any more; the survivor’s counts as verified when either did.
 */
export async function moveIdentities(
  tx: Tx,
  { mergeId, survivorId, absorbedId }: Merge,
  won: PrimariesWon,
): Promise<void> {
  const wins = sql`kind in (select jsonb_array_elements_text(${JSON.stringify(won)}::jsonb))`;
  await verifyTwins(tx, { mergeId, survivorId, absorbedId });
  // One primary of a kind is allowed at every moment: those who lose step back before the others come.
  await tx.execute(sql`
    with demoted as (
      update customers.identities set is_primary = false where customer_id = ${survivorId}::uuid and is_primary and ${wins} returning identity_id
    )
    insert into customers.merge_moves (merge_id, part, row_key) select ${mergeId}::uuid, 'identities.demoted', identity_id::text from demoted`);
  await tx.execute(sql`
    with theirs as (
      select identity_id, is_primary, came_by_merge from customers.identities i
      where customer_id = ${absorbedId}::uuid and not exists (select from customers.identities twin
        where twin.customer_id = ${survivorId}::uuid and (twin.kind, twin.source, twin.value) = (i.kind, i.source, i.value))
    ), moved as (
      update customers.identities i set customer_id = ${survivorId}::uuid, is_primary = i.is_primary and i.${wins}, came_by_merge = true
      from theirs where i.identity_id = theirs.identity_id
    )
    insert into customers.merge_moves (merge_id, part, row_key, previous)
    select ${mergeId}::uuid, 'identities', identity_id::text, jsonb_build_object('isPrimary', is_primary, 'cameByMerge', came_by_merge) from theirs`);
  const promoted = await choosePrimaries(tx, survivorId, absorbedId);
  await noteMove(
    tx,
    mergeId,
    'identities.promoted',
    promoted.map((key) => ({ key })),
  );
}

/** A number that only the absorbed profile has verified, and both have, is the survivor’s verified one. */
async function verifyTwins(tx: Tx, { mergeId, survivorId, absorbedId }: Merge): Promise<void> {
  await tx.execute(sql`
    insert into customers.merge_moves (merge_id, part, row_key, previous)
    select ${mergeId}::uuid, 'identities.verified', theirs.identity_id::text, jsonb_build_object('twin', own.identity_id, 'at', theirs.verified_at)
    from customers.identities theirs join customers.identities own
      on own.customer_id = ${survivorId}::uuid and (own.kind, own.source, own.value) = (theirs.kind, theirs.source, theirs.value)
    where theirs.customer_id = ${absorbedId}::uuid and theirs.verified_at is not null and own.verified_at is null`);
  const noted = notedMoves(mergeId, 'identities.verified');
  await tx.execute(sql`
    update customers.identities i set verified_at = null from ${noted} where i.identity_id = m.row_key::uuid`);
  await tx.execute(sql`
    update customers.identities i set verified_at = (m.previous ->> 'at')::timestamptz from ${noted} where i.identity_id = (m.previous ->> 'twin')::uuid`);
}

/** Gives back the identities that came with a merge and are still there. What was added since stays with the survivor. */
export async function giveBackIdentities(tx: Tx, { mergeId, survivorId, absorbedId }: Merge): Promise<void> {
  const twins = notedMoves(mergeId, 'identities.verified');
  await tx.execute(sql`
    update customers.identities i set verified_at = null from ${twins}
    where i.identity_id = (m.previous ->> 'twin')::uuid and i.customer_id = ${survivorId}::uuid and i.verified_at = (m.previous ->> 'at')::timestamptz`);
  await tx.execute(sql`
    update customers.identities i set verified_at = (m.previous ->> 'at')::timestamptz from ${twins}
    where i.identity_id = m.row_key::uuid and i.customer_id = ${absorbedId}::uuid and not exists (select from customers.identities other
      where (other.kind, other.source, other.value) = (i.kind, i.source, i.value) and other.verified_at is not null)`);
  await tx.execute(sql`
    update customers.identities i set customer_id = ${absorbedId}::uuid, is_primary = (m.previous ->> 'isPrimary')::boolean,
      came_by_merge = (m.previous ->> 'cameByMerge')::boolean
    from ${notedMoves(mergeId, 'identities')} where i.identity_id = m.row_key::uuid and i.customer_id = ${survivorId}::uuid`);
  await tx.execute(sql`
    update customers.identities i set is_primary = false from ${notedMoves(mergeId, 'identities.promoted')}
    where i.identity_id = m.row_key::uuid and i.customer_id = ${survivorId}::uuid`);
  await tx.execute(sql`
    update customers.identities i set is_primary = true from ${notedMoves(mergeId, 'identities.demoted')}
    where i.identity_id = m.row_key::uuid and i.customer_id = ${survivorId}::uuid and not exists (select from customers.identities other
      where other.customer_id = i.customer_id and other.kind = i.kind and other.is_primary)`);
  await choosePrimaries(tx, survivorId, absorbedId);
}

/** Whoever is known by something of a kind has a primary one: the verified ones first, then the oldest. @returns those that became it. */
async function choosePrimaries(tx: Tx, survivorId: string, absorbedId: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update customers.identities i set is_primary = true from (
      select distinct on (customer_id, kind) identity_id from customers.identities c
      where customer_id in (${survivorId}::uuid, ${absorbedId}::uuid) and kind <> 'EXTERNAL' and not exists (select from customers.identities other
        where other.customer_id = c.customer_id and other.kind = c.kind and other.is_primary)
      order by customer_id, kind, verified_at is null, created_at, identity_id
    ) best where i.identity_id = best.identity_id returning i.identity_id as id`);
  return rows.map(({ id }) => id);
}
