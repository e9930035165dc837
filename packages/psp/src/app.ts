import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { authorize } from './authorize.ts';
import {
  authenticatePaymentIntent,
  cancelPaymentIntent,
  capturePaymentIntent,
  type Command,
  type CommandDeps,
  confirmPaymentIntent,
  createPaymentIntent,
  type Outcome,
} from './commands.ts';
import { purgeKeys } from './data/idempotency.ts';
import { findPaymentIntent } from './data/payment-intents.ts';
import { paymentIntentJson } from './domain/stripe-json.ts';
import { missingIntent, StripeFault } from './faults.ts';
import { fingerprintOf, parseParameters, readExpand } from './parameters.ts';

const BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_HANG_MS = 30_000;
const PURGE_MS = 60 * 60_000;
const MAX_KEY_LENGTH = 255;

/** Parameters that are taken; those of the second list change nothing here. */
const CREATE = [
  'amount',
  'currency',
  'payment_method',
  'confirm',
  'capture_method',
  'metadata',
  'description',
  'return_url',
  'error_on_requires_action',
];
const CONFIRM = ['payment_method', 'return_url', 'error_on_requires_action'];
const WITHOUT_EFFECT = [
  'automatic_payment_methods',
  'payment_method_types',
  'confirmation_method',
  'off_session',
  'receipt_email',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'use_stripe_sdk',
];

export interface PspDeps {
  /** The schema `psp`; closed by `stop`. */
  readonly db: Database;
  readonly secretKey: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** How long `pm_card_timeoutAfterCharge` keeps the connection before it closes it, in milliseconds; 30 seconds by default. */
  readonly hangMs?: number;
}

/** The simulator, not listening yet. */
export interface Psp {
  /** @returns the port, which the system chose when 0 was asked for. @throws Error with one clear line when it is taken. */
  listen(port: number, host?: string): Promise<number>;
  /** Stops accepting, lets requests end, hangs up on those that are kept waiting, closes the database. */
  stop(): Promise<void>;
}

type IntentRequest = FastifyRequest<{ Params: { id: string } }>;

/** A payment provider that speaks the part of Stripe's API that shops need to take a card payment, and fails on demand. */
export function createPsp({ db, secretKey, logger, clock = systemClock, hangMs = DEFAULT_HANG_MS }: PspDeps): Psp {
  const deps: CommandDeps = { db, clock };
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: () => `req_${randomBytes(7).toString('hex')}`,
    serverFactory: (handler) => createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000 }, handler),
  });
  const purge = setInterval(
    () => void purgeKeys(db).catch((error: unknown) => logger.warn({ err: error }, 'old keys stay')),
    PURGE_MS,
  ).unref();
  const hanging = new Map<FastifyReply, NodeJS.Timeout>();

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  // The simulator's own route is also for people with curl; what they send as JSON is a form to the rest.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, new URLSearchParams(JSON.parse(body.toString()) as Record<string, string>).toString());
    } catch {
      done(new StripeFault(400, 'invalid_request_error', 'The body must be a form, or a JSON object of texts.'));
    }
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof StripeFault) return sendFault(reply, error);
    if ((error.statusCode ?? 500) < 500)
      return sendFault(reply, new StripeFault(error.statusCode ?? 400, 'invalid_request_error', error.message));
    logger.error({ err: error, requestId: request.id }, 'a payment request met a fault');
    return sendFault(reply, new StripeFault(500, 'api_error', 'An unknown error occurred.'));
  });

  const hangUp = (reply: FastifyReply) => {
    clearTimeout(hanging.get(reply));
    hanging.delete(reply);
    reply.raw.destroy();
  };
  const answer = (reply: FastifyReply, outcome: Outcome) => {
    if (outcome.hang) {
      reply.hijack();
      hanging.set(reply, setTimeout(hangUp, hangMs, reply));
      return reply;
    }
    if (outcome.replayed) reply.header('idempotent-replayed', 'true');
    return reply.code(outcome.status).type('application/json').send(outcome.body);
  };

  const commandOf = (request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): Command => {
    authorize(request.headers.authorization, secretKey);
    const key = keyOf(request);
    if (key !== null) reply.header('idempotency-key', key);
    const parameters = parseParameters(typeof request.body === 'string' ? request.body : '', allowed);
    return { key, parameters, fingerprint: fingerprintOf(request.method, request.url, parameters) };
  };

  app.get('/livez', () => ({ status: 'live', service: 'psp' }));
  app.post('/v1/payment_intents', async (request, reply) =>
    answer(reply, await createPaymentIntent(deps, commandOf(request, reply, [...CREATE, ...WITHOUT_EFFECT]))),
  );
  app.get('/v1/payment_intents/:id', async (request: IntentRequest) => {
    authorize(request.headers.authorization, secretKey);
    const expand = readExpand(parseParameters(request.url.split('?')[1] ?? '', ['client_secret']));
    const intent = await findPaymentIntent(db.sql, request.params.id, false);
    if (!intent) throw missingIntent(request.params.id);
    return paymentIntentJson(intent, expand);
  });
  app.post('/v1/payment_intents/:id/confirm', async (request: IntentRequest, reply) =>
    answer(
      reply,
      await confirmPaymentIntent(deps, request.params.id, commandOf(request, reply, [...CONFIRM, ...WITHOUT_EFFECT])),
    ),
  );
  app.post('/v1/payment_intents/:id/capture', async (request: IntentRequest, reply) =>
    answer(
      reply,
      await capturePaymentIntent(deps, request.params.id, commandOf(request, reply, ['amount_to_capture'])),
    ),
  );
  app.post('/v1/payment_intents/:id/cancel', async (request: IntentRequest, reply) =>
    answer(
      reply,
      await cancelPaymentIntent(deps, request.params.id, commandOf(request, reply, ['cancellation_reason'])),
    ),
  );
  app.post('/simulator/payment_intents/:id/authenticate', async (request: IntentRequest, reply) =>
    answer(reply, await authenticatePaymentIntent(deps, request.params.id, commandOf(request, reply, ['outcome']))),
  );

  return {
    async listen(port, host = '0.0.0.0') {
      try {
        await app.listen({ port, host });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
          throw new Error(
            `Port ${port} for psp is taken by another process. Stop it, or set PSP_PORT to a free port.`,
            { cause: error },
          );
        throw error;
      }
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    async stop() {
      clearInterval(purge);
      for (const reply of hanging.keys()) hangUp(reply);
      await app.close();
      await db.close();
    },
  };
}

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return null;
  if (key.length > MAX_KEY_LENGTH)
    throw new StripeFault(
      400,
      'idempotency_error',
      `The idempotency key provided is too long. Keys can be up to ${MAX_KEY_LENGTH} characters long.`,
    );
  return key;
}

const sendFault = (reply: FastifyReply, fault: StripeFault) => reply.code(fault.status).send(fault.body);
