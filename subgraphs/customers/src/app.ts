import { createAttempts } from '@kontor/kit/src/attempts.ts';
import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import type { SignInDeps } from './commands/sign-in.ts';
import type { Context } from './context.ts';
import type { Resolvers } from './generated/schema.ts';
import { createLoaders } from './loaders.ts';
import { createPasswordWork } from './passwords/password-work.ts';
import { Company } from './resolvers/company.ts';
import { Customer } from './resolvers/customer.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { Mutation } from './resolvers/mutation.ts';
import { Query } from './resolvers/query.ts';

/** Per address in each process. More addresses than it can hash passwords for in a window. */
const ATTEMPTS = { most: 5, windowMs: 15 * 60_000, keys: 100_000 };

/** Types whose values tell their own `__typename`. */
type Told = 'ProfileUpdateResult' | 'SignUpResult' | 'SignInResult' | 'SignOutResult' | 'UserError';

/** Builds the customers subgraph, not listening. @param clock by which attempts to sign in are counted. */
export function createApp(deps: SubgraphDeps, clock: Clock = systemClock): Service {
  const { db } = deps;
  const signing: SignInDeps = { db, work: createPasswordWork(), attempts: createAttempts({ ...ATTEMPTS, clock }) };
  const resolvers: Omit<Resolvers, Told> = { Query, Mutation, Customer, Company };
  return createSubgraph({
    name: 'customers',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call): Context => ({ ...call, db, loaders: createLoaders(db), signing }),
  });
}
