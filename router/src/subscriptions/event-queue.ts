/** Events that wait for one reader. */
export interface EventQueue<Event> extends AsyncIterableIterator<Event, undefined> {
  /** @returns false when there is no room: the event was not taken. One that is closed takes everything, and drops it. */
  push(event: Event): boolean;
  /** Takes no more events; those that wait are still read, and after them `last`, for which there is room in any case. */
  end(last?: Event): void;
  /** As `end`; the reader is given the error after the events that wait. */
  fail(error: unknown): void;
  /** Drops the events that wait. */
  clear(): void;
  /** The reader leaves: what waits is dropped, and a `next` that is under way is done at once. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * A queue between a source that does not wait and a reader that may be slow.
 * Unlike a generator it ends at once: the `return` of a generator waits until the `next` that is under way has an event.
 * @param most events that wait at the same time.
 */
export function createEventQueue<Event>(most: number): EventQueue<Event> {
  let waiting: Event[] = [];
  let readers: PromiseWithResolvers<IteratorResult<Event, undefined>>[] = [];
  let closed = false;
  let failure: { readonly error: unknown } | null = null;

  /** Nobody reads while events wait, so that there is one or the other. */
  const close = () => {
    closed = true;
    const left = readers;
    readers = [];
    for (const reader of left) answer(reader);
  };
  const answer = (reader: PromiseWithResolvers<IteratorResult<Event, undefined>>) => {
    if (!failure) return reader.resolve(DONE);
    reader.reject(failure.error);
    failure = null;
  };

  return {
    push(event) {
      if (closed) return true;
      const reader = readers.shift();
      if (reader) reader.resolve({ done: false, value: event });
      else if (waiting.length < most) waiting.push(event);
      else return false;
      return true;
    },
    end(last) {
      if (closed) return;
      if (last !== undefined) {
        const reader = readers.shift();
        if (reader) reader.resolve({ done: false, value: last });
        else waiting.push(last);
      }
      close();
    },
    fail(error) {
      if (closed) return;
      failure = { error };
      close();
    },
    clear() {
      waiting = [];
    },
    next() {
      if (waiting.length > 0) return Promise.resolve({ done: false, value: waiting.shift()! });
      const reader = Promise.withResolvers<IteratorResult<Event, undefined>>();
      if (closed) answer(reader);
      else readers.push(reader);
      return reader.promise;
    },
    return() {
      waiting = [];
      failure = null;
      close();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
