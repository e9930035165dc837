import type { Listening } from '@kontor/kit/src/events/event.ts';
import { consumeOrders } from './consumers/orders-order-placed.ts';
import type { ProductsDeps } from './products-deps.ts';

/** Registers what products hears of others. */
export const consume = async ({ bus, db }: ProductsDeps): Promise<Listening[]> => [await consumeOrders(bus, db)];
