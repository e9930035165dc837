import type { BffContext } from '@kontor/kit/src/bff/context.ts';
import type {
  AccountQuery,
  CollectionPageQuery,
  ProductListFragment,
  ProductPageQuery,
} from '../generated/upstream.ts';

/** What the router answers, and pages are made from. */
export type ProductPageSource = NonNullable<ProductPageQuery['productByHandle']>;
export type CollectionPageSource = NonNullable<CollectionPageQuery['collectionByHandle']>;
export type ProductListSource = ProductListFragment;
export type ProductCardSource = ProductListFragment['edges'][number]['node'];
export type AccountSource = NonNullable<AccountQuery['me']>;

/** How the router is asked as the holder of an account, who may have signed in just now. */
export type Ask = BffContext['upstream'];
