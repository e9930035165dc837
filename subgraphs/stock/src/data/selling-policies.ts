import type { Database } from '@kontor/kit/src/database.ts';
import type { SellingPolicyValues } from '../domain/selling-policy.ts';

/** The selling policy of a variant. */
export interface SellingPolicyRow extends SellingPolicyValues {
  /** Units that are sold ahead and not covered yet. */
  readonly soldAhead: number;
  readonly version: number;
}

/** What setting a selling policy came to. */
export interface SellingPolicyOutcome {
  readonly outcome: 'saved' | 'conflict';
  readonly version?: number;
}

/** Sets a selling policy, in one transaction that stops all other changes of stock meanwhile. @throws PostgreSQL's lock_not_available. */
export async function saveSellingPolicy(
  db: Database,
  values: SellingPolicyValues,
  expectedVersion: number | null,
): Promise<SellingPolicyOutcome> {
  const { variantId, kind, limitQuantity, promisedAt, promisedDays, channels } = values;
  const [row] = await db.sql<{ result: SellingPolicyOutcome }[]>`
    select stock.set_selling_policy(${variantId}, ${kind}, ${limitQuantity}, ${promisedAt}::timestamptz, ${promisedDays}, ${channels as string[] | null}::text[],
      ${expectedVersion}) as result`;
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.result;
}

/** The selling policy of a variant; null when none was ever set. */
export async function findSellingPolicy(db: Database, variantId: string): Promise<SellingPolicyRow | null> {
  const [row] = await db.sql<SellingPolicyRow[]>`
    select s.variant_id as "variantId", s.kind, s.limit_quantity as "limitQuantity", s.sold_ahead as "soldAhead", s.promised_at as "promisedAt",
      s.promised_days as "promisedDays", s.channel_codes as channels, s.version
    from stock.selling_policies s where s.variant_id = ${variantId}`;
  return row ?? null;
}
