import type { ComponentRow } from './data/bundles.ts';
import type { CategoryRow } from './data/categories/categories.ts';
import type { ChannelRow } from './data/channels.ts';
import type { CollectionRow } from './data/collections.ts';
import type { DraftRow } from './data/history/drafts.ts';
import type { RevisionRow } from './data/history/revisions.ts';
import type { MediaRow } from './data/media.ts';
import type { ListGroup, ListQuery } from './data/product-list.ts';
import type { ProductRow } from './data/products.ts';
import type { ProductChange } from './data/reading/product-changes.ts';
import type { ProductTypeRow } from './data/types/product-types.ts';
import type { MappingRow } from './data/taxonomies/mappings.ts';
import type { TaxonomyRow } from './data/taxonomies/taxonomies.ts';
import type { RecommendedRow } from './data/recommendations/find-recommendations.ts';
import type { PublicationRow } from './data/publications.ts';
import type { SynonymRow } from './data/search/synonyms.ts';
import type { VariantRow } from './data/variants.ts';
import type { FieldConflict } from './domain/editing/find-conflicts.ts';
import type { AttributeDefinition, AttributeOption } from './domain/types/attribute-definition.ts';
import type { AttributeView } from './domain/types/attribute-view.ts';

/** What the resolvers of each type get as their parent. */
export type ChannelMapper = ChannelRow;
export type ProductMapper = ProductRow;
export type ProductVariantMapper = VariantRow;
export type VariantComponentMapper = ComponentRow;
export type MediaMapper = MediaRow;
export type CollectionMapper = CollectionRow;
export type RecommendationMapper = RecommendedRow;
export type CategoryMapper = CategoryRow;
export type TaxonomyMapper = TaxonomyRow;
export type CategoryMappingMapper = MappingRow & { readonly isInherited: boolean };
export type ProductChangeMapper = ProductChange;

/** A page that knows its list, so that counts and facets are computed when they are asked for, and only then. */
export interface ProductConnectionMapper {
  readonly list: ListQuery;
  /** The language that was asked for, canonical; null for the channel's. */
  readonly locale: string | null;
  /** What `list.wishes` asked of the whole list; empty when nothing was. */
  readonly groups: readonly ListGroup[];
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

export interface ProductCreatedMapper {
  readonly __typename: 'ProductCreated';
  readonly productId: string;
}

export interface ProductConflictMapper {
  readonly __typename: 'ProductConflict';
  readonly code: string;
  readonly message: string;
  readonly path: string[];
  readonly currentVersion: number;
  readonly productId: string;
  readonly fields: FieldConflict[];
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

export interface CollectionSavedMapper {
  readonly __typename: 'CollectionSaved';
  readonly collectionId: string;
}

export type ProductTypeMapper = ProductTypeRow;
export type AttributeDefinitionMapper = AttributeDefinition;
export type AttributeOptionMapper = AttributeOption;
export type AttributeValueMapper = AttributeView;

export interface ProductTypeSavedMapper {
  readonly __typename: 'ProductTypeSaved';
  readonly productType: ProductTypeRow;
}

export type PublicationMapper = PublicationRow;

/** A revision that knows which one it is compared with; null for the oldest that is kept. */
export interface ProductRevisionMapper extends RevisionRow {
  readonly previousVersion: number | null;
}

export type ProductDraftMapper = DraftRow;

export interface ProductRestoredMapper {
  readonly __typename: 'ProductRestored';
  readonly productId: string;
}

export interface ProductDraftSavedMapper {
  readonly __typename: 'ProductDraftSaved';
  readonly productId: string;
}

export interface ProductDraftDiscardedMapper {
  readonly __typename: 'ProductDraftDiscarded';
  readonly productId: string;
}

/** How old and how exact a list is; the fields are read when they are asked for. */
export interface SearchFreshnessMapper {
  readonly asOf: () => Promise<string | null> | string | null;
  readonly pricesExact: boolean;
  readonly countsExact: () => Promise<boolean>;
}

/** A title that begins like what was typed. */
export interface SearchSuggestionMapper {
  readonly text: string;
  readonly product: ProductRow;
}

export type SearchSynonymsMapper = SynonymRow;
