import { printSchema, type GraphQLSchema } from 'graphql';
import type { Role } from '../auth/caller.ts';
import { guestOf } from '../auth/caller.ts';
import { publishKeys } from '../auth/access-token-route.ts';
import { createEdgeAuthenticator } from '../auth/edge.ts';
import type { Identity } from '../auth/internal-token.ts';
import { enforcePolicy, scopeOf } from '../auth/policy.ts';
import { createSchemaEndpoint } from '../graph/endpoint.ts';
import type { BaseContext } from '../graph/engine.ts';
import type { GraphClient } from '../graph/graph.ts';
import { PUBLIC_LIMITS } from '../graph/limits.ts';
import type { ResultExtras } from '../graph/schema-engine.ts';
import { assertResolved, buildChannelGraph, readSdl } from '../graph/sdl.ts';
import { loadExamples, mountIde, type IdeKey } from '../ide.ts';
import type { Logger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createOperations, type OperationsMode } from '../operations/operations-mode.ts';
import { readOperationManifest } from '../operations/read-operations.ts';
import { createService, type Service } from '../service.ts';
import { traceClient } from '../telemetry/trace-client.ts';
import { tracerOf } from '../telemetry/tracing.ts';
import { enforceAdmission, type Admit, type Guests } from './admission.ts';
import { createAvailabilityHub } from './availability-hub.ts';
import { createBffContext, type BffContext } from './context.ts';

const GRAPH_PATH = '/graphql';

/** What every BFF is given from outside. */
export interface BffDeps {
  /** As whom it asks stock and customers. */
  readonly identity: Identity;
  readonly logger: Logger;
  /** The shared graph. */
  readonly router: GraphClient;
  /** The internal graph of customers, which knows all credentials. */
  readonly customers: GraphClient;
  /** The internal graph of stock, for live availability. */
  readonly stock: GraphClient;
  /** The channel that it sells in; its own by default. A channel is a row: one BFF can serve several in processes of their own. */
  readonly channel?: string;
  /** Keys that the IDE offers. Every visitor sees them. */
  readonly demoKeys?: readonly IdeKey[];
  /** Networks of proxies before it, in CIDR notation, whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Which documents it answers; any within its limits by default. */
  readonly operations?: {
    readonly mode: OperationsMode;
    /** Manifests and folders, beside the operations of its channel in `schema/operations`. */
    readonly manifests: readonly string[];
  };
}

export interface BffOptions {
  /** Also the folder of its examples and, in upper case, the prefix of its environment variables. */
  readonly name: string;
  /** The channel it sells in unless told otherwise. */
  readonly channel: string;
  /** What people call it. */
  readonly title: string;
  /** Its `schema.graphql`. */
  readonly sdl: URL;
  readonly resolvers: object;
  readonly deps: BffDeps;
  /** Who may come in without a credential. */
  readonly guests: Guests;
  /** Who may come in with one. */
  readonly roles: readonly Role[];
  /** What else a caller must be, asked before each root field. */
  readonly admit?: Admit;
}

/** Builds a BFF's service: its graph for the callers of its channel, live availability where its SDL has it, the IDE and `/schema.graphql`. */
export function createBff(options: BffOptions): Service {
  const { name, title, deps, guests, roles } = options;
  const { identity, logger, customers, stock } = deps;
  const router = traceClient(deps.router, tracerOf(name), { peer: 'router' });
  const program = { name: identity.service, version: '' };
  const channel = deps.channel ?? options.channel;
  const metrics = createMetrics(name);
  const graph = assertResolved(buildChannelGraph(readSdl(options.sdl), options.resolvers));
  const schema = enforceAdmission(enforcePolicy(graph, scopeOf), guests, options.admit);
  const hub = createAvailabilityHub({ stock, service: identity.service, channel, logger });
  const edge = createEdgeAuthenticator({
    customers,
    service: identity.service,
    channel,
    guests: guests !== false,
    roles,
    logger,
  });
  const endpoint = createSchemaEndpoint({
    name,
    logger,
    metrics,
    limits: PUBLIC_LIMITS,
    introspection: true,
    schema,
    context: (call) => createBffContext({ router, hub, edge, logger, program }, call),
    finish: pageExtras,
  });
  const ownOperations = new URL(`../../../../schema/operations/${name}/`, import.meta.url);
  const { mode, manifests } = deps.operations ?? { mode: 'open', manifests: [] };
  const operations = createOperations({
    mode,
    manifest: readOperationManifest([ownOperations, ...manifests]),
  });
  const ide = mountIde({
    title,
    graphqlPath: GRAPH_PATH,
    // Where guests can but sign in, a visitor begins with a key.
    guests: guests === true,
    examples: loadExamples(ownOperations),
    keys: (deps.demoKeys ?? []).map(({ label, key, description }) => ({ label, key, description })),
  });
  const sdl = printChannel(schema);

  return createService({
    name,
    logger,
    metrics,
    trustedProxies: deps.trustedProxies,
    mounts: [
      {
        path: GRAPH_PATH,
        endpoint,
        page: ide.page,
        operations,
        authenticate: (credentials) => edge.authenticate(credentials),
      },
    ],
    routes(app) {
      ide.routes(app);
      publishKeys(app, edge);
      app.get('/schema.graphql', (_request, reply) => reply.type('text/plain; charset=utf-8').send(sdl));
    },
    async ready() {
      const { data } = await router.execute(
        { query: 'query Ready { __typename }' },
        { caller: guestOf(channel), requestId: `ready-${identity.service}` },
      );
      if (!data) throw new Error('the router does not answer');
    },
    async start() {
      if (schema.getSubscriptionType()) hub.start();
    },
    async stop() {
      hub.stop();
    },
  });
}

/** The SDL of a channel's graph with the shared types in it, as it is served and committed. */
export const printChannel = (schema: GraphQLSchema): string => `${printSchema(schema)}\n`;

/** Pages hold live prices and stock of one caller, so nobody keeps them; what they had to be made without is told beside them. */
const pageExtras = (context: BaseContext): ResultExtras => {
  const { degraded } = context as BffContext;
  return {
    headers: { 'cache-control': 'private, no-store' },
    ...(degraded.size === 0 ? {} : { extensions: { degraded: [...degraded.values()] } }),
  };
};
