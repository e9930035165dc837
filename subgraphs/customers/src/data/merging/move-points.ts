import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { noteMove, notedMoves, type Mover } from './mover.ts';

/**
 * Points, with the days on which they expire, what is held of them, and what is owed: all of it goes over to the survivor's account, where a
 * hold is confirmed or ends. When it is undone, the absorbed profile gets back what it brought, or what of that much is free: what was spent
 * meanwhile both have spent. Aliases are written before: a tier counts the orders of all who are one person.
 */
export const pointsMover: Mover = {
  async move(tx, { mergeId, survivorId, absorbedId }) {
    const points = await movePoints(tx, {
      from: absorbedId,
      to: survivorId,
      reference: `merge:${mergeId}`,
      most: null,
    });
    await noteMove(tx, mergeId, 'points', [{ key: 'POINTS', previous: points }]);
  },
  async undo(tx, { mergeId, survivorId, absorbedId }) {
    const [noted] = await tx.execute<{ points: number }>(
      sql`select previous::text::float8 as points from ${notedMoves(mergeId, 'points')}`,
    );
    await movePoints(tx, {
      from: survivorId,
      to: absorbedId,
      reference: `unmerge:${mergeId}`,
      most: noted?.points ?? 0,
    });
  },
};

/** @param most of the points that are free; null for all, also those that are held. @returns how many moved. */
async function movePoints(
  tx: Tx,
  {
    from,
    to,
    reference,
    most,
  }: { readonly from: string; readonly to: string; readonly reference: string; readonly most: number | null },
): Promise<number> {
  const [row] = await tx.execute<{ points: number }>(sql`
    select customers.move_points(${from}::uuid, ${to}::uuid, ${reference}, ${most}::bigint)::float8 as points`);
  return row!.points;
}
