import type { AvailabilityStatus } from '../availability.ts';

/** What stock's internal graph says of a variant in one channel. */
export interface ChannelAvailability {
  readonly variantId: string;
  readonly sellableQuantity: number;
  readonly version: number;
  readonly asOf: string;
}

/** The same as a client of the channel is told it. */
export interface VariantAvailability extends ChannelAvailability {
  readonly status: AvailabilityStatus;
}

/** One event of `availabilityChanged`. */
export interface AvailabilityUpdate {
  readonly snapshot: boolean;
  readonly variants: readonly VariantAvailability[];
}

/** One client's subscription. Iterate it once; `return()` ends it also while `next()` waits. */
export interface AvailabilityStream extends AsyncIterableIterator<AvailabilityUpdate, undefined> {
  /** Distinct, in the order in which the client asked. */
  readonly variantIds: readonly string[];
  /** Takes a change of one of its variants from the feed. */
  offer(change: ChannelAvailability): void;
  /** Takes what was read of all its variants after it was registered: the snapshot if it is still owed, else what is newer. */
  read(current: ReadonlyMap<string, ChannelAvailability>): void;
  return(): Promise<IteratorResult<AvailabilityUpdate, undefined>>;
}

export interface AvailabilityStreamOptions {
  readonly variantIds: readonly string[];
  /** What the client is told of a variant. */
  readonly present: (availability: ChannelAvailability) => VariantAvailability;
  /** Called once, when the stream ends. */
  readonly onEnd: (stream: AvailabilityStream) => void;
}

const DONE = { done: true, value: undefined } as const;

/**
 * Makes a client's stream: first a snapshot of all its variants, then those that are newer than what it was told.
 * What a slow client has not fetched yet is one entry per variant, the latest: there is no queue that could grow.
 */
export function createAvailabilityStream({
  variantIds,
  present,
  onEnd,
}: AvailabilityStreamOptions): AvailabilityStream {
  const told = new Map<string, ChannelAvailability>();
  const waiting = new Map<string, ChannelAvailability>();
  let snapshot: 'owed' | 'read' | 'told' = 'owed';
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const take = (): AvailabilityUpdate | undefined => {
    if (snapshot === 'owed' || (snapshot === 'told' && waiting.size === 0)) return undefined;
    const update = { snapshot: snapshot === 'read', variants: [...waiting.values()].map(present) };
    for (const each of waiting.values()) told.set(each.variantId, each);
    waiting.clear();
    snapshot = 'told';
    return update;
  };

  const stream: AvailabilityStream = {
    variantIds,
    offer(change) {
      if (ended || !isNewer(change, waiting.get(change.variantId) ?? told.get(change.variantId))) return;
      waiting.set(change.variantId, change);
      if (snapshot !== 'owed') wake();
    },
    read(current) {
      if (ended) return;
      if (snapshot !== 'owed') return current.forEach((each) => stream.offer(each));
      inOrder(waiting, variantIds, current);
      snapshot = 'read';
      wake();
    },
    async next(): Promise<IteratorResult<AvailabilityUpdate, undefined>> {
      for (;;) {
        if (ended) return DONE;
        const update = take();
        if (update) return { done: false, value: update };
        await changed.promise;
      }
    },
    async return() {
      if (ended) return DONE;
      ended = true;
      waiting.clear();
      onEnd(stream);
      wake();
      return DONE;
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

/** Makes `waiting` the snapshot: every variant in the client's order, as it was read, or as the feed told it meanwhile if that is newer. */
function inOrder(
  waiting: Map<string, ChannelAvailability>,
  variantIds: readonly string[],
  current: ReadonlyMap<string, ChannelAvailability>,
): void {
  const fromFeed = new Map(waiting);
  waiting.clear();
  for (const variantId of variantIds) {
    const read = current.get(variantId);
    const change = fromFeed.get(variantId);
    const latest = change && (!read || isNewer(change, read)) ? change : read;
    if (latest) waiting.set(variantId, latest);
  }
}

/**
 * A higher version is newer. One version can have two quantities only when the channel's locations changed: then the later reading counts.
 * Times are ISO 8601 in UTC with milliseconds, which order as text.
 */
function isNewer(next: ChannelAvailability, known: ChannelAvailability | undefined): boolean {
  if (!known || next.version > known.version) return true;
  return next.version === known.version && next.sellableQuantity !== known.sellableQuantity && next.asOf > known.asOf;
}
