import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph } from '@kontor/kit/src/subgraph.ts';
import { startBackground } from './background.ts';
import { consume } from './consume.ts';
import { createContext } from './context.ts';
import type { ProductsDeps } from './products-deps.ts';
import { productRecommendations, Recommendation } from './resolvers/recommendations.ts';
import {
  Category,
  categoryMutations,
  categoryQueries,
  productCategoryFields,
} from './resolvers/categories/categories.ts';
import { Channel } from './resolvers/channel.ts';
import { Collection } from './resolvers/collection.ts';
import {
  historyMutations,
  ProductDraftDiscarded,
  ProductDraftSaved,
  ProductRestored,
} from './resolvers/history/mutations.ts';
import { ProductDraft, productHistory, ProductRevision, Publication } from './resolvers/history/product-history.ts';
import { readChange } from './resolvers/history/read-change.ts';
import { CollectionSaved, collectionMutations } from './resolvers/collections/collection-mutations.ts';
import {
  editingMutations,
  ProductConflict,
  ProductCreated,
  productDetails,
  variantDetails,
} from './resolvers/editing/product-editing.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation, ProductUpdated, VariantComponentsSaved } from './resolvers/mutation.ts';
import { ProductConnection } from './resolvers/product-connection.ts';
import { Media, ProductVariant, VariantComponent } from './resolvers/product-variant.ts';
import { Product } from './resolvers/product.ts';
import { createChannelLanguages } from './live/channel-languages.ts';
import { createProductHub } from './live/product-hub.ts';
import { createProductReader } from './live/product-reader.ts';
import { listenToProducts } from './live/listen-to-products.ts';
import { readingQueries } from './resolvers/reading/reading-queries.ts';
import { productChanged } from './subscriptions.ts';
import { Query } from './resolvers/query.ts';
import { searchMutations, searchQueries, SearchSynonyms } from './resolvers/search/search.ts';
import { CategoryMapping, Taxonomy, taxonomyMutations, taxonomyQueries } from './resolvers/taxonomies/taxonomies.ts';
import { AttributeValue, productAttributes, variantAttributes } from './resolvers/types/attributes.ts';
import {
  AttributeDefinition,
  AttributeOption,
  ProductType,
  productTypeMutations,
  productTypeQueries,
} from './resolvers/types/product-types.ts';

/** The products subgraph, not listening. */
export function createApp(deps: ProductsDeps): Service {
  const hub = createProductHub();
  const languages = createChannelLanguages(deps.db);
  const live = { hub, reader: createProductReader(deps.db), languages };
  return createSubgraph({
    name: 'products',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers: {
      Query: {
        ...Query,
        ...readingQueries,
        ...searchQueries,
        ...categoryQueries,
        ...taxonomyQueries,
        ...productTypeQueries,
      },
      Subscription: { productChanged },
      Mutation: {
        ...Mutation,
        ...collectionMutations,
        ...editingMutations,
        ...historyMutations,
        ...categoryMutations,
        ...searchMutations,
        ...taxonomyMutations,
        ...productTypeMutations,
      },
      Category,
      CategoryMapping,
      Channel,
      Collection,
      CollectionSaved,
      Media,
      AttributeDefinition,
      AttributeOption,
      AttributeValue,
      Product: {
        ...Product,
        ...productHistory,
        ...productRecommendations,
        ...productCategoryFields,
        ...productAttributes,
        ...productDetails,
      },
      ProductConflict,
      ProductConnection,
      ProductCreated,
      ProductDraft,
      ProductDraftDiscarded,
      ProductDraftSaved,
      ProductRestored,
      ProductRevision,
      Publication,
      ProductType,
      ProductUpdated,
      ProductVariant: { ...ProductVariant, ...variantAttributes, ...variantDetails },
      Recommendation,
      SearchSynonyms,
      Taxonomy,
      VariantComponent,
      VariantComponentsSaved,
    },
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call) => createContext(deps.db, live, call),
    consume: async () => [
      await listenToProducts(deps.bus, hub),
      await languages.listen(deps.bus),
      ...(await consume(deps)),
    ],
    background: () => startBackground(deps, readChange),
  });
}
