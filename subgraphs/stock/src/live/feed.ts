import type { Database } from '@kontor/kit/src/database.ts';
import { findAvailabilityChanges, findLogEnd, type LogPosition } from '../data/availability-changes.ts';
import type { Availability } from '../domain/availability.ts';
import { isBehind, toLogCursor } from './log-cursor.ts';
import type { Mailbox } from './mailbox.ts';

/** A feed that is behind by more variants than this reads everything instead. */
const MAX_RESUMED = 5_000;
const BATCH = 1_000;

/** An event of a feed. */
export interface FeedEvent {
  /** Read everything that is shown. */
  readonly resync: boolean;
  readonly variants: readonly Availability[];
  /** Where the feed can be resumed by who has seen this event, and those before it. */
  readonly cursor: string;
}

/**
 * The events of a feed whose mailbox is registered already. From the present it begins with an empty event; from a position with what
 * changed behind it, or with `resync` when the log cannot tell. Versions of a variant only rise.
 */
export async function* feedEvents(options: {
  readonly db: Database;
  readonly mailbox: Mailbox;
  readonly channel: string;
  readonly since: LogPosition | null;
}): AsyncGenerator<FeedEvent, void, void> {
  const { db, mailbox, channel, since } = options;
  const begun = since ? await resume(db, channel, since) : await beginNow(db);
  /** What the log told, which mail from before that reading may be older than. */
  const told = new Map(begun.variants.map((each) => [each.variantId, each.version]));
  const isNewer = ({ variantId, version }: Availability) => version > (told.get(variantId) ?? -1);

  let position = begun.end;
  yield* inBatches(begun, since ?? position);
  for (let mail = await mailbox.take(); mail; mail = await mailbox.take()) {
    if (mail.settled && isBehind(mail.settled, position)) position = mail.settled;
    const variants = mail.changes.filter(isNewer);
    for (const { variantId } of variants) told.delete(variantId);
    if (mail.resync || variants.length > 0) yield { resync: mail.resync, variants, cursor: toLogCursor(position) };
  }
}

interface Beginning {
  readonly resync: boolean;
  readonly variants: readonly Availability[];
  readonly end: LogPosition;
}

const beginNow = async (db: Database): Promise<Beginning> => ({
  resync: false,
  variants: [],
  end: await findLogEnd(db),
});

async function resume(db: Database, channel: string, since: LogPosition): Promise<Beginning> {
  // Unsettled changes too: the mailbox may have been registered after the bus told them.
  const page = await findAvailabilityChanges(db, channel, { since, first: MAX_RESUMED, unsettled: true });
  return page.hasMore ? { ...(await beginNow(db)), resync: true } : page;
}

/** Until the last batch was seen the feed can only be resumed from where it was. */
function* inBatches({ resync, variants, end }: Beginning, since: LogPosition): Generator<FeedEvent> {
  for (let from = 0; from === 0 || from < variants.length; from += BATCH) {
    const isLast = from + BATCH >= variants.length;
    yield { resync, variants: variants.slice(from, from + BATCH), cursor: toLogCursor(isLast ? end : since) };
  }
}
