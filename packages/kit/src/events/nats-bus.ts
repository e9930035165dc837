import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Logger } from '../logger.ts';
import type { DomainEvent, EventBus, Listening } from './event.ts';

const STREAM = 'EVENTS';
const SUBJECTS = 'events.';
const DAY_NS = 24 * 3600 * 1e9;
const MAX_BYTES = 512 * 1024 * 1024;
const BATCH = 200;
const ACK_WAIT_MS = 30_000;
const RETRY_MS = 1_000;
const FETCH_MS = 5_000;
/** After a restart of the server the connection is back long before what was on its way would be given up. */
const PUBLISH_TIMEOUT_MS = 1_000;

/** A bus on NATS JetStream, for services in processes of their own. The stream keeps a day or 512 MiB, whichever is less. */
export async function createNatsBus(options: {
  readonly servers: readonly string[];
  readonly name: string;
  readonly logger: Logger;
}): Promise<EventBus> {
  const { logger } = options;
  const connection: NatsConnection = await connect({
    servers: [...options.servers],
    name: options.name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
    timeout: 10_000,
  });
  const manager = await jetstreamManager(connection);
  const config = {
    subjects: [`${SUBJECTS}>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: DAY_NS,
    max_bytes: MAX_BYTES,
    duplicate_window: 120 * 1e9,
  };
  await manager.streams.add({ name: STREAM, ...config }).catch(async (error: unknown) => {
    // Services start together: whoever comes second finds the stream made. Anything else is a real fault and fails here again.
    logger.debug({ error }, 'the stream exists');
    await manager.streams.info(STREAM);
  });
  const stream = jetstream(connection);
  const subjectOf = (topic: string) => SUBJECTS + topic;

  const consumeTopic = async (
    group: string,
    topic: string,
    handler: (events: readonly DomainEvent[]) => Promise<void>,
  ): Promise<Listening> => {
    const durable = `${group}-${topic.replaceAll('.', '-')}`;
    await manager.consumers.add(STREAM, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: subjectOf(topic),
      ack_wait: ACK_WAIT_MS * 1e6,
      max_ack_pending: BATCH,
    });
    const consumer = await stream.consumers.get(STREAM, durable);
    const stopped = new AbortController();
    let messages: ConsumerMessages | undefined;
    const handle = async (batch: readonly JsMsg[]) => {
      if (batch.length === 0) return;
      try {
        await handler(batch.map((message) => message.json<DomainEvent>()));
      } catch (error) {
        // Told so, the server delivers them again at once; else it would hold back everything behind them until it stops waiting.
        for (const message of batch) message.nak(RETRY_MS);
        throw error;
      }
      for (const message of batch) message.ack();
    };
    const work = async () => {
      while (!stopped.signal.aborted) {
        try {
          messages = await consumer.fetch({ max_messages: BATCH, expires: FETCH_MS });
          let batch: JsMsg[] = [];
          for await (const message of messages) {
            batch.push(message);
            if (message.info.pending > 0 && batch.length < BATCH) continue;
            await handle(batch);
            batch = [];
          }
          await handle(batch);
        } catch (error) {
          if (stopped.signal.aborted) return;
          logger.warn({ err: error, group, topic }, 'events could not be handled and will be delivered again');
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        }
      }
    };
    const running = work();
    return {
      async stop() {
        stopped.abort();
        messages?.stop();
        await running;
      },
    };
  };

  return {
    async publish(events) {
      // One after the other: of several on their way when the server dies, those in the middle would be lost and come behind the last.
      await Promise.all(
        [...Map.groupBy(events, (event) => event.topic)].map(async ([topic, inOrder]) => {
          for (const event of inOrder)
            await stream.publish(subjectOf(topic), JSON.stringify(event), {
              msgID: event.eventId,
              timeout: PUBLISH_TIMEOUT_MS,
            });
        }),
      );
    },

    // A consumer per topic: several subjects in one need a server of 2.10, and Debian has 2.9.
    async consume(group, topics, handler): Promise<Listening> {
      const workers = await Promise.all(topics.map((topic) => consumeTopic(group, topic, handler)));
      return {
        async stop() {
          await Promise.all(workers.map((each) => each.stop()));
        },
      };
    },

    listen(topics, handler, onGap): Promise<Listening> {
      // Plain subscriptions: a listener wants what happens from now on, and reads everything again after a gap.
      const subscriptions = topics.map((topic) =>
        connection.subscribe(subjectOf(topic), {
          callback: (error, message) => {
            if (!error) handler([message.json<DomainEvent>()]);
          },
        }),
      );
      let listening = true;
      void (async () => {
        for await (const status of connection.status()) {
          if (!listening) return;
          if (status.type === 'reconnect') onGap();
        }
      })();
      return Promise.resolve({
        stop() {
          listening = false;
          for (const subscription of subscriptions) subscription.unsubscribe();
          return Promise.resolve();
        },
      });
    },

    close: () => connection.drain(),
  };
}
