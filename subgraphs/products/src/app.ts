import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { createContext } from './context.ts';
import { Channel } from './resolvers/channel.ts';
import { Collection } from './resolvers/collection.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation, ProductUpdated, VariantComponentsSaved } from './resolvers/mutation.ts';
import { ProductConnection } from './resolvers/product-connection.ts';
import { Media, ProductVariant, VariantComponent } from './resolvers/product-variant.ts';
import { Product } from './resolvers/product.ts';
import { Query } from './resolvers/query.ts';

/** The products subgraph, not listening. It asks no other service. */
export const createApp = (deps: SubgraphDeps): Service =>
  createSubgraph({
    name: 'products',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers: {
      Query,
      Mutation,
      Channel,
      Collection,
      Media,
      Product,
      ProductConnection,
      ProductUpdated,
      ProductVariant,
      VariantComponent,
      VariantComponentsSaved,
    },
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call) => createContext(deps.db, call),
  });
