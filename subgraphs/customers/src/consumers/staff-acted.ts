import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { appendEntries } from '../commands/audit/append-entries.ts';
import type { CheckpointSigner } from '../commands/audit/checkpoint-signer.ts';
import { readActed } from '../commands/audit/read-acted.ts';

const GROUP = 'customers-audit';
/** What customers' own staff did goes the same way, so that there is one order. */
const TOPICS = ['products', 'prices', 'stock', 'orders', 'customers'].map((subgraph) => `${subgraph}.staff.acted`);

/** Chains what staff did in any subgraph. Entries are known by the id of their event for good: a repeat appends nothing. */
export const consumeStaffActed = (
  bus: EventBus,
  db: Database,
  signer: CheckpointSigner,
  logger: Logger,
): Promise<Listening> =>
  bus.consume(GROUP, TOPICS, async (events) => {
    const entries = events.flatMap((event) => {
      const entry = readActed(event);
      // Refusing it would hold back everything behind it for good.
      if (!entry) logger.error({ eventId: event.eventId, topic: event.topic }, 'an event is no audit entry');
      return entry ? [entry] : [];
    });
    await appendEntries(db, signer, entries);
  });
