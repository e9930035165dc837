import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { Query } from './resolvers/query.ts';

/** The tills' BFF: for staff alone. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'pos',
    channel: 'pos',
    title: 'Kontor point of sale',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: { Query },
    deps,
    guests: false,
    roles: ['staff'],
  });
