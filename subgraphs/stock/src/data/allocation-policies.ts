import type { Database } from '@kontor/kit/src/database.ts';
import type { ChannelShare, PolicyKind } from '../domain/allocation-policy.ts';
import type { PolicyDraft } from '../domain/policy-draft.ts';

/** What a policy is doing, as the graph writes it. */
export type PolicyStatus = 'DRAFT' | 'ACTIVE' | 'RETIRED';

/** An allocation policy; its variants, which may be many, are read apart. */
export interface AllocationPolicyRow {
  readonly policyId: string;
  readonly name: string;
  readonly kind: PolicyKind;
  readonly lendableBasisPoints: number;
  readonly channels: readonly ChannelShare[];
  /** Null: all variants that no other policy governs. */
  readonly variantCount: number | null;
  /** Null: all locations. */
  readonly locationIds: readonly string[] | null;
  /** The locations that its channels share under it now. */
  readonly poolLocationIds: readonly string[];
  readonly status: PolicyStatus;
  readonly version: number;
  readonly changedBy: string;
  readonly createdAt: string;
  readonly activatedAt: string | null;
  readonly retiredAt: string | null;
}

/** What a command on a policy came to; `version` is the one that the policy has, where it matters. */
export interface PolicyOutcome {
  readonly outcome:
    'saved' | 'active' | 'retired' | 'missing' | 'conflict' | 'not_draft' | 'too_many' | 'without_locations';
  readonly version?: number;
  /** Of `without_locations`: channels that sell from no location in the scope. */
  readonly channels?: readonly string[];
}

/** Drafts, and policies that govern at one time: what changes the configuration looks at all of them. */
const MAX_DRAFTS = 1_000;
const MAX_ACTIVE = 200;

const columns = (sql: Database['sql']) => sql`
  p.policy_id as "policyId", p.name, p.kind, p.lendable_basis_points as "lendableBasisPoints", cardinality(p.variant_ids) as "variantCount",
  p.location_ids as "locationIds", array(select l from stock.pool_of(p.policy_id) as l order by l) as "poolLocationIds", upper(p.status) as status, p.version,
  p.changed_by as "changedBy", p.created_at as "createdAt", p.activated_at as "activatedAt", p.retired_at as "retiredAt",
  coalesce((select jsonb_agg(jsonb_build_object('channel', s.channel_code, 'priority', s.priority, 'promised', s.promised,
    'shareBasisPoints', s.share_basis_points, 'floor', s.floor) order by s.priority, s.channel_code)
    from stock.allocation_shares s where s.policy_id = p.policy_id), '[]') as channels`;

/** A policy by its id, which must be a UUID. */
export async function findPolicy(db: Database, policyId: string): Promise<AllocationPolicyRow | null> {
  const [row] = await db.sql<AllocationPolicyRow[]>`
    select ${columns(db.sql)} from stock.allocation_policies p where p.policy_id = ${policyId}`;
  return row ?? null;
}

/** Policies, the newest first, behind an id. */
export async function listPolicies(
  db: Database,
  filter: { readonly status: PolicyStatus | null; readonly after: string | null; readonly limit: number },
): Promise<AllocationPolicyRow[]> {
  const { sql } = db;
  const { status, after, limit } = filter;
  return sql<AllocationPolicyRow[]>`
    select ${columns(sql)} from stock.allocation_policies p where true
      ${status ? sql`and p.status = ${status.toLowerCase()}` : sql``} ${after ? sql`and p.policy_id < ${after}` : sql``}
    order by p.policy_id desc limit ${limit}`;
}

/** Variants in the scope of a policy, in order of id, behind one. */
export async function listPolicyVariants(
  db: Database,
  policyId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db.sql<{ id: string }[]>`
    select v as id from stock.allocation_policies p cross join unnest(p.variant_ids) as v
    where p.policy_id = ${policyId} and (${after}::uuid is null or v > ${after}::uuid) order by v limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Which of some channels stock does not know. */
export async function findUnknownChannels(db: Database, channels: readonly string[]): Promise<string[]> {
  const rows = await db.sql<{ code: string }[]>`
    select code from unnest(${[...channels]}::text[]) as code where not exists (select from stock.channel_locations c where c.channel_code = code)`;
  return rows.map(({ code }) => code);
}

/** Makes or changes a draft, in one transaction. @param expectedVersion 0 for one that is not there yet; null when it does not matter. */
export async function savePolicyDraft(
  db: Database,
  policyId: string,
  draft: PolicyDraft,
  expectedVersion: number | null,
  changedBy: string,
): Promise<PolicyOutcome> {
  const shares = draft.channels.map((share) => ({
    channel_code: share.channel,
    priority: share.priority,
    promised: share.promised,
    share_basis_points: share.shareBasisPoints,
    floor: share.floor,
  }));
  const [row] = await db.sql<{ result: PolicyOutcome }[]>`
    select stock.save_policy_draft(${policyId}, ${draft.name}, ${draft.kind}, ${draft.lendableBasisPoints}, ${draft.variantIds as string[] | null}::uuid[],
      ${draft.locationIds as string[] | null}::uuid[], ${JSON.stringify(shares)}::jsonb, ${expectedVersion}, ${MAX_DRAFTS}, ${changedBy}) as result`;
  return decided(db, row);
}

/** Lets a draft govern, in one transaction that stops all other changes of stock meanwhile. @throws PostgreSQL's lock_not_available. */
export async function activatePolicy(
  db: Database,
  policyId: string,
  expectedVersion: number | null,
  changedBy: string,
): Promise<PolicyOutcome> {
  const [row] = await db.sql<{ result: PolicyOutcome }[]>`
    select stock.activate_policy(${policyId}, ${expectedVersion}, ${MAX_ACTIVE}, ${changedBy}) as result`;
  return decided(db, row);
}

/** Ends a policy or puts a draft away, in one transaction like that of `activatePolicy`. @throws PostgreSQL's lock_not_available. */
export async function retirePolicy(
  db: Database,
  policyId: string,
  expectedVersion: number | null,
  changedBy: string,
): Promise<PolicyOutcome> {
  const [row] = await db.sql<{ result: PolicyOutcome }[]>`
    select stock.retire_policy(${policyId}, ${expectedVersion}, ${changedBy}) as result`;
  return decided(db, row);
}

function decided(db: Database, row: { readonly result: PolicyOutcome } | undefined): PolicyOutcome {
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.result;
}
