import { requestFault } from '@kontor/kit/src/errors.ts';

/** Who is told of the events of a stream. None of the functions may throw; after `end` or `fail` none is called any more. */
export interface Sink<Event> {
  next(event: Event): void;
  end(): void;
  fail(error: unknown): void;
}

/** A stream that somebody wants. */
export interface WantedStream<Event> {
  /** The same key, the same events; null for what is shared with nobody. */
  readonly key: string | null;
  /** Whether one may join when the first events are over. */
  readonly joinLate: boolean;
  /** Opens the stream. It must end when the signal is aborted. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Event>;
}

/** Streams of events that run once for all who want them. */
export interface SharedStreams<Event> {
  /** Streams that are open. */
  readonly size: number;
  /**
   * Joins the stream of that key, or opens it. The last who leaves closes it.
   * @returns how to leave, which may be called more than once.
   * @throws GraphQLError SERVICE_UNAVAILABLE when too many are open.
   */
  join(wanted: WantedStream<Event>, sink: Sink<Event>): () => void;
}

export interface SharedStreamsOptions<Event> {
  /** Streams that may be open at a time. */
  readonly most: number;
  /** Copies an event for each sink but the first, where sinks change what they are given. */
  readonly copy?: (event: Event) => Event;
  /** Told of the number of open streams when it has changed. */
  readonly onSize?: (size: number) => void;
}

interface Stream<Event> {
  readonly key: string | null;
  readonly joinLate: boolean;
  readonly controller: AbortController;
  readonly sinks: Set<Sink<Event>>;
}

/**
 * Shares streams. A source may send first how things are and then what changes, so that whoever came later would never know how things were:
 * a stream is joined until its first event has arrived, and afterwards only where `joinLate` says that its events do not build on each other.
 */
export function createSharedStreams<Event>({
  most,
  copy = (event) => event,
  onSize,
}: SharedStreamsOptions<Event>): SharedStreams<Event> {
  const streams = new Set<Stream<Event>>();
  const joinable = new Map<string, Stream<Event>>();

  const close = (stream: Stream<Event>) => {
    if (!streams.delete(stream)) return;
    seal(stream);
    onSize?.(streams.size);
  };
  /** Another stream of the key may have taken its place. */
  const seal = (stream: Stream<Event>) => {
    if (stream.key !== null && joinable.get(stream.key) === stream) joinable.delete(stream.key);
  };
  const give = (stream: Stream<Event>, event: Event) => {
    if (!stream.joinLate) seal(stream);
    let isFirst = true;
    for (const sink of stream.sinks) {
      try {
        sink.next(isFirst ? event : copy(event));
      } catch (error) {
        // Such as JSON so deep that the stack does not hold it.
        stream.sinks.delete(sink);
        sink.fail(error);
      }
      isFirst = false;
    }
  };
  const run = async (stream: Stream<Event>, open: WantedStream<Event>['open']) => {
    const { sinks, controller } = stream;
    if (controller.signal.aborted) return;
    let last = (sink: Sink<Event>) => sink.end();
    try {
      for await (const event of open(controller.signal)) {
        if (controller.signal.aborted) return;
        give(stream, event);
      }
    } catch (error) {
      last = (sink) => sink.fail(error);
    }
    close(stream);
    const left = [...sinks];
    sinks.clear();
    for (const sink of left) last(sink);
  };

  return {
    get size() {
      return streams.size;
    },
    join({ key, joinLate, open }, sink) {
      let stream = key === null ? undefined : joinable.get(key);
      if (!stream) {
        if (streams.size >= most)
          throw requestFault('SERVICE_UNAVAILABLE', 'Too many subscriptions are open. Subscribe again later.');
        stream = { key, joinLate, controller: new AbortController(), sinks: new Set() };
        streams.add(stream);
        if (key !== null) joinable.set(key, stream);
        onSize?.(streams.size);
        // Not within this call: who joins must know how to leave before anything is told.
        const opened = stream;
        queueMicrotask(() => void run(opened, open));
      }
      const joined = stream;
      joined.sinks.add(sink);
      return () => {
        if (!joined.sinks.delete(sink) || joined.sinks.size > 0) return;
        close(joined);
        joined.controller.abort();
      };
    },
  };
}
