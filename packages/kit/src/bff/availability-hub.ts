import { serviceCaller, type Caller, type Role } from '../auth/caller.ts';
import { createBackoff, pause, type BackoffOptions } from '../backoff.ts';
import { boundedList } from '../connection.ts';
import { badInput } from '../errors.ts';
import { forwardedError, type GraphClient, type GraphResult } from '../graph/graph.ts';
import { isId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { createAvailabilityReader } from './availability-reader.ts';
import { createAvailabilityPresenter, type AvailabilityPresenter } from './availability-presenter.ts';
import { createSlices } from './in-slices.ts';
import { createAvailabilityStream, type AvailabilityStream, type ChannelAvailability } from './availability-stream.ts';

const VARIANTS_PER_SUBSCRIPTION = 100;
const RECONNECT: BackoffOptions = { firstMs: 250, mostMs: 5_000 };

const AVAILABILITY_FEED = `subscription AvailabilityFeed($channel: ID!) {
  availabilityFeed(channel: $channel) { resync variants { variantId sellableQuantity version asOf } }
}`;

interface FeedEvent {
  readonly availabilityFeed: { readonly resync: boolean; readonly variants: readonly ChannelAvailability[] };
}

/** What a client asks for. */
export interface AvailabilityRequest {
  readonly variantIds: readonly string[];
  /** The versions that it has. The first event is a snapshot all the same, so they are only held against the limits. */
  readonly since?: readonly { readonly variantId: string; readonly version: number }[] | null | undefined;
}

/** Live availability of one channel for all clients of the process. */
export interface AvailabilityHub {
  /** Begins to follow stock, now and whenever it comes back. Does not wait for it. */
  start(): void;
  /** Ends the feed and every stream. */
  stop(): void;
  /**
   * A client's stream: a snapshot first, then what is newer. While stock is down the snapshot waits for it.
   * @throws GraphQLError BAD_USER_INPUT for more than 100 variants, or an id that is none.
   */
  subscribe(caller: Caller, request: AvailabilityRequest): AvailabilityStream;
}

export interface AvailabilityHubOptions {
  /** The internal graph of stock. */
  readonly stock: GraphClient;
  /** The service that asks. */
  readonly service: string;
  readonly channel: string;
  readonly logger: Logger;
  /** Pauses between attempts. */
  readonly backoff?: BackoffOptions;
}

/** Makes the hub: one `availabilityFeed` from stock per process, shared by all its clients. */
export function createAvailabilityHub(options: AvailabilityHubOptions): AvailabilityHub {
  const { stock, service, channel, logger, backoff: pauses = RECONNECT } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const call = { caller: serviceCaller(service), requestId: `availability-${service}`, signal };
  const streams = new Set<AvailabilityStream>();
  const watchers = new Map<string, Set<AvailabilityStream>>();
  const reader = createAvailabilityReader({ stock, channel, call, logger, backoff: pauses });

  const add = (stream: AvailabilityStream) => {
    streams.add(stream);
    for (const variantId of stream.variantIds) {
      const watching = watchers.get(variantId);
      if (watching) watching.add(stream);
      else watchers.set(variantId, new Set([stream]));
    }
  };
  const remove = (stream: AvailabilityStream) => {
    reader.forget(stream);
    streams.delete(stream);
    for (const variantId of stream.variantIds) {
      const watching = watchers.get(variantId);
      watching?.delete(stream);
      if (watching?.size === 0) watchers.delete(variantId);
    }
  };
  const soon = createSlices();
  const presenters = new Map<Role, AvailabilityPresenter>();
  const presenterFor = ({ role }: Caller): AvailabilityPresenter => {
    const presenter = presenters.get(role) ?? createAvailabilityPresenter(role);
    presenters.set(role, presenter);
    return presenter;
  };
  const readAll = () => streams.forEach((stream) => reader.want(stream));

  const backoff = createBackoff(pauses);
  /** Follows one connection to its end. @returns whether it was established. */
  const follow = async (): Promise<boolean> => {
    let established = false;
    let events: AsyncIterator<GraphResult<FeedEvent>> | undefined;
    // Not awaited: a generator that waits for its next event answers `return` only behind it.
    const end = () => void events?.return?.();
    signal.addEventListener('abort', end, { once: true });
    try {
      events = stock
        .subscribe<FeedEvent>({ query: AVAILABILITY_FEED, variables: { channel } }, call)
        [Symbol.asyncIterator]();
      for (let event = await events.next(); !event.done && !signal.aborted; event = await events.next()) {
        const { resync, variants } = feedOf(event.value);
        if (!established || resync) {
          // Changes may have been lost until here; what is read from now on cannot miss one.
          readAll();
          reader.hurry();
        }
        if (!established) {
          established = true;
          backoff.reset();
          logger.info({ channel }, 'the availability feed is established');
        }
        for (const variant of variants) watchers.get(variant.variantId)?.forEach((stream) => stream.offer(variant));
      }
    } catch (error) {
      logger.debug({ err: error }, 'the availability feed broke off');
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
    return established;
  };
  const followForEver = async () => {
    let told = false;
    while (!signal.aborted) {
      if (await follow()) told = false;
      if (signal.aborted) return;
      // One line for an outage, however long it lasts.
      if (!told) logger.warn({ channel }, 'the availability feed is down; trying again until it is back');
      told = true;
      await pause(backoff.next(), signal);
    }
  };

  return {
    start: () => void followForEver(),
    stop() {
      stopping.abort();
      for (const stream of [...streams]) void stream.return();
    },
    subscribe(caller, request) {
      const variantIds = checked(request);
      const stream = createAvailabilityStream({
        variantIds,
        present: presenterFor(caller),
        soon,
        onEnd: remove,
      });
      add(stream);
      reader.want(stream);
      return stream;
    },
  };
}

function feedOf(event: GraphResult<FeedEvent>): FeedEvent['availabilityFeed'] {
  if (event.data) return event.data.availabilityFeed;
  throw forwardedError(event.errors?.[0] ?? { message: 'The feed sent an event without data.' });
}

/** The distinct ids, written as stock writes them. */
function checked({ variantIds, since }: AvailabilityRequest): string[] {
  boundedList(variantIds, VARIANTS_PER_SUBSCRIPTION, ['variantIds']);
  boundedList(since ?? [], VARIANTS_PER_SUBSCRIPTION, ['since']);
  const wrong = variantIds.find((id) => !isId(id));
  if (wrong !== undefined) throw badInput(`"${wrong.slice(0, 40)}" is not the id of a variant.`, ['variantIds']);
  return [...new Set(variantIds.map((id) => id.toLowerCase()))];
}
