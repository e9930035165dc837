import type { Database } from '@kontor/kit/src/database.ts';
import type { LevelRow } from './levels.ts';

/** The levels of a variant at a moment, as far as they can be told. */
export type LevelsAt =
  | { readonly kind: 'known'; readonly levels: readonly LevelRow[] }
  /** The moment has not come. */
  | { readonly kind: 'future' }
  /** The entries before `since` are archived. */
  | { readonly kind: 'archived'; readonly since: string };

const MAX_LEVELS = 2_000;

/**
 * What a variant's levels were at a moment, everything included that was booked in its millisecond: what the ledger shows as booked at
 * that moment was.
 * @param filter.locationId null: each location that ever had the variant, 2,000 at most, by code. @param filter.time ISO 8601.
 */
export async function findLevelsAt(
  db: Database,
  filter: { readonly variantId: string; readonly locationId: string | null; readonly time: string },
): Promise<LevelsAt> {
  const { variantId, locationId, time } = filter;
  const [row] = await db.sql<
    { answer: { reached: boolean; knownSince: string | null; levels: LevelRow[] | null } }[]
  >`select stock.levels_before(${variantId}::uuid, ${locationId}::uuid, ${time}::timestamptz + interval '1 millisecond', ${MAX_LEVELS}) as answer`;
  if (!row) throw new Error('a function always answers');
  const { reached, knownSince, levels } = row.answer;
  if (!reached) return { kind: 'future' };
  if (!levels) return { kind: 'archived', since: String(knownSince) };
  return { kind: 'known', levels };
}
