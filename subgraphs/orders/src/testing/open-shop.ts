import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { guestOf, serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database, DatabaseOptions } from '@kontor/kit/src/database.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createPsp } from '@kontor/psp/src/app.ts';
import { createApp } from '../app.ts';
import type { PaymentProvider } from '../payments/provider.ts';
import { createStripeProvider } from '../payments/stripe.ts';
import { type Answer, mutate, purchase, send } from './documents.ts';
import { createSimulatedPeers, type SimulatedPeers } from './peers.ts';

const SECRET_KEY = 'sk_test_kontor_demo';
/** The simulator keeps a connection longer than the adapter waits for it. */
const HANG_MS = 5_000;
const TIMEOUT_MS = 400;
const CATCH_UP_TRIES = 500;

/** Where a test's databases come from. */
interface Databases {
  open(schema: string, options?: Partial<DatabaseOptions>): Database;
}

/** A channel with two locations and two products, the payment simulator over HTTP, and the steps of its shoppers. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** What `cartCreate` answered. */
interface Made {
  readonly cart: { readonly id: string };
  readonly token: string | null;
}

/** What a checkout of a cart has left behind. */
export interface Traces {
  readonly states: string[];
  readonly orderCount: number;
  /** States of what the provider knows. */
  readonly intents: string[];
  /** States of what stock knows. */
  readonly holds: string[];
}

const guest: Call = { caller: guestOf('web'), requestId: 'test-request' };

export async function openShop(databases: Databases, identity: Identity) {
  const ordersDb = databases.open('orders', { max: 2 });
  const pspDb = databases.open('psp', { max: 2 });
  const psp = createPsp({ db: databases.open('psp'), secretKey: SECRET_KEY, logger: silentLogger, hangMs: HANG_MS });
  const pspUrl = `http://127.0.0.1:${await psp.listen(0, '127.0.0.1')}`;
  const world: SimulatedPeers = createSimulatedPeers();
  const berlin = world.stock.addLocation({
    latitude: 52.52,
    longitude: 13.4,
    postalCode: '10115',
    pickupOffered: true,
  });
  const munich = world.stock.addLocation({ latitude: 48.14, longitude: 11.58, postalCode: '80331' });
  const [mug, cap] = [world.addVariant(1_190), world.addVariant(2_380, 'Cap')];
  const real = createStripeProvider({ secretKey: SECRET_KEY, baseUrl: pspUrl, timeoutMs: TIMEOUT_MS });
  /** While it is silent, requests arrive at the provider and its answers get lost. */
  const provider = { isSilent: false };
  const payments: PaymentProvider = {
    ...real,
    authorize: async (authorization) => {
      const outcome = await real.authorize(authorization);
      return provider.isSilent ? { status: 'unknown', reason: 'silent' } : outcome;
    },
  };
  const bus = createMemoryBus();
  const events: DomainEvent[] = [];
  await bus.listen(
    ['orders.order.placed', 'orders.order.attached', 'orders.customer.erased'],
    (heard) => void events.push(...heard),
    () => undefined,
  );
  const start = async (on = bus) => {
    const db = databases.open('orders');
    const service = createApp({ db, bus: on, identity, logger: silentLogger, peers: world.peers, payments });
    await service.start();
    return service;
  };
  const service = await start();
  await caughtUp(service, cap);

  return {
    service,
    world,
    bus,
    events,
    provider,
    ordersDb,
    berlin,
    munich,
    mug,
    /** Another process of orders. */
    startSecond: () => start(createMemoryBus()),
    /** A cart with some mugs, of which there are so many in each location. */
    async fill(quantity: number, inBerlin: number, inMunich = 0, call = guest): Promise<Answer> {
      world.stock.setLevel(berlin, mug, inBerlin);
      world.stock.setLevel(munich, mug, inMunich);
      return mutate(service, call, 'create', { lines: [{ variantId: mug, quantity }] });
    },
    buy: (cart: Made, changes: object = {}, call = guest): Promise<Answer> =>
      mutate(service, call, 'checkout', purchase(cart, changes)),
    cartOf: ({ cart, token }: Made): Promise<Answer> => send(service, guest, 'cart', { id: cart.id, token }),
    async openCheckouts(): Promise<Answer[] | undefined> {
      const call = { ...guest, caller: serviceCaller('test') };
      const query = '{ openCheckouts { checkoutId state } }';
      const result = await service.graph(INTERNAL_PATH).execute<{ openCheckouts: Answer[] }>({ query }, call);
      return result.data?.openCheckouts;
    },
    async traces({ cart }: Pick<Made, 'cart'>): Promise<Traces> {
      const rows = await ordersDb.sql<{ id: string; state: string }[]>`
        select checkout_id as id, state from orders.checkouts where cart_id = ${cart.id}`;
      const ids = rows.map((row) => row.id);
      const orders = await ordersDb.sql`select order_id from orders.orders where cart_id = ${cart.id}`;
      const intents = await pspDb.sql<{ status: string }[]>`
        select status from psp.payment_intents where metadata ->> 'checkout' = any(${ids}) order by status`;
      const holds = [...world.stock.reservations.values()].filter(({ key }) => ids.some((id) => key.includes(id)));
      return {
        states: rows.map((row) => row.state),
        orderCount: orders.length,
        intents: intents.map((row) => row.status),
        holds: holds.map((hold) => hold.status),
      };
    },
    /** The shopper answers the bank's question. */
    async authenticate({ clientSecret }: Answer, outcome: 'succeeded' | 'failed'): Promise<void> {
      const intentId = String(clientSecret).split('_secret')[0];
      const response = await fetch(`${pspUrl}/simulator/payment_intents/${intentId}/authenticate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ outcome }),
      });
      if (!response.ok) throw new Error(`the simulator answered ${response.status}`);
    },
    async stop(): Promise<void> {
      await service.stop();
      await psp.stop();
    },
  };
}

/** Waits until the service knows a variant. */
async function caughtUp(service: Service, variantId: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await mutate(service, guest, 'create', { lines: [{ variantId, quantity: 1 }] });
      return;
    } catch (error) {
      if (tries === CATCH_UP_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
