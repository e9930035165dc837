import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The measurements that every service has. */
export interface ServiceMetrics {
  readonly registry: Registry;
  readonly operations: Histogram;
  readonly sockets: Gauge;
  readonly eventsPublished: Counter;
}

/** A registry of its own for each service, so that several can live in one process. */
export function createMetrics(service: string): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    operations: new Histogram({
      name: 'graphql_operation_seconds',
      help: 'Duration of GraphQL operations',
      labelNames: ['graph', 'operation', 'outcome'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    }),
    sockets: new Gauge({ name: 'websocket_connections', help: 'Open WebSocket connections', registers: [registry] }),
    eventsPublished: new Counter({
      name: 'events_published_total',
      help: 'Events that the relay gave to the bus',
      registers: [registry],
    }),
  };
}
