import { Supergraph } from '@apollo/federation-internals';
import { printSchema, type GraphQLSchema } from 'graphql';

// A supergraph was validated when it was composed: it is only read here.
const read = (supergraphSdl: string) => Supergraph.build(supergraphSdl, { validateSupergraph: false });

/** The graph that clients see: the supergraph without what only the router needs to know. */
export const apiSchemaOf = (supergraphSdl: string): GraphQLSchema =>
  read(supergraphSdl).apiSchema().toGraphQLJSSchema();

/** The SDL of the graph that clients see. */
export const apiSdlOf = (apiSchema: GraphQLSchema): string => printSchema(apiSchema);

/** The subgraphs of a supergraph, and where they answer when nothing else is configured. */
export const subgraphsOf = (supergraphSdl: string): { readonly name: string; readonly url: string }[] =>
  read(supergraphSdl)
    .subgraphsMetadata()
    .map(({ name, url }) => ({ name, url: url ?? '' }));
