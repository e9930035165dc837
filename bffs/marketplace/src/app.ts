import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { Mutation } from './resolvers/mutation.ts';
import { Query } from './resolvers/query.ts';

/** The marketplaces' BFF: for the integration of one marketplace. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'marketplace',
    channel: 'marketplace',
    title: 'Kontor marketplace',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: { Query, Mutation },
    deps,
    guests: false,
    roles: ['integration'],
  });
