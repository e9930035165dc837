import { createEdgeAuthenticator } from '@kontor/kit/src/auth/edge.ts';
import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { createEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import type { Call, GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_LIMITS, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { mountIde, type IdeExample, type IdeKey } from '@kontor/kit/src/ide.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createService, type Credentials, type Service } from '@kontor/kit/src/service.ts';
import { createApolloExecutor } from './executor/apollo-gateway.ts';
import { readOwnership } from './ownership.ts';
import { createPolicyCheck, policyPlugin } from './policy.ts';
import { forwardSubscriptions } from './subscriptions.ts';
import { apiSchemaOf, apiSdlOf, subgraphsOf } from './supergraph.ts';

const NAME = 'router';
const PATH = '/graphql';
/** Three parts, as a JSON Web Token has them; keys of partners have one. */
const INTERNAL_TOKEN = /^Bearer\s+([\w-]+\.[\w-]+\.[\w-]+)$/i;

export interface RouterDeps {
  readonly identity: Identity;
  readonly logger: Logger;
  readonly supergraphSdl: string;
  /** The public graphs of the subgraphs, by their names in the supergraph. */
  readonly subgraphs: Readonly<Record<string, GraphClient>>;
  /** The internal graph of customers, which knows the keys of partners. */
  readonly customers: GraphClient;
  /** What GraphiQL offers; without it there is no page. */
  readonly ide?: { readonly examples: readonly IdeExample[]; readonly keys: readonly IdeKey[] };
}

/** Our own services send documents that are part of the code; everybody else is a stranger. */
const limitsOf = ({ issuer }: Pick<Call, 'issuer'>) => (issuer === undefined ? PUBLIC_LIMITS : INTERNAL_LIMITS);

/**
 * The router: the supergraph at `/graphql` for our services (by internal token) and for partners and staff (by key).
 * @throws Error when a subgraph of the supergraph is not given, or a root field stands in no policy.
 */
export function createApp(deps: RouterDeps): Service {
  const { identity, logger, supergraphSdl, subgraphs, customers, ide } = deps;
  const missing = subgraphsOf(supergraphSdl).filter(({ name }) => !Object.hasOwn(subgraphs, name));
  if (missing.length > 0)
    throw new Error(
      `The supergraph needs subgraphs that the router was not given: ${missing.map(({ name }) => name).join(', ')}.`,
    );

  const metrics = createMetrics(NAME);
  const schema = apiSchemaOf(supergraphSdl);
  const sdl = apiSdlOf(schema);
  const policy = createPolicyCheck(schema);
  const { gateway } = createApolloExecutor({ supergraphSdl, subgraphs, logger });
  const endpoint = createEndpoint({
    name: NAME,
    logger,
    metrics,
    limits: INTERNAL_LIMITS,
    limitsOf,
    introspection: true,
    source: { gateway },
    context: (call) => call,
    subscribe: forwardSubscriptions({ schema, ownership: readOwnership(supergraphSdl), subgraphs, limitsOf, policy }),
    plugins: [policyPlugin(policy)],
  });

  const keys = createEdgeAuthenticator({
    customers,
    service: NAME,
    channel: null,
    guests: false,
    roles: ['staff', 'integration', 'customer'],
  });
  const authenticate = (credentials: Credentials) => {
    const token = INTERNAL_TOKEN.exec(credentials.authorization ?? '')?.[1];
    return token === undefined ? keys.authenticate(credentials) : identity.verify(token);
  };

  const page = ide && mountIde({ title: 'Kontor: the whole graph', graphqlPath: PATH, guests: false, ...ide });
  return createService({
    name: NAME,
    logger,
    metrics,
    mounts: [{ path: PATH, endpoint, authenticate, ...(page ? { page: page.page } : {}) }],
    routes(app) {
      app.get('/schema.graphql', (_request, reply) => reply.type('text/plain; charset=utf-8').send(sdl));
      page?.routes(app);
    },
  });
}
