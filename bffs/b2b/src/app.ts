import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { memberOfCompany } from './member-of-company.ts';
import { Query } from './resolvers/query.ts';

/** The buyers' BFF: for members of a company, and staff. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'b2b',
    channel: 'b2b',
    title: 'Kontor B2B',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: { Query },
    deps,
    guests: false,
    roles: ['customer', 'staff'],
    admit: memberOfCompany,
  });
