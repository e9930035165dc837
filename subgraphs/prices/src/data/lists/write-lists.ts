import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Derivation, PriceListScope, Span } from '../../domain/lists/price-list.ts';

/** A list as it is to be written. */
export interface ListToWrite {
  readonly code: string;
  readonly name: string;
  readonly scope: PriceListScope;
  readonly subject: string | null;
  readonly channel: string | null;
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly validity: Span | null;
  readonly activity: Span | null;
  readonly derivation: Derivation | null;
  /** What it derives from, nearest first; without itself. */
  readonly ancestors: readonly string[];
}

/** A span as PostgreSQL reads ranges; null stays null. */
export const rangeOf = (span: Span | null): string | null =>
  span && `[${span.from?.toISOString() ?? ''},${span.until?.toISOString() ?? ''})`;

/** The id of whom a list is for: made when nobody asked before. */
async function scopeIdOf(tx: Tx, { scope, subject, channel, currency }: ListToWrite): Promise<string> {
  await tx.execute(sql`
    insert into prices.price_scopes (scope, subject, channel_code, currency) values (${scope}, ${subject}, ${channel}, ${currency})
    on conflict on constraint price_scopes_key do nothing`);
  const [row] = await tx.execute<{ id: string }>(sql`
    select scope_id as id from prices.price_scopes where scope = ${scope} and subject is not distinct from ${subject}
      and channel_code is not distinct from ${channel} and currency = ${currency}`);
  return row!.id;
}

const ruleOf = (derivation: Derivation | null): string | null =>
  derivation && JSON.stringify({ adjustment: derivation.adjustment, rounding: derivation.rounding });

const idsOf = (ids: readonly string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`;

/** Makes a list at version 1. @returns its id */
export async function insertList(tx: Tx, list: ListToWrite): Promise<string> {
  const id = newId();
  const scopeId = await scopeIdOf(tx, list);
  await tx.execute(sql`
    insert into prices.price_lists (price_list_id, code, name, scope_id, currency, tax_included, revision, version, activity, validity, parent_id,
      derivation, chain, updated_at)
    values (${id}::uuid, ${list.code}, ${list.name}, ${scopeId}::bigint, ${list.currency}, ${list.taxIncluded}, 1, 1, ${rangeOf(list.activity)}::tstzrange,
      ${rangeOf(list.validity)}::tstzrange, ${list.derivation?.parentId ?? null}::uuid, ${ruleOf(list.derivation)}::jsonb,
      ${id}::uuid || ${idsOf(list.ancestors)}, prices.app_now())`);
  return id;
}

/** Moves a list as it was into the history; `assignments` are what it becomes, at the moment after. Its version counts on. */
const changeList = (id: string, assignments: SQL) => sql`
  with before as materialized (
    select l as was, greatest(prices.app_now(), l.updated_at + interval '1 microsecond') as until
    from prices.price_lists l where l.price_list_id = ${id}::uuid
  ), kept as (
    insert into prices.state_history (kind, key, state, held)
    select 'LIST', (was).price_list_id::text, to_jsonb(was), tstzrange((was).updated_at, until) from before
  )
  update prices.price_lists l set ${assignments}, version = l.version + 1, updated_at = before.until
  from before where l.price_list_id = ${id}::uuid`;

/** Changes a locked list and counts its version on. */
export async function updateList(tx: Tx, id: string, list: ListToWrite): Promise<void> {
  const scopeId = await scopeIdOf(tx, list);
  await tx.execute(
    changeList(
      id,
      sql`name = ${list.name}, scope_id = ${scopeId}::bigint, currency = ${list.currency}, tax_included = ${list.taxIncluded},
        activity = ${rangeOf(list.activity)}::tstzrange, validity = ${rangeOf(list.validity)}::tstzrange,
        parent_id = ${list.derivation?.parentId ?? null}::uuid, derivation = ${ruleOf(list.derivation)}::jsonb,
        chain = ${id}::uuid || ${idsOf(list.ancestors)}`,
    ),
  );
}

/** Changes since when, and until when, a locked list is in force, and counts its version on. */
export async function updateActivity(tx: Tx, id: string, activity: Span | null): Promise<void> {
  await tx.execute(changeList(id, sql`activity = ${rangeOf(activity)}::tstzrange`));
}

/**
 * Gives all lists that derive from one, which derives from something else than before, their new chains. Nobody changed these lists themselves: their
 * versions stay, so that whoever read one may save it.
 * @param ancestors of the one, nearest first; without itself.
 */
export async function updateChains(tx: Tx, id: string, ancestors: readonly string[]): Promise<void> {
  await tx.execute(sql`
    with before as materialized (
      select l as was, l.price_list_id, greatest(prices.app_now(), l.updated_at + interval '1 microsecond') as until
      from prices.price_lists l where ${derivesFrom(id)}
    ), kept as (
      insert into prices.state_history (kind, key, state, held)
      select 'LIST', price_list_id::text, to_jsonb(was), tstzrange((was).updated_at, until) from before
    )
    update prices.price_lists l set chain = l.chain[:array_position(l.chain, ${id}::uuid)] || ${idsOf(ancestors)}, updated_at = before.until
    from before where l.price_list_id = before.price_list_id`);
}

/** The code of a list that derives from one through so many that, with what the one derives from, they are more than allowed; null when there is none. */
export async function findTooDeep(tx: Tx, id: string, ancestorCount: number, maximum: number): Promise<string | null> {
  const [row] = await tx.execute<{ code: string }>(sql`
    select l.code from prices.price_lists l
    where ${derivesFrom(id)} and array_position(l.chain, ${id}::uuid) - 1 + ${ancestorCount}::integer > ${maximum}::integer
    order by l.code limit 1`);
  return row?.code ?? null;
}

/** Whether `l` derives from a list, directly or through others. */
const derivesFrom = (id: string) =>
  sql`l.chain @> array[${id}::uuid] and l.parent_id is not null and l.price_list_id <> ${id}::uuid`;

/** What a list derives from, by id: itself first. */
export async function findChain(tx: Tx, id: string): Promise<string[]> {
  const [row] = await tx.execute<{ chain: string[] }>(
    sql`select chain from prices.price_lists where price_list_id = ${id}::uuid`,
  );
  return row?.chain ?? [];
}

/** Whether a list holds any price. */
export async function holdsPrices(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`select 1 from prices.prices where price_list_id = ${id}::uuid limit 1`);
  return rows.length > 0;
}

/** Whom, where and when a list is for. */
export type Window = Pick<ListToWrite, 'code' | 'scope' | 'subject' | 'channel' | 'currency' | 'validity' | 'activity'>;

/** The code of a list that is in force at the same time for the same whom, where and kind of dates; null when there is none. */
export async function findOverlapping(tx: Tx, list: Window): Promise<string | null> {
  const [row] = await tx.execute<{ code: string }>(sql`
    select l.code from prices.price_lists l join prices.price_scopes s using (scope_id)
    where s.scope = ${list.scope} and s.subject is not distinct from ${list.subject} and s.channel_code is not distinct from ${list.channel}
      and s.currency = ${list.currency} and l.code <> ${list.code} and (l.validity is not null) = ${list.validity !== null}::boolean
      and l.activity && ${rangeOf(list.activity)}::tstzrange
      and coalesce(l.validity, tstzrange(null, null)) && coalesce(${rangeOf(list.validity)}::tstzrange, tstzrange(null, null))
    limit 1`);
  return row?.code ?? null;
}

const MAX_NAMED = 20_000;

/** Variants that a list, or what it derives from, holds a price for; null when they are too many to be named. */
export const findVariantsOf = (tx: Tx, id: string): Promise<string[] | null> =>
  findVariants(tx, sql`l.price_list_id = ${id}::uuid`);

/** Variants whose price in some list keeps a margin by a fee schedule; null when they are too many to be named. */
export const findVariantsByFees = (tx: Tx, feeSchedule: string): Promise<string[] | null> =>
  findVariants(tx, sql`l.chain && array(${marginsBy(feeSchedule)})`);

/** Whether a list keeps a margin by a fee schedule. */
export async function isFeeScheduleUsed(tx: Tx, feeSchedule: string): Promise<boolean> {
  const rows = await tx.execute(sql`${marginsBy(feeSchedule)} limit 1`);
  return rows.length > 0;
}

const marginsBy = (feeSchedule: string) => sql`
  select m.price_list_id from prices.price_lists m
  where m.derivation #>> '{adjustment,kind}' = 'MARGIN' and m.derivation #>> '{adjustment,feeSchedule}' = ${feeSchedule}`;

async function findVariants(tx: Tx, lists: SQL): Promise<string[] | null> {
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct p.variant_id as id
    from (select distinct unnest(l.chain) as price_list_id from prices.price_lists l where ${lists}) as members
    join prices.prices p using (price_list_id) order by 1 limit ${MAX_NAMED + 1}`);
  return rows.length > MAX_NAMED ? null : rows.map((row) => row.id);
}

/** A list whose prices are cached in answers for everybody. */
export interface CommonList {
  readonly code: string;
  /** The channel that it is for; null for all. */
  readonly channel: string | null;
}

const MAX_COMMON = 1_000;

/** The lists of a currency that are in force for everybody, or for everybody in a channel, by code. */
export async function findCommonLists(tx: Tx, currency: string): Promise<CommonList[]> {
  const rows = await tx.execute<{ code: string; channel: string | null }>(sql`
    select l.code, s.channel_code as channel from prices.price_scopes s join prices.price_lists l using (scope_id)
    where s.scope in ('BASE', 'CHANNEL') and s.currency = ${currency} and l.activity @> prices.app_now()
    order by l.code limit ${MAX_COMMON}`);
  return [...rows];
}
