import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';

/**
 * The graph that clients see of a supergraph, which may declare who may see what.
 * @throws GraphQLError when what is inaccessible does not leave a whole schema.
 */
export const apiSchemaOf = (supergraphSdl: string): GraphQLSchema =>
  Supergraph.build(supergraphSdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    // It was validated when it was composed.
    validateSupergraph: false,
  })
    .apiSchema()
    .toGraphQLJSSchema();
