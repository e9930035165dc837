import { createEndpoint, type GraphEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { mountIde, type IdeExample, type IdeKey } from '@kontor/kit/src/ide.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createService, type Mount, type Service } from '@kontor/kit/src/service.ts';
import type { Access } from './access.ts';
import { CONTRACTS } from './contracts/contracts.ts';
import { contractViews } from './contracts/contract-views.ts';
import { shareInFlight } from './execution/share-in-flight.ts';
import { createRouterEngine } from './pipeline/router-engine.ts';
import { serveGeneration, type ServedGraph, type ServedGraphs } from './pipeline/served-graphs.ts';
import { loadGeneration } from './planning/generation.ts';
import { createGenerations } from './planning/generations.ts';
import { readDocuments } from './planning/read-documents.ts';
import { chooseOverrides } from './planning/overrides.ts';
import { parse, validate, type GraphQLSchema } from 'graphql';
import { assertRootFieldsDecided } from './policy/root-fields.ts';
import { createSubscriptionMetrics } from './subscriptions/subscription-metrics.ts';
import { createSubscriptions } from './subscriptions/subscriptions.ts';
import { createUpstreams } from './subscriptions/upstreams.ts';
import { subgraphsOf } from './supergraph.ts';
import { observeRouter } from './telemetry/observe-router.ts';
import { createTraffic, type TrafficOptions } from './traffic/traffic.ts';
import type { TrafficConfig } from './traffic/traffic-config.ts';
import { VERSION_HEADER, versionsOf } from './traffic/version-header.ts';

const NAME = 'router';
const PATH = '/graphql';

/** What identical requests at one moment have in common: nothing, their reads of subgraphs, or all of it. */
export type Share = 'nothing' | 'reads' | 'requests';

export interface RouterDeps {
  readonly logger: Logger;
  readonly supergraphSdl: string;
  /** Makes the client of a subgraph: at other URLs than those of the environment when some are given. */
  readonly subgraphs: TrafficOptions['subgraphs'];
  readonly access: Access;
  readonly share?: Share;
  readonly traffic?: TrafficConfig;
  /** Whether whoever asks is told how a request was planned and executed. Not for strangers. */
  readonly exposePlans?: boolean;
  /** A folder of documents that are planned before the first request, and before a new supergraph takes over. */
  readonly warmUp?: string | undefined;
  /** Networks of proxies before it, in CIDR notation, whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies?: readonly string[];
  /** What GraphiQL offers; without it there is no page. */
  readonly ide?: { readonly examples: readonly IdeExample[]; readonly keys: readonly IdeKey[] };
}

/** A router, not listening yet. */
export interface Router extends Service {
  /** Serves another supergraph from now on. @throws SupergraphError when it cannot be served: the current one stays. */
  update(supergraphSdl: string): Promise<void>;
  /** Sets weights, versions, limits of time and retries anew. @throws Error when the configuration names what is not there. */
  redirect(traffic: TrafficConfig): void;
}

/**
 * Builds the router: a supergraph at `/graphql`, and what its contracts show of it at `/<contract>/graphql`.
 * @throws SupergraphError, or Error when a subgraph of the supergraph is not given or a root field stands in no policy.
 */
export async function createApp(deps: RouterDeps): Promise<Router> {
  const { logger, access, share = 'reads' } = deps;
  const metrics = createMetrics(NAME);
  const traffic = createTraffic({
    subgraphs: deps.subgraphs,
    ...(deps.traffic ? { config: deps.traffic } : {}),
    logger,
    registry: metrics.registry,
  });
  const telemetry = observeRouter(NAME, metrics, () => generations);
  const clients = new Map<string, GraphClient>();
  for (const name of Object.keys(deps.subgraphs)) {
    const direct = traffic.client(name);
    clients.set(name, telemetry.traced(name, share === 'nothing' ? direct : shareInFlight(direct, name)));
  }
  const client = (name: string): GraphClient => {
    const found = clients.get(name);
    if (!found) throw new Error(`There is no subgraph ${name}.`);
    return found;
  };

  const generations = createGenerations<ServedGraphs>({
    async load(supergraphSdl) {
      refuseUnknownSubgraphs(supergraphSdl, clients);
      return loadGeneration(supergraphSdl);
    },
    prepare: serveGeneration({
      clients: client,
      introspection: true,
      logger,
      ...(access.guarded ? { check: assertRootFieldsDecided } : {}),
      contracts: contractViews(CONTRACTS),
      async documents(seen) {
        if (deps.warmUp === undefined) return [];
        const { requests, problems } = await readDocuments(deps.warmUp, seen);
        for (const problem of problems) logger.warn(`not planned ahead: ${problem}`);
        return requests;
      },
    }),
  });
  await generations.update(deps.supergraphSdl);

  const live = createSubscriptionMetrics(metrics.registry);
  const upstreams = createUpstreams({ clients: client, onSize: (size) => live.upstreams.set(size) });
  const endpointOf = (name: string, graph: (served: ServedGraphs) => ServedGraph): GraphEndpoint => {
    const common = {
      generations,
      graph,
      name,
      logger,
      limitsOf: access.limitsOf,
      overrides: (labels: readonly string[]) => chooseOverrides(labels, { random: Math.random }),
      charge: access.charge,
      permitted: telemetry.permittedIn(name),
    };
    return createEndpoint({
      engine: createRouterEngine({
        ...common,
        metrics,
        observe: telemetry.fetched,
        exposePlans: deps.exposePlans ?? false,
        isShared: share === 'requests' ? access.isAnybody : () => false,
        subscribe: createSubscriptions({ ...common, metrics: live, upstreams }),
      }),
      service: NAME,
      logger,
      maxTokens: access.mostLimits.tokens,
      introspection: true,
      context: (call) => call,
    });
  };

  const mounts: Mount[] = [];
  const routes: NonNullable<Parameters<typeof createService>[0]['routes']>[] = [];
  const current = (graph: (served: ServedGraphs) => ServedGraph): ServedGraph => {
    const held = generations.acquire();
    held.release();
    return graph(held.made);
  };
  const add = (path: string, title: string, graph: (served: ServedGraphs) => ServedGraph) => {
    const page =
      deps.ide &&
      mountIde({
        title,
        graphqlPath: path,
        guests: !access.guarded,
        plans: deps.exposePlans ?? false,
        keys: deps.ide.keys,
        examples: deps.ide.examples.filter(({ query }) => fits(query, current(graph).schema)),
      });
    mounts.push({
      path,
      endpoint: endpointOf(path === PATH ? NAME : path.split('/')[1]!, graph),
      authenticate: access.authenticate,
      annotate: (headers, call) => ({
        headers: traffic.headers(headers),
        versions: versionsOf(headers[VERSION_HEADER], access.guarded ? call : { ...call, issuer: NAME }),
      }),
      ...(page ? { page: page.page } : {}),
    });
    routes.push((app) => {
      app.get(path.replace(/graphql$/, 'schema.graphql'), (_request, reply) => {
        return reply.type('text/plain; charset=utf-8').send(current(graph).sdl);
      });
      if (page && path === PATH) page.routes(app);
    });
  };
  add(PATH, access.guarded ? 'Kontor: the whole graph' : 'The graph', ({ whole }) => whole);
  const held = generations.acquire();
  for (const name of Object.keys(held.made.contracts))
    add(`/${name}${PATH}`, `Kontor: what a ${name} sees`, ({ contracts }) => contracts[name]!);
  held.release();

  routes.push(telemetry.routes);
  if (access.routes) routes.push(access.routes);
  const service = createService({
    name: NAME,
    logger,
    metrics,
    mounts,
    trustedProxies: deps.trustedProxies,
    routes: (app) => routes.forEach((each) => each(app)),
    async stop() {
      await generations.close();
      traffic.close();
    },
  });
  return {
    ...service,
    async update(supergraphSdl) {
      await generations.update(supergraphSdl);
    },
    redirect: (config) => traffic.apply(config),
  };
}

function refuseUnknownSubgraphs(supergraphSdl: string, known: ReadonlyMap<string, unknown>): void {
  const missing = subgraphsOf(supergraphSdl).filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  throw new Error(
    `The supergraph needs subgraphs that the router was not given: ${missing.map(({ name }) => name).join(', ')}.`,
  );
}

/** Whether a document can be sent to a graph, which may show a part of the whole. */
const fits = (query: string, schema: GraphQLSchema): boolean => validate(schema, parse(query)).length === 0;
