import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Span } from '../../domain/lists/price-list.ts';
import type { PromotionDraft } from '../../domain/promotions/promotion-input.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import { rangeOf } from '../lists/write-lists.ts';
import { readPromotions, type PromotionRow } from './find-promotions.ts';

/** A promotion with what was used of it. */
export interface CountedPromotion extends Promotion {
  readonly usesHeld: number;
  readonly usesConfirmed: number;
  readonly budgetHeldMinor: number;
  readonly budgetSpentMinor: number;
}

interface CountedRow extends Record<string, unknown> {
  readonly promotion: PromotionRow & {
    readonly uses_held: number;
    readonly uses_confirmed: number;
    readonly budget_held: number;
    readonly budget_spent: number;
  };
}

const COUNTED = sql`
  to_jsonb(p) || jsonb_build_object('active', prices.micros_of(p.activity), 'valid', prices.micros_of(p.validity), 'is_exhausted',
    coalesce(p.uses_held + p.uses_confirmed >= p.max_uses, false) or coalesce(p.budget_held + p.budget_spent >= p.budget_minor, false)) as promotion`;

function toCounted({ promotion }: CountedRow): CountedPromotion {
  const [read] = readPromotions([promotion]);
  return {
    ...read!,
    usesHeld: promotion.uses_held,
    usesConfirmed: promotion.uses_confirmed,
    budgetHeldMinor: promotion.budget_held,
    budgetSpentMinor: promotion.budget_spent,
  };
}

async function select(db: Db | Tx, condition: SQL): Promise<CountedPromotion[]> {
  const rows = await db.execute<CountedRow>(sql`select ${COUNTED} from prices.promotions p where ${condition}`);
  return rows.map(toCounted);
}

/** A promotion by code; null when there is none. */
export async function findPromotion(db: Db | Tx, code: string): Promise<CountedPromotion | null> {
  if (code.includes('\0')) return null;
  return (await select(db, sql`p.code = ${code}`))[0] ?? null;
}

/** The same, locked until the transaction ends: whoever changes it or counts its uses takes it. */
export async function lockPromotion(tx: Tx, code: string): Promise<CountedPromotion | null> {
  if (code.includes('\0')) return null;
  return (await select(tx, sql`p.code = ${code} for no key update`))[0] ?? null;
}

/** Promotions in the order of their code, behind a code. */
export const findPromotionsPage = (db: Db, after: string, limit: number): Promise<CountedPromotion[]> =>
  select(db, sql`p.code > ${after} order by p.code limit ${limit}`);

/** How many are active, or will be. */
export async function countActive(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::integer as count from prices.promotions
    where activity is not null and coalesce(upper(activity) > prices.app_now(), true) and coalesce(upper(validity) > prices.app_now(), true)`);
  return row!.count;
}

const definitionOf = ({ effect, conditions, combinesWith }: PromotionDraft) =>
  JSON.stringify({ effect, conditions, combinesWith });

/** Makes a promotion at version 1 unless its code is taken. @returns whether it was made */
export async function insertPromotion(tx: Tx, draft: PromotionDraft, activity: Span | null): Promise<boolean> {
  const { maxUses, maxUsesPerCustomer, budget } = draft.limits;
  const rows = await tx.execute(sql`
    insert into prices.promotions (promotion_id, code, name, kind, version, definition, priority, activity, validity, needs_code, max_uses,
      max_uses_per_customer, budget_minor, budget_currency, since)
    values (${newId()}::uuid, ${draft.code}, ${draft.name}, ${draft.effect.kind}, 1, ${definitionOf(draft)}::jsonb, ${draft.priority},
      ${rangeOf(activity)}::tstzrange, ${rangeOf(draft.validity)}::tstzrange, ${draft.needsCode}, ${maxUses}, ${maxUsesPerCustomer},
      ${budget?.minor ?? null}, ${budget?.currency ?? null}, prices.app_now())
    on conflict on constraint promotions_code do nothing returning 1`);
  return rows.length > 0;
}

/** Moves a promotion as it was into the history; `assignments` are what it becomes, at the moment after. */
const changePromotion = (id: string, assignments: SQL) => sql`
  with before as materialized (
    select p as was, greatest(prices.app_now(), p.since + interval '1 microsecond') as until
    from prices.promotions p where p.promotion_id = ${id}::uuid
  ), kept as (
    insert into prices.state_history (kind, key, state, held)
    select 'PROMOTION', (was).promotion_id::text, to_jsonb(was), tstzrange((was).since, until) from before
  )
  update prices.promotions p set ${assignments}, version = p.version + 1, since = before.until
  from before where p.promotion_id = ${id}::uuid`;

/** Changes a locked promotion and counts its version on; what was used of it stays. */
export async function updatePromotion(tx: Tx, id: string, draft: PromotionDraft): Promise<void> {
  const { maxUses, maxUsesPerCustomer, budget } = draft.limits;
  await tx.execute(
    changePromotion(
      id,
      sql`name = ${draft.name}, kind = ${draft.effect.kind}, definition = ${definitionOf(draft)}::jsonb, priority = ${draft.priority},
        validity = ${rangeOf(draft.validity)}::tstzrange, needs_code = ${draft.needsCode}, max_uses = ${maxUses}::integer,
        max_uses_per_customer = ${maxUsesPerCustomer}::integer, budget_minor = ${budget?.minor ?? null}::bigint,
        budget_currency = ${budget?.currency ?? null}::text`,
    ),
  );
}

/** Changes since when, and until when, a locked promotion is in force, and counts its version on. */
export async function updatePromotionActivity(tx: Tx, id: string, activity: Span | null): Promise<void> {
  await tx.execute(changePromotion(id, sql`activity = ${rangeOf(activity)}::tstzrange`));
}
