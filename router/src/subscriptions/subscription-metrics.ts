import { Counter, Gauge, type Registry } from 'prom-client';

/** How a subscription ended: its source was done, its client left, and so on. */
export type SubscriptionEnd = 'completed' | 'left' | 'failed' | 'refused' | 'slow' | 'schema changed';

/** Measurements of all subscriptions of a router. */
export interface SubscriptionMetrics {
  /** By graph. */
  readonly open: Gauge;
  /** By graph and `end`. */
  readonly ended: Counter;
  /** Events that were completed, by graph and outcome: those who share an event count once. */
  readonly events: Counter;
  /** Subscriptions to subgraphs. */
  readonly upstreams: Gauge;
}

/** Registers the measurements. */
export function createSubscriptionMetrics(registry: Registry): SubscriptionMetrics {
  const registers = [registry];
  return {
    open: new Gauge({
      name: 'subscriptions_open',
      help: 'Subscriptions of clients that are open',
      labelNames: ['graph'],
      registers,
    }),
    ended: new Counter({
      name: 'subscriptions_ended_total',
      help: 'Subscriptions of clients that have ended, by how',
      labelNames: ['graph', 'end'],
      registers,
    }),
    events: new Counter({
      name: 'subscription_events_total',
      help: 'Events of subscriptions that were completed from other subgraphs',
      labelNames: ['graph', 'outcome'],
      registers,
    }),
    upstreams: new Gauge({
      name: 'subscription_upstreams_open',
      help: 'Subscriptions to subgraphs that are open',
      registers,
    }),
  };
}
