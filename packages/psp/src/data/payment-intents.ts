import type { ISql } from 'postgres';
import type { Charge, PaymentError, PaymentIntent, Status } from '../domain/payment-intent.ts';

/** A pool, or a transaction of it. */
export type Sql = ISql;

interface Row {
  readonly payment_intent_id: string;
  readonly amount_minor: number;
  readonly amount_received_minor: number;
  readonly currency: string;
  readonly status: Status;
  readonly capture_method: PaymentIntent['captureMethod'];
  readonly payment_method: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly client_secret: string;
  readonly return_url: string | null;
  readonly last_error: PaymentError | null;
  readonly cancellation_reason: string | null;
  readonly created_s: number;
  readonly canceled_s: number | null;
  readonly charge: Charge | null;
}

const toIntent = (row: Row): PaymentIntent => ({
  id: row.payment_intent_id,
  amountMinor: row.amount_minor,
  amountReceivedMinor: row.amount_received_minor,
  currency: row.currency,
  status: row.status,
  captureMethod: row.capture_method,
  paymentMethod: row.payment_method,
  description: row.description,
  metadata: row.metadata,
  clientSecret: row.client_secret,
  returnUrl: row.return_url,
  lastError: row.last_error,
  cancellationReason: row.cancellation_reason,
  createdS: row.created_s,
  canceledS: row.canceled_s,
  charge: row.charge,
});

/** An intent with its last charge, or null. `lock` keeps other commands on it out until the transaction ends. */
export async function findPaymentIntent(sql: Sql, id: string, lock: boolean): Promise<PaymentIntent | null> {
  const [row] = await sql<Row[]>`
    select i.*, extract(epoch from i.created_at)::int as created_s, extract(epoch from i.canceled_at)::int as canceled_s,
      case when c.charge_id is not null then jsonb_build_object(
        'id', c.charge_id, 'amountMinor', c.amount_minor, 'amountCapturedMinor', c.amount_captured_minor,
        'amountRefundedMinor', c.amount_refunded_minor, 'paymentMethod', c.payment_method, 'status', c.status,
        'failureCode', c.failure_code, 'failureMessage', c.failure_message,
        'createdS', extract(epoch from c.created_at)::int) end as charge
    from psp.payment_intents i left join psp.charges c on c.charge_id = i.latest_charge_id
    where i.payment_intent_id = ${id} ${lock ? sql`for update of i` : sql``}`;
  return row ? toIntent(row) : null;
}

/** Writes an intent and its last charge as they are now, in one statement. */
export async function savePaymentIntent(sql: Sql, intent: PaymentIntent): Promise<void> {
  const { charge } = intent;
  await sql`
    with intent as (
      insert into psp.payment_intents as i (payment_intent_id, amount_minor, amount_received_minor, currency, status, capture_method,
        payment_method, description, metadata, client_secret, return_url, last_error, cancellation_reason, created_at, canceled_at, latest_charge_id)
      values (${intent.id}, ${intent.amountMinor}, ${intent.amountReceivedMinor}, ${intent.currency}, ${intent.status}, ${intent.captureMethod},
        ${intent.paymentMethod}, ${intent.description}, ${JSON.stringify(intent.metadata)}::jsonb, ${intent.clientSecret}, ${intent.returnUrl},
        ${intent.lastError && JSON.stringify(intent.lastError)}::jsonb, ${intent.cancellationReason}, to_timestamp(${intent.createdS}::int),
        to_timestamp(${intent.canceledS}::int), ${charge?.id ?? null})
      on conflict on constraint payment_intents_pkey do update set amount_received_minor = excluded.amount_received_minor,
        status = excluded.status, payment_method = excluded.payment_method, return_url = excluded.return_url, last_error = excluded.last_error,
        cancellation_reason = excluded.cancellation_reason, canceled_at = excluded.canceled_at, latest_charge_id = excluded.latest_charge_id
    )
    insert into psp.charges as c (charge_id, payment_intent_id, amount_minor, amount_captured_minor, amount_refunded_minor, payment_method,
      status, failure_code, failure_message, created_at)
    select ${charge?.id ?? ''}, ${intent.id}, ${charge?.amountMinor ?? 0}::int, ${charge?.amountCapturedMinor ?? 0}::int,
      ${charge?.amountRefundedMinor ?? 0}::int, ${charge?.paymentMethod ?? ''}, ${charge?.status ?? ''}, ${charge?.failureCode ?? null},
      ${charge?.failureMessage ?? null}, to_timestamp(${charge?.createdS ?? 0}::int)
    where ${charge !== null}::boolean
    on conflict on constraint charges_pkey do update set amount_captured_minor = excluded.amount_captured_minor,
      amount_refunded_minor = excluded.amount_refunded_minor`;
}
