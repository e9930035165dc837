import { GraphQLError, type DocumentNode } from 'graphql';
import { auditMutations } from './audit/audit-mutations.ts';
import type { Identity } from './auth/internal-token.ts';
import { enforcePolicy, internalScopeOf, scopeOf } from './auth/policy.ts';
import type { Database } from './database.ts';
import { requestFault } from './errors.ts';
import type { EventBus, Listening } from './events/event.ts';
import { createRelay } from './events/relay.ts';
import { createSchemaEndpoint } from './graph/endpoint.ts';
import type { BaseContext } from './graph/engine.ts';
import type { Call } from './graph/graph.ts';
import { INTERNAL_LIMITS } from './graph/limits.ts';
import { assertResolved, buildGraph } from './graph/sdl.ts';
import type { Logger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { createService, type Credentials, type Service } from './service.ts';

export const INTERNAL_PATH = '/internal/graphql';

/** What every subgraph is given from outside. */
export interface SubgraphDeps {
  readonly db: Database;
  readonly bus: EventBus;
  readonly identity: Identity;
  readonly logger: Logger;
}

export interface SubgraphOptions {
  /** Also the name of its PostgreSQL schema. */
  readonly name: string;
  readonly deps: SubgraphDeps;
  /** `schema.graphql` and its resolvers. */
  readonly sdl: DocumentNode;
  readonly resolvers: object;
  /** `internal.graphql` and its resolvers. */
  readonly internalSdl: DocumentNode;
  readonly internalResolvers: object;
  readonly context: (call: Call) => BaseContext;
  /** Registers consumers and listeners; ended after the last request. */
  readonly consume?: () => Promise<readonly Listening[]>;
  /** Starts what else runs beside requests, such as a sweeper. @returns how to stop it. */
  readonly background?: () => () => Promise<void>;
}

/**
 * Builds a subgraph's service: the public graph at `/graphql` for the router, the internal one at `/internal/graphql` for services,
 * both for holders of an internal token alone; the policy table on every root field; the audit of what staff do; the outbox relay.
 */
export function createSubgraph(options: SubgraphOptions): Service {
  const { name, deps, context } = options;
  const { db, bus, identity, logger } = deps;
  const metrics = createMetrics(name);
  const common = { logger, metrics, limits: INTERNAL_LIMITS, introspection: true, context };
  const schema = auditMutations(enforcePolicy(assertResolved(buildGraph(options.sdl, options.resolvers)), scopeOf), {
    db,
    schema: name,
    logger,
  });
  // Whatever stands in internal.graphql is for services: no other role has the scopes.
  const internalSchema = enforcePolicy(
    assertResolved(buildGraph(options.internalSdl, options.internalResolvers)),
    internalScopeOf,
  );
  const endpoint = createSchemaEndpoint({ ...common, name, schema });
  const internal = createSchemaEndpoint({ ...common, name: `${name}-internal`, schema: internalSchema });

  const authenticate = async ({ authorization }: Credentials) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (!token)
      throw requestFault('UNAUTHENTICATED', 'This service only answers other services: ask the router instead.');
    return (await identity.verify(token)).caller;
  };

  const relay = createRelay({
    db,
    schema: name,
    bus,
    logger,
    onPublished: (count) => metrics.eventsPublished.inc(count),
  });
  let listening: readonly Listening[] = [];
  let stopBackground: (() => Promise<void>) | undefined;
  return createService({
    name,
    logger,
    metrics,
    mounts: [
      { path: '/graphql', endpoint, authenticate, internal: true },
      { path: INTERNAL_PATH, endpoint: internal, authenticate, internal: true },
    ],
    ready: async () => {
      await db.sql`select 1`.catch(() => {
        throw new Error('PostgreSQL does not answer');
      });
    },
    async start() {
      listening = (await options.consume?.()) ?? [];
      stopBackground = options.background?.();
      relay.start();
    },
    async stop() {
      await stopBackground?.();
      await relay.stop();
      for (const each of listening) await each.stop();
      await db.close();
    },
  });
}

/** @throws GraphQLError INTERNAL when a context lacks a channel: only services call without one, and they name it in arguments. */
export function channelOf(call: { readonly caller: Call['caller'] }): string {
  if (call.caller.channel === null)
    throw new GraphQLError('This field answers for a channel, and the caller has none.', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  return call.caller.channel;
}
