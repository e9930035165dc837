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
  /** What the client is told of its variants: the same object for all who are told the same. */
  readonly present: (snapshot: boolean, variants: readonly ChannelAvailability[]) => AvailabilityUpdate;
  /** Does a piece of work soon, but not in this turn: what else comes in it, such as the other variants of an event, goes along. */
  readonly soon: (work: () => void) => void;
  /** Called once, when the stream ends. */
  readonly onEnd: (stream: AvailabilityStream) => void;
}

type Step = IteratorResult<AvailabilityUpdate, undefined>;

const DONE = { done: true, value: undefined } as const;

/**
 * Makes a client's stream: first a snapshot of all its variants, then those that are newer than what it was told.
 * What a slow client has not fetched yet is one entry per variant, the latest: there is no queue that could grow.
 */
export const createAvailabilityStream = (options: AvailabilityStreamOptions): AvailabilityStream =>
  new ClientStream(options);

/** A class and no closures: there are thousands of them, and each waits most of its life. */
class ClientStream implements AvailabilityStream {
  readonly variantIds: readonly string[];
  readonly #options: AvailabilityStreamOptions;
  readonly #told = new Map<string, ChannelAvailability>();
  readonly #waiting = new Map<string, ChannelAvailability>();
  #snapshot: 'owed' | 'read' | 'told' = 'owed';
  #ended = false;
  /** Who waits for the next update: what was promised, and how it is kept. */
  #promised: Promise<Step> | undefined;
  #resolve: ((step: Step) => void) | undefined;
  #telling = false;

  constructor(options: AvailabilityStreamOptions) {
    this.variantIds = options.variantIds;
    this.#options = options;
  }

  offer(change: ChannelAvailability): void {
    const known = this.#waiting.get(change.variantId) ?? this.#told.get(change.variantId);
    if (this.#ended || !isNewer(change, known)) return;
    this.#waiting.set(change.variantId, change);
    this.#tellSoon();
  }

  read(current: ReadonlyMap<string, ChannelAvailability>): void {
    if (this.#ended) return;
    if (this.#snapshot !== 'owed') return current.forEach((each) => this.offer(each));
    inOrder(this.#waiting, this.variantIds, current);
    this.#snapshot = 'read';
    this.#tellSoon();
  }

  next(): Promise<Step> {
    if (this.#promised) return this.#promised.then(() => this.next());
    if (this.#ended) return Promise.resolve(DONE);
    const update = this.#take();
    if (update) return Promise.resolve({ done: false, value: update });
    this.#promised = new Promise((resolve) => (this.#resolve = resolve));
    return this.#promised;
  }

  async return(): Promise<Step> {
    if (this.#ended) return DONE;
    this.#ended = true;
    this.#waiting.clear();
    this.#options.onEnd(this);
    this.#tell(DONE);
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #tellSoon(): void {
    if (!this.#resolve || this.#telling || this.#snapshot === 'owed') return;
    this.#telling = true;
    this.#options.soon(this.#tellWaiting);
  }

  readonly #tellWaiting = () => {
    this.#telling = false;
    if (!this.#resolve) return;
    const update = this.#take();
    if (update) this.#tell({ done: false, value: update });
  };

  #tell(step: Step): void {
    const resolve = this.#resolve;
    this.#promised = this.#resolve = undefined;
    resolve?.(step);
  }

  #take(): AvailabilityUpdate | undefined {
    if (this.#snapshot === 'owed' || (this.#snapshot === 'told' && this.#waiting.size === 0)) return undefined;
    const update = this.#options.present(this.#snapshot === 'read', [...this.#waiting.values()]);
    for (const each of this.#waiting.values()) this.#told.set(each.variantId, each);
    this.#waiting.clear();
    this.#snapshot = 'told';
    return update;
  }
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
