import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type {
  LeasedRequest,
  PrivacyKind,
  PrivacyPart,
  PrivacyRequest,
  StepPosition,
} from '../../domain/privacy/request.ts';

const columns = sql`r.request_id as id, r.kind, r.customer_id as "customerId", r.state, to_jsonb(r.missing) as missing,
  r.requested_at::text as "requestedAt", r.completed_at::text as "completedAt", r.expires_at::text as "expiresAt"`;
type Row = PrivacyRequest & Record<string, unknown>;

/** Of one person, what was collected so recently is collected: who asks again is told of that. */
const FRESH = sql`interval '10 minutes'`;
const LEASE = sql`interval '1 minute'`;
const KEPT = sql`interval '7 days'`;

/** A request as it is asked for. */
export interface NewRequest {
  readonly id: string;
  readonly kind: PrivacyKind;
  readonly customerId: string;
  readonly requestedBy: string;
  readonly keyHash: string;
  readonly requestHash: string;
  readonly step: string;
}

/** What a key was used for before; null when it was not. */
export async function findByKey(
  db: Db | Tx,
  requestedBy: string,
  keyHash: string,
): Promise<(PrivacyRequest & { readonly requestHash: string }) | null> {
  const [row] = await db.execute<Row & { requestHash: string }>(sql`
    select ${columns}, r.request_hash as "requestHash" from customers.privacy_requests r
    where r.requested_by = ${requestedBy} and r.key_hash = ${keyHash}`);
  return row ?? null;
}

/**
 * The request of this kind that is worked on for a person; else the one that has forgotten them, or an export that was complete within the
 * last ten minutes.
 */
export async function findStanding(tx: Tx, customerId: string, kind: PrivacyKind): Promise<PrivacyRequest | null> {
  const [row] = await tx.execute<Row>(sql`
    select ${columns} from customers.privacy_requests r
    where r.customer_id = ${customerId}::uuid and r.kind = ${kind} and (r.state in ('RUNNING', 'WAITING')
      or (r.state = 'COMPLETED' and (r.kind = 'ERASE' or r.completed_at > customers.app_now() - ${FRESH})))
    order by r.requested_at desc limit 1`);
  return row ?? null;
}

/** Makes a request, which is due at once. The profile is locked. */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<PrivacyRequest> {
  const { id, kind, customerId, requestedBy, keyHash, requestHash, step } = request;
  const [row] = await tx.execute<Row>(sql`
    insert into customers.privacy_requests as r
      (request_id, kind, customer_id, requested_by, key_hash, request_hash, state, step, due_at, requested_at)
    values (${id}::uuid, ${kind}, ${customerId}::uuid, ${requestedBy}, ${keyHash}, ${requestHash}, 'RUNNING', ${step},
      customers.app_now(), customers.app_now())
    returning ${columns}`);
  return row!;
}

/** A request with the profile that its person has now; null when there is none. */
export async function findRequest(
  db: Db | Tx,
  id: string,
): Promise<(PrivacyRequest & { readonly personId: string }) | null> {
  const [row] = await db.execute<Row & { personId: string }>(sql`
    select ${columns}, coalesce(c.merged_into, c.customer_id) as "personId"
    from customers.privacy_requests r join customers.customers c on c.customer_id = r.customer_id where r.request_id = ${id}::uuid`);
  return row ?? null;
}

/** Takes a request that is due, for a minute; null when there is none that nobody works on. */
export async function leaseRequest(db: Db, owner: string): Promise<LeasedRequest | null> {
  const [row] = await db.execute<LeasedRequest & Record<string, unknown>>(sql`
    update customers.privacy_requests r set lease_owner = ${owner}::uuid, leased_until = customers.app_now() + ${LEASE}
    where r.request_id = (
      select request_id from customers.privacy_requests
      where state in ('RUNNING', 'WAITING') and due_at <= customers.app_now()
        and (leased_until is null or leased_until <= customers.app_now())
      order by due_at limit 1 for update skip locked)
    returning ${leasedColumns}`);
  return row ?? null;
}

const leasedColumns = sql`r.request_id as id, r.kind, r.customer_id as "customerId", r.step, r.position, r.tries`;

/** Holds a request that this process leased while a step is written; null when somebody else has it by now, or it has ended. */
export async function holdRequest(tx: Tx, id: string, owner: string): Promise<LeasedRequest | null> {
  const [row] = await tx.execute<LeasedRequest & Record<string, unknown>>(sql`
    select ${leasedColumns} from customers.privacy_requests r
    where r.request_id = ${id}::uuid and r.lease_owner = ${owner}::uuid and r.state in ('RUNNING', 'WAITING') for update`);
  return row ?? null;
}

const release = sql`lease_owner = null, leased_until = null`;
const update = (tx: Db | Tx, id: string, sets: SQL) =>
  tx.execute(sql`update customers.privacy_requests set ${sets} where request_id = ${id}::uuid`);

/** Moves a request on, with the parts that its step gave. The lease is prolonged. The request is held. */
export async function moveRequest(
  tx: Tx,
  id: string,
  {
    step,
    position,
    parts,
  }: { readonly step: string; readonly position: StepPosition; readonly parts: readonly PrivacyPart[] },
): Promise<void> {
  if (parts.length > 0)
    await tx.execute(sql`
      insert into customers.privacy_parts (request_id, position, subgraph, kind, data)
      select r.request_id, r.part_count + p.n, p.part ->> 'subgraph', p.part ->> 'kind', p.part -> 'data'
      from customers.privacy_requests r, jsonb_array_elements(${JSON.stringify(parts)}::jsonb) with ordinality as p (part, n)
      where r.request_id = ${id}::uuid`);
  await update(
    tx,
    id,
    sql`step = ${step}, position = ${position && JSON.stringify(position)}::jsonb, part_count = part_count + ${parts.length},
      state = 'RUNNING', missing = '{}', tries = 0, leased_until = customers.app_now() + ${LEASE}`,
  );
}

/** Lets a request wait for something, and gives it back. The request is held. */
export const postponeRequest = (
  tx: Tx,
  id: string,
  { missing, seconds }: { readonly missing: readonly string[]; readonly seconds: number },
) =>
  update(
    tx,
    id,
    sql`state = 'WAITING', tries = tries + 1, due_at = customers.app_now() + ${seconds} * interval '1 second', ${release},
      missing = array(select jsonb_array_elements_text(${JSON.stringify(missing)}::jsonb))`,
  );

/** Ends a request that is held. The parts of an export are kept for seven days. */
export const completeRequest = (tx: Tx, id: string) =>
  update(
    tx,
    id,
    sql`state = 'COMPLETED', missing = '{}', completed_at = customers.app_now(), ${release}, position = null,
      expires_at = case when kind = 'EXPORT' then customers.app_now() + ${KEPT} end`,
  );

/** Gives a request back whose step failed: it is tried again later, by whoever comes. Nothing when it is somebody else's by now. */
export const giveBackRequest = (db: Db, id: string, owner: string, seconds: number) =>
  db.execute(sql`
    update customers.privacy_requests set tries = tries + 1, due_at = customers.app_now() + ${seconds} * interval '1 second', ${release}
    where request_id = ${id}::uuid and lease_owner = ${owner}::uuid`);

/** Completes erasures of people of whom another part of the system says that it has forgotten them, too. */
export async function acknowledgeErasure(tx: Tx, customerIds: readonly string[], keeper: string): Promise<void> {
  await tx.execute(sql`
    update customers.privacy_requests set missing = array_remove(missing, ${keeper}), ${release},
      state = case when array_remove(missing, ${keeper}) = '{}' then 'COMPLETED' else state end,
      completed_at = case when array_remove(missing, ${keeper}) = '{}' then customers.app_now() end
    where kind = 'ERASE' and step = 'ACKNOWLEDGE' and state = 'WAITING'
      and customer_id in (select c.customer_id from customers.customers c, jsonb_array_elements_text(${JSON.stringify(customerIds)}::jsonb) as told
        where told::uuid in (c.customer_id, c.merged_into))`);
}

/** Parts of a request behind one, in order. */
export async function findParts(
  db: Db | Tx,
  requestId: string,
  after: number,
  most: number,
): Promise<(PrivacyPart & { readonly position: number })[]> {
  return await db.execute<PrivacyPart & { position: number } & Record<string, unknown>>(sql`
    select position, subgraph, kind, data from customers.privacy_parts
    where request_id = ${requestId}::uuid and position > ${after} order by position limit ${most}`);
}

/** Deletes parts of one export whose time is over, some at a time. @returns whether there was something to do. */
export async function expireParts(tx: Tx, most: number): Promise<boolean> {
  const [request] = await tx.execute<{ id: string }>(sql`
    select request_id as id from customers.privacy_requests
    where state = 'COMPLETED' and expires_at <= customers.app_now() order by expires_at limit 1 for update skip locked`);
  if (!request) return false;
  const gone = await tx.execute(sql`
    delete from customers.privacy_parts where (request_id, position) in (
      select request_id, position from customers.privacy_parts where request_id = ${request.id}::uuid limit ${most}) returning position`);
  if (gone.length < most) await update(tx, request.id, sql`state = 'EXPIRED'`);
  return true;
}

/** Ends the exports of people who are forgotten, and deletes what was collected. The profiles are locked. */
export async function dropExports(tx: Tx, customerIds: SQL): Promise<void> {
  // Held first: a process that collects at this moment adds nothing behind the deletion.
  await tx.execute(sql`
    update customers.privacy_requests set state = 'EXPIRED', missing = '{}', position = null, ${release}
    where customer_id = any(${customerIds}) and kind = 'EXPORT' and state <> 'EXPIRED'`);
  await tx.execute(sql`
    delete from customers.privacy_parts where request_id in (
      select request_id from customers.privacy_requests where customer_id = any(${customerIds}) and kind = 'EXPORT')`);
}
