import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Checkout, CheckoutPayment, CheckoutRequest, CheckoutState, Hold, Pricing } from '../domain/checkout.ts';
import type { Failure } from '../domain/outcome.ts';
import type { Plan } from '../domain/routing.ts';

/** How long one process may be silent before another takes a checkout up: longer than all tries of the slowest step. */
export const LEASE_S = 20;

/** Whose key it is: keys of different callers and channels never meet. */
export interface CheckoutKey {
  readonly callerScope: string;
  readonly channel: string;
  readonly keyHash: Uint8Array;
}

/** What tells a repeated call what became of the first one. */
export interface CheckoutSummary {
  readonly checkoutId: string;
  readonly orderId: string;
  readonly state: CheckoutState;
  readonly requestHash: Uint8Array;
  readonly result: Failure | null;
}

interface NewCheckout extends CheckoutKey {
  readonly cartId: string;
  readonly requestHash: Uint8Array;
}

/** A checkout with its price and plans, about to take its cart. */
export interface Claim extends NewCheckout {
  readonly checkoutId: string;
  readonly owner: string;
  /** The version whose lines were priced. */
  readonly cartVersion: number;
  readonly request: CheckoutRequest;
  readonly pricing: Pricing;
  readonly plans: readonly Plan[];
}

const columns = ({ sql }: Database) => sql`
  checkout_id as "checkoutId", cart_id as "cartId", order_id as "orderId", channel, state, request_hash as "requestHash",
  request, pricing, plans, reservation, reservation_attempt as "reservationAttempt", payment, result,
  attempt_count as "attemptCount", extract(epoch from orders.app_now() - started_at)::float8 as "ageS"`;

const lease = ({ sql }: Database) => sql`orders.app_now() + ${`${LEASE_S} seconds`}::interval`;

/**
 * Takes an open cart of a certain version into checkout and leases the checkout to `owner`, in one statement.
 * @returns null when the cart is not open, has changed, or the key was used: nothing was written.
 */
export async function claimCart(db: Database, claim: Claim): Promise<Checkout | null> {
  const { sql } = db;
  try {
    const [row] = await sql<Checkout[]>`
      with cart as (
        update orders.carts set status = 'IN_CHECKOUT', checkout_id = ${claim.checkoutId}, updated_at = orders.app_now()
        where cart_id = ${claim.cartId} and status = 'OPEN' and version = ${claim.cartVersion} returning cart_id
      )
      insert into orders.checkouts (checkout_id, cart_id, order_id, channel, caller_scope, key_hash, request_hash, state, request,
        pricing, plans, lease_owner, lease_until, due_at, started_at, updated_at)
      select ${claim.checkoutId}, cart_id, ${newId()}, ${claim.channel}, ${claim.callerScope}, ${claim.keyHash}, ${claim.requestHash},
        'routed', ${JSON.stringify(claim.request)}::jsonb, ${JSON.stringify(claim.pricing)}::jsonb, ${JSON.stringify(claim.plans)}::jsonb,
        ${claim.owner}, ${lease(db)}, ${lease(db)}, orders.app_now(), orders.app_now()
      from cart returning ${columns(db)}`;
    return row ?? null;
  } catch (error) {
    if (brokenConstraint(error) === 'checkouts_idempotency') return null;
    throw error;
  }
}

/** Keeps a refusal that came before anything was taken, so that repeating the call answers the same. @returns false when the key was used. */
export async function insertRefusal({ sql }: Database, checkout: NewCheckout, result: Failure): Promise<boolean> {
  const rows = await sql`
    insert into orders.checkouts (checkout_id, cart_id, order_id, channel, caller_scope, key_hash, request_hash, state, result, due_at, started_at, updated_at)
    values (${newId()}, ${checkout.cartId}, ${newId()}, ${checkout.channel}, ${checkout.callerScope}, ${checkout.keyHash},
      ${checkout.requestHash}, 'failed', ${JSON.stringify(result)}::jsonb, orders.app_now(), orders.app_now(), orders.app_now())
    on conflict on constraint checkouts_idempotency do nothing returning checkout_id`;
  return rows.length > 0;
}

/** What a key stands for; null when it was not used. */
export async function findCheckoutByKey({ sql }: Database, key: CheckoutKey): Promise<CheckoutSummary | null> {
  const [row] = await sql<CheckoutSummary[]>`
    select checkout_id as "checkoutId", order_id as "orderId", state, request_hash as "requestHash", result from orders.checkouts
    where caller_scope = ${key.callerScope} and channel = ${key.channel} and key_hash = ${key.keyHash}`;
  return row ?? null;
}

/** The state that a checkout has now; null when there is none. */
export async function findCheckoutState({ sql }: Database, checkoutId: string): Promise<CheckoutState | null> {
  const [row] = await sql<
    { state: CheckoutState }[]
  >`select state from orders.checkouts where checkout_id = ${checkoutId}`;
  return row?.state ?? null;
}

/** What changes with a step; what is absent stays. */
export interface Move {
  readonly to: CheckoutState;
  readonly reservation?: Hold | null;
  readonly reservationAttempt?: number;
  readonly plans?: readonly Plan[];
  readonly payment?: CheckoutPayment;
  readonly result?: Failure;
}

/** Keeps a step of a leased checkout and renews the lease. @returns null when the lease or the state is no longer the caller's. */
export async function moveCheckout(db: Database, from: Checkout, owner: string, move: Move): Promise<Checkout | null> {
  const { sql } = db;
  const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
  const [row] = await sql<Checkout[]>`
    update orders.checkouts set state = ${move.to},
      reservation = case when ${move.reservation === null} then null else coalesce(${json(move.reservation)}::jsonb, reservation) end,
      reservation_attempt = coalesce(${move.reservationAttempt ?? null}::int, reservation_attempt),
      plans = coalesce(${json(move.plans)}::jsonb, plans),
      payment = coalesce(${json(move.payment)}::jsonb, payment),
      result = coalesce(${json(move.result)}::jsonb, result),
      lease_until = ${lease(db)}, due_at = ${lease(db)}, updated_at = orders.app_now()
    where checkout_id = ${from.checkoutId} and lease_owner = ${owner} and state = ${from.state}
    returning ${columns(db)}`;
  return row ?? null;
}

/** Ends a leased checkout without an order and opens its cart again. Personal data is not kept. @returns false when the lease was lost. */
export async function failCheckout(
  { sql }: Database,
  checkout: Checkout,
  owner: string,
  result: Failure,
): Promise<boolean> {
  const rows = await sql`
    with failed as (
      update orders.checkouts set state = 'failed', result = ${JSON.stringify(result)}::jsonb, request = null, plans = null,
        lease_owner = null, lease_until = null, updated_at = orders.app_now()
      where checkout_id = ${checkout.checkoutId} and lease_owner = ${owner} and state = ${checkout.state} returning checkout_id, cart_id
    ), opened as (
      update orders.carts c set status = 'OPEN', checkout_id = null, updated_at = orders.app_now() from failed
      where c.cart_id = failed.cart_id and c.checkout_id = failed.checkout_id and c.status = 'IN_CHECKOUT'
    )
    select checkout_id from failed`;
  return rows.length > 0;
}

/** Gives a lease back; the checkout is due again after `delayS` seconds, or at once for a repeated call. */
export async function releaseLease(
  { sql }: Database,
  checkoutId: string,
  owner: string,
  delayS: number,
): Promise<void> {
  await sql`
    update orders.checkouts set lease_owner = null, lease_until = null, due_at = orders.app_now() + ${`${delayS} seconds`}::interval
    where checkout_id = ${checkoutId} and lease_owner = ${owner} and state not in ('placed', 'failed')`;
}

/** Leases an unfinished checkout that nobody works on, whether it is due or not. @returns null when somebody does. */
export async function takeLease(db: Database, checkoutId: string, owner: string): Promise<Checkout | null> {
  const [row] = await db.sql<Checkout[]>`
    update orders.checkouts set lease_owner = ${owner}, lease_until = ${lease(db)}, due_at = ${lease(db)}, attempt_count = attempt_count + 1
    where checkout_id = ${checkoutId} and state not in ('placed', 'failed') and (lease_until is null or lease_until <= orders.app_now())
    returning ${columns(db)}`;
  return row ?? null;
}

/** Leases up to `limit` checkouts that are due, oldest first, passing over those that others are just taking. */
export async function takeDueCheckouts(db: Database, owner: string, limit: number): Promise<Checkout[]> {
  return await db.sql<Checkout[]>`
    update orders.checkouts set lease_owner = ${owner}, lease_until = ${lease(db)}, due_at = ${lease(db)}, attempt_count = attempt_count + 1
    where checkout_id in (
      select checkout_id from orders.checkouts where state not in ('placed', 'failed') and due_at <= orders.app_now()
      order by due_at limit ${limit} for update skip locked)
    returning ${columns(db)}`;
}

/** An unfinished checkout as operators see it. */
export interface OpenCheckout {
  readonly checkoutId: string;
  readonly state: string;
  readonly attemptCount: number;
  readonly startedAt: string;
}

/** Unfinished checkouts, oldest first. */
export async function findOpenCheckouts({ sql }: Database, limit: number): Promise<OpenCheckout[]> {
  return await sql<OpenCheckout[]>`
    select checkout_id as "checkoutId", state, attempt_count as "attemptCount", started_at as "startedAt" from orders.checkouts
    where state not in ('placed', 'failed') order by started_at, checkout_id limit ${limit}`;
}

/** Forgets finished checkouts, and with them their keys, after a week. @returns how many. */
export async function purgeFinished({ sql }: Database, limit: number): Promise<number> {
  const rows = await sql`
    delete from orders.checkouts where checkout_id in (
      select checkout_id from orders.checkouts where state in ('placed', 'failed') and updated_at < orders.app_now() - interval '7 days' limit ${limit})
    returning checkout_id`;
  return rows.length;
}
