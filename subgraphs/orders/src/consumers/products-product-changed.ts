import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { type ProductProjection, writeProducts } from '../data/projections.ts';

/** Keeps titles, SKUs and publication of products. Revisions make repeats harmless: no inbox is needed. */
export const consumeProducts = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume('orders-products', ['products.product.changed'], (events) =>
    writeProducts(
      db,
      events.map((event) => event.payload as ProductProjection),
    ),
  );
