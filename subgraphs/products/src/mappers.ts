import type { ComponentRow } from './data/bundles.ts';
import type { ChannelRow } from './data/channels.ts';
import type { CollectionRow } from './data/collections.ts';
import type { MediaRow } from './data/media.ts';
import type { ListQuery } from './data/product-list.ts';
import type { ProductRow } from './data/products.ts';
import type { VariantRow } from './data/variants.ts';

/** What the resolvers of each type get as their parent. */
export type ChannelMapper = ChannelRow;
export type ProductMapper = ProductRow;
export type ProductVariantMapper = VariantRow;
export type VariantComponentMapper = ComponentRow;
export type MediaMapper = MediaRow;
export type CollectionMapper = CollectionRow;

/** A page that knows its list, so that counts and facets are computed when they are asked for, and only then. */
export interface ProductConnectionMapper {
  readonly list: ListQuery;
  readonly edges: { readonly cursor: string; readonly node: ProductRow }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

export interface ProductUpdatedMapper {
  readonly __typename: 'ProductUpdated';
  readonly productId: string;
}

export interface VariantComponentsSavedMapper {
  readonly __typename: 'VariantComponentsSaved';
  readonly variantId: string;
  readonly productId: string;
}

export interface ChannelSavedMapper {
  readonly __typename: 'ChannelSaved';
  readonly channel: ChannelRow;
}
