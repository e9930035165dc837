import type { GraphResult } from './graph.ts';

/** Where the events of a subscription come from, or its only answer. */
export type ResponseSource =
  | { readonly only: GraphResult }
  | {
      readonly events: AsyncIterator<unknown>;
      /** The response to an event (GraphQL 6.2.3.2). */
      readonly respond: (event: unknown) => GraphResult | Promise<GraphResult>;
      /** Called once, at the end of the subscription. */
      readonly end: () => void;
    };

type Source = Extract<ResponseSource, { readonly events: unknown }>;
type Step = IteratorResult<GraphResult, undefined>;

const DONE = { done: true, value: undefined } as const;

/**
 * The responses of a subscription: opened by the first `next()`, ended at once by `return()` and by the signal, also while `next()` waits.
 * It is no generator, because thousands of them are told the same event: each would cost several turns more, and could not be ended while
 * it waits. Ask for one event at a time.
 */
export function createResponseStream(
  open: () => Promise<ResponseSource>,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<GraphResult, undefined> {
  return new ResponseStream(open, signal);
}

class ResponseStream implements AsyncIterableIterator<GraphResult, undefined> {
  #open: (() => Promise<ResponseSource>) | undefined;
  readonly #signal: AbortSignal | undefined;
  #source: Source | undefined;
  #ended = false;

  constructor(open: () => Promise<ResponseSource>, signal: AbortSignal | undefined) {
    this.#open = open;
    this.#signal = signal;
  }

  next(): Promise<Step> {
    if (this.#ended) return Promise.resolve(DONE);
    return this.#source ? this.#nextOf(this.#source) : this.#first();
  }

  async return(): Promise<Step> {
    this.#end();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An `AbortSignal` tells it, too. */
  handleEvent(): void {
    this.#end();
  }

  async #first(): Promise<Step> {
    const open = this.#open;
    if (!open) return DONE;
    this.#open = undefined;
    let opened: ResponseSource;
    try {
      opened = await open();
    } catch (error) {
      this.#end();
      throw error;
    }
    if ('only' in opened) {
      if (this.#ended) return DONE;
      this.#end();
      return { done: false, value: opened.only };
    }
    if (this.#ended || this.#signal?.aborted) {
      this.#ended = true;
      endOf(opened);
      return DONE;
    }
    this.#source = opened;
    this.#signal?.addEventListener('abort', this, { once: true });
    return this.#nextOf(opened);
  }

  #nextOf(source: Source): Promise<Step> {
    return source.events.next().then(this.#answer, this.#fail);
  }

  readonly #answer = ({ done, value }: IteratorResult<unknown, unknown>): Step | Promise<Step> => {
    if (done || this.#ended) {
      this.#end();
      return DONE;
    }
    const response = this.#source!.respond(value);
    if (!(response instanceof Promise)) return { done: false, value: response };
    return response.then((each): Step => (this.#ended ? DONE : { done: false, value: each }), this.#fail);
  };

  readonly #fail = (error: unknown): Step => {
    // What breaks off because it was ended is no fault.
    if (this.#ended) return DONE;
    this.#end();
    throw error;
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#source) return;
    this.#signal?.removeEventListener('abort', this);
    endOf(this.#source);
  }
}

function endOf({ events, end }: Source): void {
  end();
  // Not awaited: a generator that waits for its next event answers `return` only behind it.
  events.return?.()?.then(undefined, () => undefined);
}
