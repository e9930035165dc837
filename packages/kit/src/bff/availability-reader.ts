import { createBackoff, pause, type BackoffOptions } from '../backoff.ts';
import { ask, type Call, type GraphClient, type TypedDocument } from '../graph/graph.ts';
import type { Logger } from '../logger.ts';
import type { AvailabilityStream, ChannelAvailability } from './availability-stream.ts';

/** `channelAvailability` takes so many variants at most. */
const VARIANTS_PER_READ = 1_000;

const CHANNEL_AVAILABILITY: TypedDocument<
  { channelAvailability: readonly ChannelAvailability[] },
  { channel: string; variantIds: readonly string[] }
> = `query ChannelAvailability($channel: ID!, $variantIds: [ID!]!) {
  channelAvailability(channel: $channel, variantIds: $variantIds) { variantId sellableQuantity version asOf }
}`;

/** Reads what streams show. */
export interface AvailabilityReader {
  /** Reads all variants of a stream and hands them to it: at once, or when stock answers again. */
  want(stream: AvailabilityStream): void;
  /** The stream ended: nobody waits for it any more. */
  forget(stream: AvailabilityStream): void;
  /** Stock is known to answer again: does not wait for the end of the pause. */
  hurry(): void;
}

export interface AvailabilityReaderOptions {
  readonly stock: GraphClient;
  readonly channel: string;
  readonly call: Call & { readonly signal: AbortSignal };
  readonly logger: Logger;
  readonly backoff: BackoffOptions;
}

/**
 * Reads for many streams with few queries: those that ask in the same turn, or while a read is under way, share the next one.
 * A stream never gets what was asked for before it was registered: a change in between would be lost to it.
 */
export function createAvailabilityReader(options: AvailabilityReaderOptions): AvailabilityReader {
  const { stock, channel, call, logger } = options;
  const wanting = new Set<AvailabilityStream>();
  let reading = new Set<AvailabilityStream>();
  const backoff = createBackoff(options.backoff);
  let hurried = new AbortController();
  let running = false;

  const readVariants = async (variantIds: readonly string[]) =>
    variantIds.length === 0
      ? []
      : (await ask(stock, call, CHANNEL_AVAILABILITY, { channel, variantIds })).channelAvailability;
  const readOnce = async () => {
    const variantIds = take(wanting, reading);
    const current = new Map((await readVariants(variantIds)).map((each) => [each.variantId, each]));
    for (const stream of reading) stream.read(only(current, stream.variantIds));
  };
  const readWhileWanted = async () => {
    while (wanting.size > 0 && !call.signal.aborted) {
      reading = new Set();
      try {
        await readOnce();
        backoff.reset();
      } catch (error) {
        for (const stream of reading) wanting.add(stream);
        logger.debug({ err: error }, 'availability could not be read; trying again');
        await pause(backoff.next(), AbortSignal.any([call.signal, hurried.signal]));
      }
    }
    running = false;
  };

  return {
    want(stream) {
      wanting.add(stream);
      if (running) return;
      running = true;
      setImmediate(() => void readWhileWanted());
    },
    forget(stream) {
      wanting.delete(stream);
      reading.delete(stream);
    },
    hurry() {
      hurried.abort();
      hurried = new AbortController();
    },
  };
}

/** Moves streams from `wanting` to `reading`, oldest first, as many as one read can serve. @returns the distinct variants. */
function take(wanting: Set<AvailabilityStream>, reading: Set<AvailabilityStream>): string[] {
  const variantIds = new Set<string>();
  for (const stream of wanting) {
    if (reading.size > 0 && variantIds.size + stream.variantIds.length > VARIANTS_PER_READ) break;
    for (const variantId of stream.variantIds) variantIds.add(variantId);
    reading.add(stream);
    wanting.delete(stream);
  }
  return [...variantIds];
}

/** @throws Error when stock left a variant out: a snapshot without it would look like one that has no stock. */
function only(
  current: ReadonlyMap<string, ChannelAvailability>,
  variantIds: readonly string[],
): ReadonlyMap<string, ChannelAvailability> {
  return new Map(
    variantIds.map((variantId) => {
      const found = current.get(variantId);
      if (!found) throw new Error(`stock said nothing of variant ${variantId}`);
      return [variantId, found];
    }),
  );
}
