import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { scalarResolvers } from './scalars.ts';

const shared = (name: string) => fileURLToPath(new URL(`../../schema/${name}`, import.meta.url));

/** Parses a `.graphql` file. @param url as in `new URL('../schema.graphql', import.meta.url)`. */
export const readSdl = (url: URL | string): DocumentNode => parse(readFileSync(url, 'utf8'));

type ResolverMap = NonNullable<
  Exclude<Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number], { kind: string }>['resolvers']
>;
// Resolver maps are checked by the types that codegen makes; the builders of both libraries type them more loosely.
type Resolvers = object;

/** The executable schema of a subgraph's public or internal SDL, with the types of `common.graphql`. */
export function buildGraph(sdl: DocumentNode, resolvers: Resolvers): GraphQLSchema {
  return buildSubgraphSchema([
    { typeDefs: readSdl(shared('common.graphql')), resolvers: scalarResolvers as ResolverMap },
    { typeDefs: sdl, resolvers: resolvers as ResolverMap },
  ]);
}

const { JSON: _, ...channelScalars } = scalarResolvers;

/** The executable schema of a BFF's SDL, with the types of `channel.graphql`. */
export function buildChannelGraph(sdl: DocumentNode, resolvers: Resolvers): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: [readSdl(shared('channel.graphql')), sdl],
    resolvers: [channelScalars, resolvers] as never,
    inheritResolversFromInterfaces: false,
  });
}

/**
 * The same schema, once it is sure that every query and mutation has a resolver: GraphQL answers null for one that was forgotten.
 * @throws Error naming the first root field without one.
 */
export function assertResolved(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    const forgotten = Object.values(type?.getFields() ?? {}).find(({ resolve }) => resolve === undefined);
    if (forgotten) throw new Error(`${type!.name}.${forgotten.name} has no resolver.`);
  }
  return schema;
}
