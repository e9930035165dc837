import { requestFault } from '@kontor/kit/src/errors.ts';
import type { GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';

interface Level {
  readonly variantId: string;
  readonly sellableQuantity: number;
  readonly version: number;
  readonly asOf: string;
}

/** Stock's internal graph as a BFF sees it, with levels that a test sets and a feed that it can break. */
export interface FakeStock extends GraphClient {
  /** Feeds that are established now. */
  readonly feeds: number;
  /** The variants of each read, in order. */
  readonly reads: readonly (readonly string[])[];
  /** How often it was asked while it was down. */
  readonly refusals: number;
  /** A change with the next version, told to the feeds. */
  set(variantId: string, sellableQuantity: number): void;
  /** A change that the feeds are not told. */
  loseEvent(variantId: string, sellableQuantity: number): void;
  /** Another quantity under the same version, which the feeds are not told. */
  move(variantId: string, sellableQuantity: number): void;
  /** Tells the feeds what they know. */
  repeat(variantId: string): void;
  /** Tells the feeds that events may have been lost. */
  resync(): void;
  goDown(): void;
  comeBack(): void;
  /** Reads are answered with what is there now, but only when released. */
  holdReads(): { release(): void };
}

interface Feed {
  readonly queue: object[];
  wake: () => void;
  state: 'open' | 'ended' | 'broken';
}

/** Makes one. */
export function createFakeStock(): FakeStock {
  const levels = new Map<string, Level>();
  const feeds = new Set<Feed>();
  const reads: string[][] = [];
  let isDown = false;
  let refusals = 0;
  let ticks = 0;
  let held = Promise.resolve();

  const levelOf = (variantId: string): Level =>
    levels.get(variantId) ?? { variantId, sellableQuantity: 0, version: 0, asOf: new Date(0).toISOString() };
  const change = (variantId: string, sellableQuantity: number, step: number) =>
    levels.set(variantId, {
      variantId,
      sellableQuantity,
      version: levelOf(variantId).version + step,
      asOf: new Date((ticks += 1)).toISOString(),
    });
  const tell = (resync: boolean, variants: readonly Level[]) =>
    feeds.forEach((feed) => {
      feed.queue.push({ resync, variants });
      feed.wake();
    });
  const refuseWhileDown = () => {
    if (!isDown) return;
    refusals += 1;
    throw requestFault('SERVICE_UNAVAILABLE', 'stock cannot be reached.');
  };

  return {
    get feeds() {
      return feeds.size;
    },
    get refusals() {
      return refusals;
    },
    reads,
    set(variantId, sellableQuantity) {
      change(variantId, sellableQuantity, 1);
      tell(false, [levelOf(variantId)]);
    },
    loseEvent: (variantId, sellableQuantity) => void change(variantId, sellableQuantity, 1),
    move: (variantId, sellableQuantity) => void change(variantId, sellableQuantity, 0),
    repeat: (variantId) => tell(false, [levelOf(variantId)]),
    resync: () => tell(true, []),
    goDown() {
      isDown = true;
      for (const feed of feeds) {
        feed.state = 'broken';
        feed.wake();
      }
      feeds.clear();
    },
    comeBack() {
      isDown = false;
    },
    holdReads() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return { release: resolve };
    },
    async execute<Data>({ variables }: Parameters<GraphClient['execute']>[0]): Promise<GraphResult<Data>> {
      refuseWhileDown();
      const { variantIds } = variables as { variantIds: string[] };
      reads.push(variantIds);
      const channelAvailability = variantIds.map(levelOf);
      await held;
      return { data: { channelAvailability } as Data };
    },
    async *subscribe<Data>(
      _request: unknown,
      { signal }: Parameters<GraphClient['subscribe']>[1],
    ): AsyncGenerator<GraphResult<Data>> {
      refuseWhileDown();
      const feed: Feed = { queue: [{ resync: false, variants: [] }], wake: () => undefined, state: 'open' };
      signal?.addEventListener('abort', () => {
        feed.state = 'ended';
        feed.wake();
      });
      feeds.add(feed);
      try {
        for (;;) {
          const event = feed.queue.shift();
          if (event) yield { data: { availabilityFeed: event } as Data };
          else if (feed.state === 'ended') return;
          else if (feed.state === 'broken')
            throw requestFault('SERVICE_UNAVAILABLE', 'The subscription to stock broke off.');
          else await new Promise<void>((resolve) => (feed.wake = resolve));
        }
      } finally {
        feeds.delete(feed);
      }
    },
  };
}
