import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { claimsToBeAccessToken, isJsonWebToken } from '@kontor/kit/src/auth/access-token.ts';
import { publishKeys } from '@kontor/kit/src/auth/access-token-route.ts';
import { createEdgeAuthenticator } from '@kontor/kit/src/auth/edge.ts';
import type { Identity, Verified } from '@kontor/kit/src/auth/internal-token.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_LIMITS, PUBLIC_LIMITS, type DocumentLimits } from '@kontor/kit/src/graph/limits.ts';
import { rateLimitFault, rateLimitHeaders } from '@kontor/kit/src/rate-limit/rate-limit-answer.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { RateLimiter } from '@kontor/kit/src/rate-limit/rate-limiter.ts';
import type { Credentials, ServiceOptions } from '@kontor/kit/src/service.ts';
import { checkCost, costExtension, PUBLIC_COST } from './demand/cost-limit.ts';
import type { Charge } from './pipeline/router-engine.ts';

const BEARER = /^Bearer\s+(\S+)$/i;
/** Limits of a router that nobody has limited: what a parser must be spared all the same. */
const NO_LIMITS: DocumentLimits = {
  tokens: 15_000,
  depth: Infinity,
  aliases: Infinity,
  rootFields: Infinity,
  directives: Infinity,
};
const FREE: Charge = { headers: {}, extensions: null };

/** Who may come in, and what they may ask. */
export interface Access {
  /** Whether everybody must say who they are, and every root field says who may ask it. */
  readonly guarded: boolean;
  readonly authenticate: (credentials: Credentials) => Promise<Caller | Verified>;
  /** Of those who may send most. */
  readonly mostLimits: DocumentLimits;
  readonly limitsOf: (context: BaseContext) => DocumentLimits;
  /** @throws GraphQLError DOCUMENT_TOO_COMPLEX, RATE_LIMITED */
  readonly charge: (cost: number, context: BaseContext) => Charge | Promise<Charge>;
  /** Whether a caller is one of many who all see the same, so that their identical queries may be executed once. */
  readonly isAnybody: (context: BaseContext) => boolean;
  /** Routes beside the graph, for those who let themselves in. */
  readonly routes?: NonNullable<ServiceOptions['routes']>;
}

/**
 * Access to our own graph: for our services by internal token, with the limits of documents that are part of the code, and for everybody else by a
 * key or an access token of any channel, who pay by the cost of what they ask.
 */
export function guardedAccess(options: {
  readonly identity: Identity;
  /** The internal graph of customers, which knows the keys of partners. */
  readonly customers: GraphClient;
  readonly limiter: RateLimiter;
  readonly logger?: Logger;
}): Access {
  const { identity, customers, limiter, logger } = options;
  const edge = createEdgeAuthenticator({
    customers,
    service: identity.service,
    channel: null,
    guests: false,
    roles: ['staff', 'integration', 'customer'],
    ...(logger ? { logger } : {}),
  });
  const isOurs = ({ issuer }: BaseContext) => issuer !== undefined;
  const spend = async (cost: number, { caller }: BaseContext): Promise<Charge> => {
    checkCost(cost, PUBLIC_COST);
    const { allowed, window } = await limiter.spend(JSON.stringify([caller.subject, caller.channel]), cost);
    if (!allowed) throw rateLimitFault(limiter.policy, window);
    return {
      headers: rateLimitHeaders(limiter.policy, window),
      extensions: { cost: costExtension(cost, PUBLIC_COST, window) },
    };
  };
  return {
    guarded: true,
    authenticate(credentials) {
      const token = BEARER.exec(credentials.authorization ?? '')?.[1] ?? '';
      // Whatever a token says of itself, only the one who signs such tokens can sign it.
      const isInternal = isJsonWebToken(token) && !claimsToBeAccessToken(token);
      return isInternal ? identity.verify(token) : edge.authenticate(credentials);
    },
    mostLimits: INTERNAL_LIMITS,
    limitsOf: (context) => (isOurs(context) ? INTERNAL_LIMITS : PUBLIC_LIMITS),
    charge: (cost, context) => (isOurs(context) ? FREE : spend(cost, context)),
    isAnybody: ({ caller }) => caller.role === 'guest',
    routes: (app) => publishKeys(app, edge),
  };
}

const ANYBODY: Caller = { role: 'guest', subject: 'guest', channel: null, scopes: [] };

/** Access for everybody, to any supergraph. The limits are those that are given, and none where none is. */
export function openAccess(limits: {
  readonly depth?: number | undefined;
  readonly cost?: number | undefined;
}): Access {
  const documents = { ...NO_LIMITS, depth: limits.depth ?? NO_LIMITS.depth };
  const maximum = limits.cost ?? null;
  return {
    guarded: false,
    authenticate: () => Promise.resolve(ANYBODY),
    mostLimits: documents,
    limitsOf: () => documents,
    charge(cost) {
      checkCost(cost, maximum);
      return maximum === null ? FREE : { headers: {}, extensions: { cost: costExtension(cost, maximum) } };
    },
    isAnybody: () => true,
  };
}
