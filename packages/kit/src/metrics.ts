import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { createOperationMetrics, type OperationMetrics } from './telemetry/observe-operation.ts';

/** The measurements that every service has. */
export interface ServiceMetrics {
  /** Whose measurements these are. */
  readonly service: string;
  readonly registry: Registry;
  readonly operations: OperationMetrics;
  readonly sockets: Gauge;
  /** Open streams of server-sent events. */
  readonly eventStreams: Gauge;
  readonly eventsPublished: Counter;
}

/** A registry of its own for each service, so that several can live in one process. */
export function createMetrics(service: string): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    service,
    registry,
    operations: createOperationMetrics(registry),
    sockets: new Gauge({ name: 'websocket_connections', help: 'Open WebSocket connections', registers: [registry] }),
    eventStreams: new Gauge({
      name: 'sse_connections',
      help: 'Open streams of server-sent events',
      registers: [registry],
    }),
    eventsPublished: new Counter({
      name: 'events_published_total',
      help: 'Events that the relay gave to the bus',
      registers: [registry],
    }),
  };
}
