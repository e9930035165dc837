import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { Account, LoyaltyAccount, outcomes, Session, SignedIn } from './resolvers/account.ts';
import { CartGift, CartLine, OrderLine } from './resolvers/lines.ts';
import { Mutation } from './resolvers/mutation.ts';
import { CategoryBranch, CategoryLink, ProductAttribute } from './resolvers/page-parts.ts';
import { CategoryPage, CollectionPage, ProductCard, ProductPage, SearchPage } from './resolvers/pages.ts';
import { Query } from './resolvers/query.ts';
import { Subscription } from './subscriptions.ts';

/** The web shop's BFF: pages for guests and customers, and live stock. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'web',
    channel: 'web',
    title: 'Kontor web',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: {
      Query,
      Mutation,
      Subscription,
      ProductPage,
      CollectionPage,
      CategoryPage,
      SearchPage,
      ProductCard,
      CategoryLink,
      CategoryBranch,
      ProductAttribute,
      Account,
      LoyaltyAccount,
      Session,
      SignedIn,
      ...outcomes,
      CartLine,
      CartGift,
      OrderLine,
    },
    deps,
    guests: true,
    roles: ['customer', 'staff'],
  });
