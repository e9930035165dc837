import type { DomainEvent, EventBus, Listening } from './event.ts';

interface Consumer {
  readonly topics: ReadonlySet<string>;
  readonly handler: (events: readonly DomainEvent[]) => Promise<void>;
}

interface Listener {
  readonly topics: ReadonlySet<string>;
  readonly handler: (events: readonly DomainEvent[]) => void;
}

/**
 * A bus within one process. `publish` fails when a consumer fails, so that the relay offers the events again: consumers that
 * succeeded see them twice and drop them.
 */
export function createMemoryBus(): EventBus {
  const consumers = new Map<string, Consumer>();
  const listeners = new Set<Listener>();

  const register = <T>(add: () => void, remove: () => T): Listening => {
    add();
    return { stop: () => Promise.resolve(void remove()) };
  };
  const of = (events: readonly DomainEvent[], topics: ReadonlySet<string>) =>
    events.filter((event) => topics.has(event.topic));

  return {
    async publish(events) {
      for (const listener of listeners) {
        const wanted = of(events, listener.topics);
        if (wanted.length > 0) listener.handler(wanted);
      }
      const outcomes = await Promise.allSettled(
        [...consumers.values()].map(async (consumer) => {
          const wanted = of(events, consumer.topics);
          if (wanted.length > 0) await consumer.handler(wanted);
        }),
      );
      const failures = outcomes
        .filter((outcome) => outcome.status === 'rejected')
        .map((outcome) => outcome.reason as unknown);
      if (failures.length > 0) throw new AggregateError(failures, 'a consumer could not handle these events');
    },
    consume(group, topics, handler) {
      if (consumers.has(group)) throw new Error(`two consumers in this process are called ${group}`);
      return Promise.resolve(
        register(
          () => consumers.set(group, { topics: new Set(topics), handler }),
          () => consumers.delete(group),
        ),
      );
    },
    listen(topics, handler) {
      const listener = { topics: new Set(topics), handler };
      return Promise.resolve(
        register(
          () => listeners.add(listener),
          () => listeners.delete(listener),
        ),
      );
    },
    close: () => {
      consumers.clear();
      listeners.clear();
      return Promise.resolve();
    },
  };
}
