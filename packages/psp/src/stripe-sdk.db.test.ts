import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPsp, type Psp } from './app.ts';

const SECRET_KEY = 'sk_test_kontor_demo';
const HANG_MS = 150;

let database: TestDatabase;
let psp: Psp;
let port: number;
let stripe: Stripe;

const start = async () => {
  psp = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger, hangMs: HANG_MS });
  port = await psp.listen(0, '127.0.0.1');
};
const client = (maxNetworkRetries: number, secretKey = SECRET_KEY) =>
  new Stripe(secretKey, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries, telemetry: false });
const post = (path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { authorization: `Bearer ${SECRET_KEY}`, ...headers },
  });
const authorization = (paymentMethod: string, amount = 2_500) => ({
  amount,
  currency: 'eur',
  payment_method: paymentMethod,
  capture_method: 'manual' as const,
  confirm: true,
});
const countIntents = async () => {
  const [row] = await database.open('psp').sql`select count(*)::int as count from psp.payment_intents`;
  return row!.count as number;
};
const failureOf = async (promise: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Stripe.errors.StripeError);
  return error as Stripe.errors.StripeError;
};

beforeAll(async () => {
  database = await createTestDatabase(['psp']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await start();
  stripe = client(0);
});
afterEach(() => psp.stop());

describe('a payment intent', () => {
  it('authorizes a card and shows brand and last four of it', async () => {
    const intent = await stripe.paymentIntents.create({
      ...authorization('pm_card_mastercard'),
      description: 'Order 7',
      metadata: { orderId: 'order-7', number: '7' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      expand: ['latest_charge', 'payment_method'],
    });
    expect(intent).toMatchObject({
      object: 'payment_intent',
      status: 'requires_capture',
      amount: 2_500,
      amount_capturable: 2_500,
      amount_received: 0,
      currency: 'eur',
      description: 'Order 7',
      metadata: { orderId: 'order-7', number: '7' },
      latest_charge: {
        paid: true,
        captured: false,
        payment_method_details: { card: { brand: 'mastercard', last4: '4444' }, type: 'card' },
      },
      payment_method: { id: 'pm_card_mastercard', card: { brand: 'mastercard', last4: '4444' } },
    });
    expect(intent.id).toMatch(/^pi_\w{24}$/);
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_\\w+$`));
  });

  it('takes the money at once when capture is automatic', async () => {
    const intent = await stripe.paymentIntents.create({
      ...authorization('pm_card_visa'),
      capture_method: 'automatic',
    });
    expect(intent).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 2_500 });
    expect(intent.latest_charge).toMatch(/^ch_/);
  });

  it('captures a part once and gives the rest back', async () => {
    const { id } = await stripe.paymentIntents.create(authorization('pm_card_visa'));
    const tooMuch = await failureOf(stripe.paymentIntents.capture(id, { amount_to_capture: 2_501 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });
    const captured = await stripe.paymentIntents.capture(id, { amount_to_capture: 2_000, expand: ['latest_charge'] });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_capturable: 0,
      amount_received: 2_000,
      latest_charge: { captured: true, amount_captured: 2_000, amount_refunded: 500 },
    });
    const again = await failureOf(stripe.paymentIntents.capture(id));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(again.payment_intent).toMatchObject({ id, status: 'succeeded' });
  });

  it('lets exactly one of capture and cancel win when they race', async () => {
    const { id } = await stripe.paymentIntents.create(authorization('pm_card_visa'));
    // Both are held at the row until both have come to it: neither has finished before the other began.
    const { sql } = database.open('psp');
    const racing = await sql.begin(async (tx) => {
      await tx`select 1 from psp.payment_intents where payment_intent_id = ${id} for update`;
      const both = Promise.allSettled([stripe.paymentIntents.capture(id), stripe.paymentIntents.cancel(id)]);
      await eventually(async () => {
        const [waiting] = await sql`
          select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        expect(waiting!.count).toBe(2);
      });
      return { both };
    });
    const results = await racing.both;
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge.amount_captured + charge.amount_refunded).toBe(2_500);
    expect(intent.status).toBe(charge.captured ? 'succeeded' : 'canceled');
  });

  it('cancels with a reason and gives the authorization back', async () => {
    const { id } = await stripe.paymentIntents.create(authorization('pm_card_visa'));
    const canceled = await stripe.paymentIntents.cancel(id, {
      cancellation_reason: 'abandoned',
      expand: ['latest_charge'],
    });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      amount_capturable: 0,
      latest_charge: { refunded: true, amount_refunded: 2_500 },
    });
    expect(canceled.canceled_at).toBeGreaterThan(0);
  });

  it('confirms later with the method of the confirmation', async () => {
    const created = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', capture_method: 'manual' });
    expect(created).toMatchObject({ status: 'requires_payment_method', latest_charge: null });
    const missing = await failureOf(stripe.paymentIntents.confirm(created.id));
    expect(missing).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    const confirmed = await stripe.paymentIntents.confirm(created.id, { payment_method: 'pm_card_visa' });
    expect(confirmed).toMatchObject({ status: 'requires_capture', amount_capturable: 900 });
  });

  it('outlives a restart', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...authorization('pm_card_visa'),
      metadata: { orderId: 'o-1' },
    });
    await psp.stop();
    await start();
    expect(await client(0).paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_capture',
      metadata: { orderId: 'o-1' },
    });
  });
});

describe('a declined card', () => {
  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s answers a card error with %s, and another card may follow', async (token, declineCode) => {
    const error = await failureOf(stripe.paymentIntents.create(authorization(token)));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: declineCode });
    const { id } = error.payment_intent!;
    const declined = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(declined).toMatchObject({
      status: 'requires_payment_method',
      amount_capturable: 0,
      last_payment_error: { code: 'card_declined', decline_code: declineCode },
      latest_charge: { status: 'failed', paid: false },
    });
    const second = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(second).toMatchObject({ status: 'requires_capture', last_payment_error: null });
  });
});

describe('authentication of the shopper', () => {
  const authenticate = (id: string, outcome: string) =>
    post(`/simulator/payment_intents/${id}/authenticate`, { outcome });

  it('holds the amount once the shopper has confirmed', async () => {
    const intent = await stripe.paymentIntents.create({
      ...authorization('pm_card_authenticationRequired'),
      return_url: 'https://shop.example/back',
    });
    expect(intent).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: 'https://shop.example/back' } },
    });
    const answer = await fetch(`http://127.0.0.1:${port}${intent.next_action!.redirect_to_url!.url!}`, {
      method: 'POST',
      body: JSON.stringify({ outcome: 'succeeded' }),
      headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
    });
    expect(await answer.json()).toMatchObject({ id: intent.id, status: 'requires_capture', next_action: null });
    const repeated = await authenticate(intent.id, 'succeeded');
    expect(repeated.status).toBe(400);
  });

  it('asks for another method after the shopper failed', async () => {
    const intent = await stripe.paymentIntents.create(authorization('pm_card_authenticationRequired'));
    expect(intent.next_action).toMatchObject({ type: 'use_stripe_sdk' });
    expect((await authenticate(intent.id, 'failed')).status).toBe(200);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });
});

describe('an idempotency key', () => {
  it('makes one payment of 20 equal requests at once', async () => {
    const before = await countIntents();
    const intents = await Promise.all(
      Array.from({ length: 20 }, () =>
        stripe.paymentIntents.create(authorization('pm_card_visa'), { idempotencyKey: 'order-20' }),
      ),
    );
    expect(new Set(intents.map((intent) => intent.id)).size).toBe(1);
    expect(intents.filter((intent) => intent.lastResponse.headers['idempotent-replayed'] === 'true')).toHaveLength(19);
    expect(await countIntents()).toBe(before + 1);
  });

  it('refuses the same key with other parameters and changes nothing', async () => {
    await stripe.paymentIntents.create(authorization('pm_card_visa'), { idempotencyKey: 'order-21' });
    const before = await countIntents();
    const error = await failureOf(
      stripe.paymentIntents.create(authorization('pm_card_visa', 2_501), { idempotencyKey: 'order-21' }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error.statusCode).toBe(400);
    expect(await countIntents()).toBe(before);
  });

  it('repeats a decline, also after a restart', async () => {
    const first = await failureOf(
      stripe.paymentIntents.create(authorization('pm_card_chargeDeclined'), { idempotencyKey: 'order-22' }),
    );
    await psp.stop();
    await start();
    const second = await failureOf(
      client(0).paymentIntents.create(authorization('pm_card_chargeDeclined'), { idempotencyKey: 'order-22' }),
    );
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id);
    expect(second.headers?.['idempotent-replayed']).toBe('true');
  });

  it('is free again after a refused parameter', async () => {
    await failureOf(stripe.paymentIntents.create({ amount: 0, currency: 'eur' }, { idempotencyKey: 'order-23' }));
    const intent = await stripe.paymentIntents.create({ amount: 1, currency: 'eur' }, { idempotencyKey: 'order-23' });
    expect(intent.amount).toBe(1);
  });

  it('is forgotten after a day', async () => {
    const first = await stripe.paymentIntents.create(authorization('pm_card_visa'), { idempotencyKey: 'order-24' });
    await psp.stop();
    psp = createPsp({
      db: database.open('psp', { nowOffset: '25 hours' }),
      secretKey: SECRET_KEY,
      logger: silentLogger,
    });
    port = await psp.listen(0, '127.0.0.1');
    const second = await client(0).paymentIntents.create(authorization('pm_card_visa'), { idempotencyKey: 'order-24' });
    expect(second.id).not.toBe(first.id);
  });
});

describe('a failing provider', () => {
  it('has charged when it never answers, and tells so to the repeat', async () => {
    const before = await countIntents();
    // Without the SDK, which by itself repeats once what ended in a closed connection.
    const request = () =>
      post(
        '/v1/payment_intents',
        { amount: '2500', currency: 'eur', payment_method: 'pm_card_timeoutAfterCharge', confirm: 'true' },
        { 'idempotency-key': 'order-30' },
      );
    await expect(request()).rejects.toThrow('fetch failed');
    expect(await countIntents()).toBe(before + 1);
    const repeat = await request();
    expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    expect(await repeat.json()).toMatchObject({ status: 'succeeded', amount_received: 2_500 });
    expect(await countIntents()).toBe(before + 1);
  });

  it('is survived by the retries of the SDK', async () => {
    const before = await countIntents();
    const patient = client(2);
    expect(await patient.paymentIntents.create(authorization('pm_card_timeoutAfterCharge'))).toMatchObject({
      status: 'requires_capture',
    });
    expect(await patient.paymentIntents.create(authorization('pm_card_serverErrorOnce'))).toMatchObject({
      status: 'requires_capture',
    });
    expect(await countIntents()).toBe(before + 2);
  });

  it('executes nothing when it answers 500 once', async () => {
    const before = await countIntents();
    const request = () =>
      stripe.paymentIntents.create(authorization('pm_card_serverErrorOnce'), { idempotencyKey: 'order-31' });
    expect(await failureOf(request())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
    expect(await countIntents()).toBe(before);
    expect(await request()).toMatchObject({ status: 'requires_capture' });
  });
});

describe('a request that is refused', () => {
  it('has no key or a wrong one', async () => {
    const before = await countIntents();
    const wrong = await failureOf(client(0, 'sk_test_wrong').paymentIntents.create(authorization('pm_card_visa')));
    expect(wrong).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(wrong.message).not.toContain('sk_test_wrong');
    for (const authorizationHeader of ['', 'Bearer', 'Token x', `Basic ${btoa('sk_test_wrong:')}`])
      expect(
        (await post('/v1/payment_intents', { amount: '1', currency: 'eur' }, { authorization: authorizationHeader }))
          .status,
      ).toBe(401);
    expect(await countIntents()).toBe(before);
  });

  it('is taken with Basic authentication by the right key', async () => {
    const answer = await post(
      '/v1/payment_intents',
      { amount: '1', currency: 'eur' },
      { authorization: `Basic ${btoa(`${SECRET_KEY}:`)}` },
    );
    expect(answer.status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['a card parameter', { 'card[number]': '4242424242424242' }],
    ['card data of a new method', { 'payment_method_data[card][number]': '4242424242424242' }],
    ['a card number in metadata', { 'metadata[note]': '4242 4242 4242 4242' }],
    ['a card number as description', { description: '4242424242424242' }],
  ])('has %s, and nothing of it is kept or said', async (_, card) => {
    const before = await countIntents();
    const answer = await post('/v1/payment_intents', { amount: '1', currency: 'eur', ...card });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('4242');
    expect(await countIntents()).toBe(before);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no amount', { currency: 'eur' }, 'parameter_missing'],
    ['a fraction', { amount: '1.5', currency: 'eur' }, 'parameter_invalid_integer'],
    ['a negative amount', { amount: '-1', currency: 'eur' }, 'parameter_invalid_integer'],
    ['too large an amount', { amount: '100000000', currency: 'eur' }, 'amount_too_large'],
    ['no such currency', { amount: '1', currency: 'zzz' }, 'parameter_invalid'],
    ['an unknown method', { amount: '1', currency: 'eur', payment_method: 'pm_real' }, 'resource_missing'],
    ['an unknown parameter', { amount: '1', currency: 'eur', __proto: '1' }, 'parameter_unknown'],
  ])('has %s', async (_, body, code) => {
    const answer = await post('/v1/payment_intents', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
  });

  it('is larger than the bound, or for what is not there', async () => {
    expect((await post('/v1/payment_intents', { description: 'x'.repeat(70_000) })).status).toBe(413);
    expect(await failureOf(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await failureOf(stripe.paymentIntents.capture('pi_none'))).toMatchObject({ statusCode: 404 });
    expect(await failureOf(stripe.customers.list())).toMatchObject({ statusCode: 404 });
  });
});

it('stops at once while a client is kept waiting, and ends what is in work', async () => {
  await psp.stop();
  psp = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger, hangMs: 60_000 });
  port = await psp.listen(0, '127.0.0.1');
  const before = await countIntents();
  const kept = post('/v1/payment_intents', {
    amount: '1',
    currency: 'eur',
    payment_method: 'pm_card_timeoutAfterCharge',
    confirm: 'true',
  });
  const outcome = expect(kept).rejects.toThrow('fetch failed');
  await eventually(async () => expect(await countIntents()).toBe(before + 1));
  await psp.stop();
  await outcome;
  await start();
});

it('says that it lives, and which port is taken', async () => {
  expect(await (await fetch(`http://127.0.0.1:${port}/livez`)).json()).toEqual({ status: 'live', service: 'psp' });
  const second = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger });
  await expect(second.listen(port, '127.0.0.1')).rejects.toThrow(`Port ${port} for psp is taken`);
  await second.stop();
});
