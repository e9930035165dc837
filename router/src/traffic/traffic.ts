import { createDeadlines } from '@kontor/kit/src/graph/deadlines.ts';
import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { Call, GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { systemTiming, type Timing } from '@kontor/kit/src/timing.ts';
import type { Registry } from 'prom-client';
import type { BreakerState } from './circuit-breaker.ts';
import { pickHeaders, propagatedBy, type Headers } from './header-rules.ts';
import { createRetryBudget } from './retry-budget.ts';
import { mustRollBack } from './rollback.ts';
import { createRoute, type Route, type RouteVersion } from './route.ts';
import { createTrafficClient } from './traffic-client.ts';
import { DEFAULT_TRAFFIC, type TrafficConfig, type VersionConfig } from './traffic-config.ts';
import { registerTrafficMetrics } from './traffic-metrics.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export interface TrafficOptions {
  /**
   * Makes the client of one version, by subgraph. The policy bounds the time: a limit of the client's own must be `LONGEST_TIMEOUT_MS`.
   * @param urls its base URLs; undefined for those of the environment, or the graph of this process.
   */
  readonly subgraphs: Readonly<Record<string, (urls: readonly string[] | undefined) => GraphClient>>;
  readonly config?: TrafficConfig;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock?: Clock;
  readonly timing?: Timing;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** How one version is doing. */
export interface VersionState {
  readonly version: string;
  readonly urls: readonly string[] | undefined;
  readonly weight: number;
  readonly rolledBackAt: Date | undefined;
  readonly breaker: BreakerState;
  readonly running: number;
  readonly queued: number;
  /** Within the window that decides on a roll-back. */
  readonly recent: { readonly requests: number; readonly failures: number };
}

/** All traffic from the router to the subgraphs. */
export interface Traffic {
  /** The client of a subgraph, the same for good. @throws Error when there is no such subgraph. */
  client(subgraph: string): GraphClient;
  /** Headers of an incoming request that some subgraph is sent, for `Call.headers`. */
  headers(incoming: Readonly<Record<string, string | readonly string[] | undefined>>): Headers | undefined;
  /**
   * What the answer of a subgraph may depend on beside the request and the caller: its headers and the version that a tester chose. In-flight
   * reads may be shared only where this is equal too. Empty for most calls.
   */
  sharingKey(subgraph: string, call: Call): string;
  /** Takes a configuration over at once, for all subgraphs or, when it throws, for none. Calls that run end where they started. */
  apply(config: TrafficConfig): void;
  /** By subgraph, without a prototype. */
  state(): Readonly<Record<string, readonly VersionState[]>>;
  /** Takes the metrics away. Calls that run go on. */
  close(): void;
}

/** Sets up the traffic to all subgraphs. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { subgraphs, logger, registry, clock = systemClock, timing = systemTiming, random = Math.random } = options;
  const deadlines = createDeadlines(timing);
  const now = () => timing.now();
  const retries = new Map<string, number>();
  const rollbacks = new Map<string, number>();
  let routes = new Map<string, Route>();
  let incomingNames: readonly string[] = [];

  const onFailure = (upstream: Upstream) => {
    const { subgraph, version } = upstream;
    const route = routes.get(subgraph);
    const failing = route?.versions.find((each) => each.upstream === upstream);
    if (!route || !failing || !mustRollBack(route, failing)) return;
    const { requests, failures } = upstream.recent();
    const versions = route.versions.map((each) => (each === failing ? { ...each, rolledBackAt: clock.now() } : each));
    routes.set(subgraph, createRoute(subgraph, { ...route, versions }));
    rollbacks.set(`${subgraph} ${version}`, (rollbacks.get(`${subgraph} ${version}`) ?? 0) + 1);
    logger.error(
      { subgraph, version, requests, failures, weight: failing.weight, fallback: route.fallback },
      `rolled back: version ${version} of ${subgraph} fails and gets no calls until it is configured anew`,
    );
  };

  /** The version as it is now when it stays the same service, so that it keeps its connections and counts, else a new one. */
  const versionOf = (subgraph: string, config: VersionConfig, next: TrafficConfig): RouteVersion => {
    const { name, urls, weight } = config;
    const current = routes.get(subgraph)?.versions.find(({ upstream }) => upstream.version === name);
    if (current && sameUrls(current.upstream.urls, urls))
      return { ...current, weight, rolledBackAt: current.weight === weight ? current.rolledBackAt : undefined };
    const client = subgraphs[subgraph]!(urls);
    const deps = { now, random, onFailure };
    const upstream = createUpstream(subgraph, config, client, next.of(subgraph).policy, deps);
    return { upstream, weight, rolledBackAt: undefined };
  };

  const apply = (config: TrafficConfig) => {
    const unknown = config.subgraphs.filter((name) => !Object.hasOwn(subgraphs, name));
    if (unknown.length > 0) throw new Error(`There is no subgraph ${unknown.join(', ')}.`);
    const next = new Map<string, Route>();
    for (const subgraph of Object.keys(subgraphs)) {
      const { policy, versions, fallback } = config.of(subgraph);
      const current = routes.get(subgraph);
      const budget =
        current && JSON.stringify(current.policy.retry) === JSON.stringify(policy.retry)
          ? current.budget
          : createRetryBudget(policy.retry, now);
      const list = versions.map((version) => versionOf(subgraph, version, config));
      next.set(subgraph, createRoute(subgraph, { policy, fallback, budget, versions: list }));
    }
    // Nothing can fail from here on.
    for (const [subgraph, { policy, versions }] of next)
      for (const { upstream, rolledBackAt } of versions) {
        upstream.configure(policy);
        const before = routes.get(subgraph)?.versions.find((each) => each.upstream === upstream);
        if (before?.rolledBackAt && !rolledBackAt) upstream.forgive();
      }
    routes = next;
    incomingNames = [...new Set([...next.values()].flatMap(({ policy }) => propagatedBy(policy.headers)))];
  };
  apply(options.config ?? DEFAULT_TRAFFIC);

  const clients = new Map(
    Object.keys(subgraphs).map((subgraph) => {
      const onRetry = () => void retries.set(subgraph, (retries.get(subgraph) ?? 0) + 1);
      const route = () => routes.get(subgraph)!;
      return [subgraph, createTrafficClient(subgraph, route, { timing, deadlines, random, onRetry })];
    }),
  );
  const removeMetrics = registerTrafficMetrics(registry, { routes: () => routes, retries, rollbacks });

  return {
    client(subgraph) {
      const client = clients.get(subgraph);
      if (!client) throw new Error(`There is no subgraph ${subgraph}.`);
      return client;
    },
    headers: (incoming) => pickHeaders(incomingNames, incoming),
    sharingKey(subgraph, { headers, versions }) {
      const chosen = versions && Object.hasOwn(versions, subgraph) ? versions[subgraph] : undefined;
      const sent = routes.get(subgraph)?.headersFor(headers);
      return chosen === undefined && sent === undefined ? '' : JSON.stringify([chosen, sent]);
    },
    apply,
    state() {
      const state = Object.create(null) as Record<string, readonly VersionState[]>;
      for (const [subgraph, { versions }] of routes) state[subgraph] = versions.map(stateOf);
      return state;
    },
    close: removeMetrics,
  };
}

const sameUrls = (left: readonly string[] | undefined, right: readonly string[] | undefined) =>
  JSON.stringify(left) === JSON.stringify(right);

const stateOf = ({ upstream, weight, rolledBackAt }: RouteVersion): VersionState => ({
  version: upstream.version,
  urls: upstream.urls,
  weight: rolledBackAt ? 0 : weight,
  rolledBackAt,
  breaker: upstream.breaker(),
  running: upstream.running,
  queued: upstream.queued,
  recent: upstream.recent(),
});
