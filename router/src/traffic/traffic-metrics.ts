import { Counter, Gauge, type Registry } from 'prom-client';
import type { Route } from './route.ts';
import { OUTCOMES, type Upstream } from './upstream.ts';

const BREAKER_VALUES = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What the metrics read when they are asked for. */
export interface TrafficSource {
  routes(): Iterable<readonly [subgraph: string, route: Route]>;
  /** Retries by subgraph. */
  readonly retries: ReadonlyMap<string, number>;
  /** Roll-backs by subgraph and version, joined by a space. */
  readonly rollbacks: ReadonlyMap<string, number>;
}

/**
 * Adds the metrics of traffic to a registry. Calls count in plain numbers; they are only read when metrics are asked for.
 * @returns what takes them away again.
 */
export function registerTrafficMetrics(registry: Registry, source: TrafficSource): () => void {
  const registers = [registry];
  const version = ['subgraph', 'version'] as const;
  const upstreams = function* (): Generator<{ labels: { subgraph: string; version: string }; upstream: Upstream }> {
    for (const [subgraph, { versions }] of source.routes())
      for (const { upstream } of versions) yield { labels: { subgraph, version: upstream.version }, upstream };
  };
  const gauge = (name: string, help: string, read: (upstream: Upstream) => number) =>
    new Gauge({
      name,
      help,
      labelNames: version,
      registers,
      collect() {
        this.reset();
        for (const { labels, upstream } of upstreams()) this.set(labels, read(upstream));
      },
    });

  new Counter({
    name: 'subgraph_requests_total',
    help: 'Requests to subgraphs by how they ended; each try counts',
    labelNames: [...version, 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { labels, upstream } of upstreams())
        for (const outcome of OUTCOMES) this.inc({ ...labels, outcome }, upstream.outcomes[outcome]);
    },
  });
  gauge('subgraph_requests_running', 'Requests to subgraphs under way', ({ running }) => running);
  gauge('subgraph_requests_queued', 'Requests to subgraphs that wait for a place', ({ queued }) => queued);
  gauge(
    'subgraph_breaker_state',
    'Circuit breaker: 0 closed, 1 half-open, 2 open',
    (upstream) => BREAKER_VALUES[upstream.breaker()],
  );
  new Gauge({
    name: 'subgraph_version_weight',
    help: 'Share of the callers that a version gets; 0 after a roll-back',
    labelNames: version,
    registers,
    collect() {
      this.reset();
      for (const [subgraph, { versions }] of source.routes())
        for (const { upstream, weight, rolledBackAt } of versions)
          this.set({ subgraph, version: upstream.version }, rolledBackAt ? 0 : weight);
    },
  });
  new Counter({
    name: 'subgraph_retries_total',
    help: 'Reads that were asked again',
    labelNames: ['subgraph'],
    registers,
    collect() {
      this.reset();
      for (const [subgraph, count] of source.retries) this.inc({ subgraph }, count);
    },
  });
  new Counter({
    name: 'subgraph_rollbacks_total',
    help: 'Versions that were rolled back by themselves',
    labelNames: version,
    registers,
    collect() {
      this.reset();
      for (const [key, count] of source.rollbacks) {
        const [subgraph = '', name = ''] = key.split(' ');
        this.inc({ subgraph, version: name }, count);
      }
    },
  });
  return () => {
    for (const name of NAMES) registry.removeSingleMetric(name);
  };
}

const NAMES = [
  'subgraph_requests_total',
  'subgraph_requests_running',
  'subgraph_requests_queued',
  'subgraph_breaker_state',
  'subgraph_version_weight',
  'subgraph_retries_total',
  'subgraph_rollbacks_total',
];
