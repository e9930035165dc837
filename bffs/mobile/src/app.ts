import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { Account, SignedIn } from './resolvers/account.ts';
import {
  CatalogueChange,
  CatalogueProduct,
  ProductCard,
  ProductConnection,
  ProductScreen,
} from './resolvers/catalogue.ts';
import { Mutation } from './resolvers/mutation.ts';
import { Query } from './resolvers/query.ts';
import { Subscription } from './subscriptions.ts';

/** The app's BFF: small screens for guests and customers, and live stock. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'mobile',
    channel: 'mobile',
    title: 'Kontor mobile',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: {
      Query,
      Mutation,
      Subscription,
      ProductScreen,
      ProductConnection,
      ProductCard,
      CatalogueChange,
      CatalogueProduct,
      Account,
      SignedIn,
    },
    deps,
    guests: true,
    roles: ['customer', 'staff'],
  });
