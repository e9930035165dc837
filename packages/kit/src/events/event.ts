/** Something that happened in a subgraph, as other services hear of it. */
export interface DomainEvent<Payload = unknown> {
  /** Consumers drop an id that they have seen. */
  readonly eventId: string;
  /** `<subgraph>.<noun>.<what happened>`, such as `stock.availability.changed`. */
  readonly topic: string;
  /** Events of one key arrive in the order in which they were written. */
  readonly key: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  readonly payload: Payload;
}

/** An event that a command is about to write. */
export interface NewEvent<Payload = unknown> {
  readonly topic: string;
  readonly key: string;
  readonly payload: Payload;
}

/** A registration that can be ended. */
export interface Listening {
  stop(): Promise<void>;
}

/**
 * Carries events between services, at least once and per key in order. PostgreSQL stays the truth: a bus may lose everything,
 * projections are rebuilt from their sources.
 */
export interface EventBus {
  /** Resolves when the events are safe with the bus (in memory: when every consumer has handled them). */
  publish(events: readonly DomainEvent[]): Promise<void>;
  /**
   * Each event is handled by one process of the group, again until the handler succeeds.
   * @param group the consumer's name, such as `orders-variants`.
   */
  consume(
    group: string,
    topics: readonly string[],
    handler: (events: readonly DomainEvent[]) => Promise<void>,
  ): Promise<Listening>;
  /**
   * Every process hears every event from now on; nothing is kept for it.
   * @param onGap called when events may have been missed: read again what you show.
   */
  listen(
    topics: readonly string[],
    handler: (events: readonly DomainEvent[]) => void,
    onGap: () => void,
  ): Promise<Listening>;
  close(): Promise<void>;
}
