import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph } from '@kontor/kit/src/subgraph.ts';
import { createCartTokens } from './cart-tokens.ts';
import { startRerouter } from './commands/reroute-orders.ts';
import { startResumer } from './commands/resume-checkouts.ts';
import { catchUp } from './consumers/catch-up.ts';
import { consumeErasures } from './consumers/customers-erased.ts';
import { consumeMerges } from './consumers/customers-merged.ts';
import { consumeVerifiedIdentities } from './consumers/customers-identity-verified.ts';
import { consumeChannels } from './consumers/products-channel-changed.ts';
import { consumeProducts } from './consumers/products-product-changed.ts';
import { consumeShortedReservations } from './consumers/stock-reservation-shorted.ts';
import { createContext } from './context.ts';
import type { Orders, OrdersDeps } from './dependencies.ts';
import { createGuestKeys } from './guest-keys.ts';
import { Cart, CartLine } from './resolvers/cart.ts';
import { Customer } from './resolvers/customer.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation, PriceChanged } from './resolvers/mutation.ts';
import { FulfilmentOrder, Order, OrderException, OrderLine, Payment } from './resolvers/order.ts';
import { Query } from './resolvers/query.ts';

/** The orders subgraph, not listening: carts, checkout and orders, the consumers of products' and stock's events, the resumer and the rerouter. */
export function createApp(deps: OrdersDeps): Service {
  const { db, bus, logger, peers } = deps;
  const orders: Orders = {
    ...deps,
    cartTokens: createCartTokens(db),
    guestKeys: createGuestKeys(db),
    underWay: new Map(),
  };
  return createSubgraph({
    name: 'orders',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers: {
      Query,
      Mutation,
      Cart,
      CartLine,
      Customer,
      Order,
      OrderException,
      OrderLine,
      Payment,
      PriceChanged,
      FulfilmentOrder,
    },
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call) => createContext(orders, call),
    // One after the other: of groups that start together only one would be stopped if another failed.
    consume: async () => [
      await consumeProducts(bus, db),
      await consumeChannels(bus, db),
      await consumeShortedReservations(bus, db),
      await consumeMerges(bus, db),
      await consumeErasures(bus, db),
      await consumeVerifiedIdentities(bus, orders),
    ],
    background: () => {
      const stopping = new AbortController();
      const caughtUp = catchUp({ db, products: peers.products, logger }, stopping.signal);
      const stopResumer = startResumer(orders);
      const stopRerouter = startRerouter(orders);
      return async () => {
        stopping.abort();
        await Promise.all([caughtUp, stopResumer(), stopRerouter()]);
      };
    },
  });
}
