import { createBff, type BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { memberOfCompany } from './member-of-company.ts';
import { CompanyCredit } from './resolvers/company-credit.ts';
import { companyVerbs } from './resolvers/company-verbs.ts';
import { Query } from './resolvers/query.ts';
import { sessionVerbs } from './resolvers/session-verbs.ts';

/** The buyers' BFF: for members of a company and staff; whoever has no session or no company yet may get one. */
export const createApp = (deps: BffDeps): Service =>
  createBff({
    name: 'b2b',
    channel: 'b2b',
    title: 'Kontor B2B',
    sdl: new URL('../schema.graphql', import.meta.url),
    resolvers: { Query, Mutation: { ...sessionVerbs, ...companyVerbs }, CompanyCredit },
    deps,
    guests: 'to-sign-in',
    roles: ['customer', 'staff'],
    admit: memberOfCompany,
  });
