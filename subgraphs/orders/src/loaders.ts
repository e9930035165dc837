import { alignByKey, groupByKey } from '@kontor/kit/src/align.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import DataLoader from 'dataloader';
import { buyerOf } from './access.ts';
import { findCarts } from './data/carts.ts';
import {
  findFulfilmentOrders,
  findOrderLines,
  findOrders,
  findOrdersOfCustomers,
  findPayments,
  type OrderOfCustomer,
} from './data/orders.ts';
import { findExceptions } from './data/order-exceptions.ts';
import { findVariants } from './data/projections.ts';
import type { Orders } from './dependencies.ts';
import type { FilledCart } from './domain/cart.ts';
import { askQuote, questionOfCart, type Quote, type QuoteQuestion } from './peers/prices.ts';

/** A page of a customer's orders. */
export interface OrderPage {
  readonly customerId: string;
  /** Rows at most: one more than the page, to learn whether there is a next one. */
  readonly limit: number;
  readonly after: { readonly placedAt: string; readonly orderId: string } | null;
}

export type Loaders = ReturnType<typeof createLoaders>;

/** The loaders of one request: each keyed by ids, its answers aligned with them. Ids must be UUIDs. */
export function createLoaders(orders: Orders, { caller, requestId }: Pick<Call, 'caller' | 'requestId'>) {
  const { db } = orders;
  return {
    carts: new DataLoader(async (ids: readonly string[]) =>
      alignByKey(ids, await findCarts(db, ids), (cart) => cart.cartId),
    ),
    orders: new DataLoader(async (ids: readonly string[]) =>
      alignByKey(ids, await findOrders(db, ids), (order) => order.orderId),
    ),
    orderLines: new DataLoader(async (ids: readonly string[]) =>
      groupByKey(ids, await findOrderLines(db, ids), (line) => line.orderId),
    ),
    payments: new DataLoader(async (ids: readonly string[]) =>
      groupByKey(ids, await findPayments(db, ids), (payment) => payment.orderId),
    ),
    fulfilmentOrders: new DataLoader(async (ids: readonly string[]) =>
      groupByKey(ids, await findFulfilmentOrders(db, ids), (each) => each.orderId),
    ),
    /** Why orders wait for somebody; null when they do not. Does not ask who may know. */
    exceptions: new DataLoader(async (ids: readonly string[]) =>
      alignByKey(ids, await findExceptions(db, ids), (exception) => exception.orderId),
    ),
    ordersOfCustomers: new DataLoader((pages: readonly OrderPage[]) => loadPages(orders, pages), {
      cacheKeyFn: ({ customerId, limit, after }) => `${customerId} ${pageKey({ limit, after })}`,
    }),
    /** Names and SKUs, whether the variants are sold or not. */
    variants: new DataLoader(async (ids: readonly string[]) =>
      alignByKey(ids, await findVariants(db, ids), (variant) => variant.variantId),
    ),
    /** What a cart costs; null while prices cannot be asked. A cart and all its lines ask once. */
    quotes: new DataLoader<FilledCart, Quote | null, string>(
      (carts) =>
        Promise.all(carts.map((cart) => quoteOf(orders, requestId, questionOfCart(cart, buyerOf(caller, cart))))),
      { cacheKeyFn: (cart) => `${cart.cartId} ${cart.version}` },
    ),
  };
}

const pageKey = (page: Omit<OrderPage, 'customerId'>): string => JSON.stringify([page.limit, page.after]);

/** Pages of the same size and position are read together: in one document there is one such kind, whatever the number of customers. */
async function loadPages({ db }: Orders, pages: readonly OrderPage[]): Promise<OrderOfCustomer[][]> {
  const kinds = Map.groupBy(pages, pageKey);
  const found = new Map<string, OrderOfCustomer[]>();
  for (const [kind, same] of kinds) {
    const [first] = same;
    if (!first) continue;
    const ids = same.map((page) => page.customerId);
    const groups = groupByKey(
      ids,
      await findOrdersOfCustomers(db, ids, first.limit, first.after),
      (order) => order.ownerId,
    );
    for (const [index, id] of ids.entries()) found.set(`${id} ${kind}`, groups[index] ?? []);
  }
  return pages.map((page) => found.get(`${page.customerId} ${pageKey(page)}`) ?? []);
}

async function quoteOf({ peers, logger }: Orders, requestId: string, question: QuoteQuestion): Promise<Quote | null> {
  if (question.cart.lines.length === 0) return null;
  try {
    return await askQuote(peers.prices, requestId, question);
  } catch (error) {
    // A cart without prices is worth more than no cart.
    logger.debug({ err: error, requestId }, 'prices cannot be asked');
    return null;
  }
}
