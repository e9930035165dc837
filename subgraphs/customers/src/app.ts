import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import type { Context } from './context.ts';
import type { Resolvers } from './generated/schema.ts';
import { createLoaders } from './loaders.ts';
import { Company } from './resolvers/company.ts';
import { Customer } from './resolvers/customer.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation } from './resolvers/mutation.ts';
import { Query } from './resolvers/query.ts';

/** Builds the customers subgraph, not listening. */
export function createApp(deps: SubgraphDeps): Service {
  const { db } = deps;
  const resolvers: Omit<Resolvers, 'ProfileUpdateResult' | 'UserError'> = { Query, Mutation, Customer, Company };
  return createSubgraph({
    name: 'customers',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call): Context => ({ ...call, db, loaders: createLoaders(db) }),
  });
}
