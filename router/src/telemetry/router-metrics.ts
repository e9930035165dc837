import { createBoundedHistogram } from '@kontor/kit/src/telemetry/label-sets.ts';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { FetchObserver } from '../execution/compile-plan.ts';
import type { FieldUsage } from './field-usage.ts';
import type { SchemaCoordinates } from './schema-coordinates.ts';

const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Subgraphs of all supergraphs that were served, by three outcomes. */
const FETCHES = 600;

/** What is read when metrics are asked for. */
export interface RouterMetricsSource {
  /** Of the current generation; null while there is none. */
  readonly plans: () => {
    readonly hits: number;
    readonly misses: number;
    readonly size: number;
    readonly waiting: number;
  } | null;
  readonly schema: () => SchemaCoordinates | null;
  readonly usage: FieldUsage;
}

/** Adds what a router measures beyond its operations. @returns who is to be told of each fetch. */
export function registerRouterMetrics(
  registry: Registry,
  { plans, schema, usage }: RouterMetricsSource,
): FetchObserver {
  const registers = [registry];
  const fetches = createBoundedHistogram({
    registry,
    name: 'subgraph_fetch_seconds',
    help: 'Duration of fetches from subgraphs, with waiting and retries; shared ones came from a request that was under way',
    labelNames: ['subgraph', 'outcome'],
    most: FETCHES,
    buckets: BUCKETS,
  });
  const counter = (name: string, help: string, value: 'hits' | 'misses') =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(plans()?.[value] ?? 0);
      },
    });
  const gauge = (name: string, help: string, value: 'size' | 'waiting') =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(plans()?.[value] ?? 0);
      },
    });
  counter('plan_cache_hits_total', 'Requests whose plan was there, since this supergraph is served', 'hits');
  counter('plan_cache_misses_total', 'Requests whose plan had to be made, since this supergraph is served', 'misses');
  gauge('plan_cache_size', 'Plans that are kept', 'size');
  gauge('planner_waiting', 'Documents that wait for the planner', 'waiting');
  new Counter({
    name: 'graphql_deprecated_field_requests_total',
    help: 'Requests that use what is deprecated, by the program that asked',
    labelNames: ['coordinate', 'client_name', 'client_version'],
    registers,
    collect() {
      this.reset();
      for (const [coordinate, reason] of schema() ?? [])
        if (reason !== null)
          for (const { name, version, count } of usage.clientsOf(coordinate))
            this.inc({ coordinate, client_name: name, client_version: version }, count);
    },
  });
  return ({ subgraph, startedAt, endedAt, errors, shared }) =>
    fetches.observe((endedAt - startedAt) / 1_000, subgraph, shared ? 'shared' : errors > 0 ? 'error' : 'ok');
}
