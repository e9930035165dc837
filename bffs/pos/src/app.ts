import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { Mutation } from './resolvers/mutation.ts';
import { Query } from './resolvers/query.ts';
import { Staff } from './resolvers/staff.ts';

/** The tills' BFF: for staff, and for registered devices on which they sign in. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'pos',
    channel: 'pos',
    title: 'Kontor point of sale',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: { Query, Mutation, Staff },
    deps,
    // A session is refreshed without a credential that is still good; the policy table lets a device do nothing but let staff sign in.
    guests: 'to-sign-in',
    roles: ['staff', 'device'],
  });
