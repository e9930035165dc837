/** What resolvers get as their parent, where that is the router's answer and not the channel's own type. */
import type {
  AccountSource,
  CollectionPageSource,
  ProductCardSource,
  ProductListSource,
  ProductPageSource,
} from './views/sources.ts';

export type ProductPageMapper = ProductPageSource;
export type CollectionPageMapper = CollectionPageSource;
export type SearchPageMapper = { readonly products: ProductListSource };
export type ProductCardMapper = ProductCardSource;
export type AccountMapper = AccountSource;
