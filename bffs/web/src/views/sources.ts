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
