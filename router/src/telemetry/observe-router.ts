import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { ServiceMetrics } from '@kontor/kit/src/metrics.ts';
import type { ServiceOptions } from '@kontor/kit/src/service.ts';
import { traceClient } from '@kontor/kit/src/telemetry/trace-client.ts';
import { tracerOf } from '@kontor/kit/src/telemetry/tracing.ts';
import { OperationTypeNode } from 'graphql';
import type { FetchObserver } from '../execution/compile-plan.ts';
import { wasShared } from '../execution/share-in-flight.ts';
import type { PrepareOptions } from '../pipeline/prepare-request.ts';
import type { ServedGenerations } from '../pipeline/served-graphs.ts';
import { createFieldUsage } from './field-usage.ts';
import { registerRouterMetrics } from './router-metrics.ts';
import { readSchemaCoordinates } from './schema-coordinates.ts';

/** What a router tells of itself, beyond what every service does. */
export interface RouterTelemetry {
  /** Told of each fetch from a subgraph. */
  readonly fetched: FetchObserver;
  /** Who is told of each request to a graph that may be executed. */
  permittedIn(graph: string): NonNullable<PrepareOptions['permitted']>;
  /** A subgraph whose fetches are steps of the trace; the client itself while nothing is traced. */
  traced(subgraph: string, client: GraphClient): GraphClient;
  /** `GET /usage`: who uses which field, as JSON. As open as `/metrics`: for operators, and not to be led to the outside. */
  readonly routes: NonNullable<ServiceOptions['routes']>;
}

/** @param generations looked up when something is read: they are made later. */
export function observeRouter(
  name: string,
  { registry, operations }: ServiceMetrics,
  generations: () => Pick<ServedGenerations, 'acquire'>,
): RouterTelemetry {
  const tracer = tracerOf(name);
  const usage = createFieldUsage({ clients: operations.clients });
  const current = () => {
    const held = generations().acquire();
    held.release();
    return held;
  };
  const currentOrNull = () => {
    try {
      return current();
    } catch {
      // While it stops there is none, and metrics are read all the same.
      return null;
    }
  };
  const fetched = registerRouterMetrics(registry, {
    usage,
    plans() {
      const held = currentOrNull();
      return held && { ...held.made.plans.counters, waiting: held.generation.waiting };
    },
    schema() {
      const held = currentOrNull();
      return held && readSchemaCoordinates(held.generation.schema);
    },
  });
  return {
    fetched,
    permittedIn: (graph) => (operation, variables, context) => {
      usage.record(operation.used, variables, context.client);
      const { kind, name: operationName } = operation;
      // A subscription may never end: it is counted when it begins.
      if (kind === OperationTypeNode.SUBSCRIPTION)
        operations.observe({
          graph,
          kind,
          name: operationName,
          startedAt: performance.now(),
          errors: undefined,
          context,
        });
    },
    traced: (subgraph, client) =>
      traceClient(client, tracer, {
        peer: subgraph,
        describe: ({ variables }, result) => ({
          'kontor.subgraph': subgraph,
          'kontor.representations': countOf(variables?.['representations']),
          'kontor.shared': wasShared(result),
        }),
      }),
    routes: (app) => void app.get('/usage', () => usage.read(readSchemaCoordinates(current().generation.schema))),
  };
}

const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
