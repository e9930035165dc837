import type { GraphEndpoint } from './endpoint.ts';
import type { Call, GraphRequest, GraphResult } from './graph.ts';

type Endpoint = Pick<GraphEndpoint, 'execute' | 'subscribe' | 'formatError'>;
type Step = IteratorResult<GraphResult, undefined>;

const DONE = { done: true, value: undefined } as const;

/** The result of a query or mutation. A fault of ours is that operation's error, too. */
export async function executeOperation(endpoint: Endpoint, request: GraphRequest, call: Call): Promise<GraphResult> {
  try {
    return await endpoint.execute(request, call);
  } catch (error) {
    return { errors: [endpoint.formatError(error, call.requestId)] };
  }
}

/**
 * A subscription whose end reaches its source at once. A generator alone would not: its `return` waits until the `next` that
 * is under way has an event, and a quiet source may never have one. A subscription that broke off ends with its error as the last event, so
 * that every client shows it. Ask for one event at a time.
 */
export function subscribeUntilReturn(
  endpoint: Endpoint,
  request: GraphRequest,
  call: Call,
): AsyncGenerator<GraphResult, undefined> {
  return new OperationEvents(endpoint, request, call);
}

/** No generator, because each of thousands of subscribers would pay for its turns at every event. */
class OperationEvents implements AsyncGenerator<GraphResult, undefined> {
  readonly #endpoint: Endpoint;
  readonly #request: GraphRequest;
  readonly #call: Call;
  readonly #controller = new AbortController();
  #events: AsyncIterator<GraphResult> | undefined;
  #over = false;

  constructor(endpoint: Endpoint, request: GraphRequest, call: Call) {
    this.#endpoint = endpoint;
    this.#request = request;
    this.#call = call;
  }

  next(): Promise<Step> {
    if (this.#over) return Promise.resolve(DONE);
    try {
      this.#events ??= this.#endpoint
        .subscribe(this.#request, { ...this.#call, signal: this.#controller.signal })
        [Symbol.asyncIterator]();
      return this.#events.next().then(this.#take, this.#fail);
    } catch (error) {
      return Promise.resolve(this.#fail(error));
    }
  }

  async return(): Promise<Step> {
    this.#over = true;
    this.#controller.abort();
    await this.#events?.return?.();
    return DONE;
  }

  async throw(error: unknown): Promise<Step> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #take = (step: IteratorResult<GraphResult, unknown>): Step => {
    if (!step.done && !this.#over) return step;
    this.#over = true;
    return DONE;
  };

  readonly #fail = (error: unknown): Step => {
    // What breaks off because it was ended is no fault.
    if (this.#over) return DONE;
    this.#over = true;
    return { done: false, value: { errors: [this.#endpoint.formatError(error, this.#call.requestId)] } };
  };
}
