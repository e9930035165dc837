import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import type { Orders } from './dependencies.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What resolvers have at hand for one request. */
export interface Context extends BaseContext {
  readonly orders: Orders;
  readonly loaders: Loaders;
}

export const createContext = (orders: Orders, { caller, requestId, signal }: Call): Context => ({
  caller,
  requestId,
  signal,
  orders,
  loaders: createLoaders(orders, { caller, requestId }),
});
