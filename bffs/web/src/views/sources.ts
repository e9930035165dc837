import type { BffContext } from '@kontor/kit/src/bff/context.ts';
import type {
  AccountQuery,
  CategoryPageQuery,
  CollectionPageQuery,
  ProductListFragment,
  ProductPageQuery,
  RelatedPartsFragment,
} from '../generated/upstream.ts';

/** What the router answers, and pages are made from. */
export type ProductPageSource = NonNullable<ProductPageQuery['productByHandle']>;
export type CollectionPageSource = NonNullable<CollectionPageQuery['collectionByHandle']>;
export type CategoryPageSource = NonNullable<CategoryPageQuery['categoryByHandle']>;
export type ProductListSource = ProductListFragment;
export type ProductCardSource = ProductListFragment['edges'][number]['node'];
/** A product beside another one; its variants are there when somebody reads them. */
export type RelatedSource = RelatedPartsFragment;
export type AccountSource = NonNullable<AccountQuery['me']>;

/** How the router is asked as the holder of an account, who may have signed in just now. */
export type Ask = BffContext['upstream'];
