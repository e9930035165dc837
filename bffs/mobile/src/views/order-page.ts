import type { OrdersQuery } from '../generated/upstream.ts';

type Page = NonNullable<NonNullable<OrdersQuery['me']>['orders']>;

/** A page of orders with one amount each, the one that was paid. */
export const orderPage = ({ edges, pageInfo }: Page) => ({
  pageInfo,
  edges: edges.map(({ cursor, node: { total, ...order } }) => ({ cursor, node: { ...order, total: total.gross } })),
});
