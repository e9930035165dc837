import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { requestFault } from '../errors.ts';
import type { Deadlines, Expiring } from './deadlines.ts';
import type { GraphResult } from './graph.ts';
import { NoAnswerError } from './no-answer.ts';

/** Answers of a proxy that found nobody behind it. */
const BEHIND_IS_DOWN = new Set([502, 503, 504]);
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

/** One HTTP request for a GraphQL response. */
export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string;
  /** Who is asked, for messages. */
  readonly audience: string;
  /** The time for the whole exchange, until the last byte; for the message. `expiresAt` decides. */
  readonly timeoutMs: number;
  readonly expiresAt: number;
  readonly deadlines: Deadlines;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Posts a GraphQL request and reads the response.
 * Rejects with NoAnswerError, with TIMEOUT, or with the signal's reason when it is aborted: then the connection is closed at once.
 */
export function exchange<Data>(options: ExchangeOptions): Promise<GraphResult<Data>> {
  return new Promise((resolve, reject) => {
    const { signal, dispatcher, origin, path, headers, body } = options;
    if (signal?.aborted) return reject(signal.reason as Error);
    const handler = new Exchange(options, resolve as (result: GraphResult) => void, reject);
    // The handler of undici itself, instead of its `request`: no stream, no abort signal and no timer of its own for each call.
    dispatcher.dispatch({ origin, path, method: 'POST', headers, body }, handler);
  });
}

class Exchange implements Dispatcher.DispatchHandler, Expiring {
  readonly expiresAt: number;
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: GraphResult) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #settled = false;

  constructor(options: ExchangeOptions, resolve: (result: GraphResult) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.expiresAt = options.expiresAt;
    options.deadlines.watch(this);
    options.signal?.addEventListener('abort', this);
  }

  /** The signal was aborted. */
  handleEvent() {
    this.#giveUp(this.#options.signal!.reason);
  }

  expire() {
    const { audience, timeoutMs } = this.#options;
    this.#giveUp(requestFault('TIMEOUT', `${audience} did not answer within ${timeoutMs} ms.`));
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    // Given up while it waited for a connection: an error here leaves the connection alone, where an abort would close it.
    if (this.#settled) throw new Error('given up before it was sent');
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders) {
    // 103 and its like come before the answer.
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    const type = headers['content-type'];
    if (typeof type !== 'string' || !JSON_TYPE.test(type)) return this.#giveUp(this.#notGraphQL());
    // Nobody asked for compression, and a small body could become a huge one.
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      return this.#giveUp(this.#unusable('sent its answer compressed, which was not asked for'));
    if (Number(headers['content-length']) > this.#options.maxAnswerBytes) this.#giveUp(this.#tooLarge());
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer) {
    if (this.#settled) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.maxAnswerBytes) return this.#giveUp(this.#tooLarge());
    this.#chunks.push(chunk);
  }

  onResponseEnd() {
    if (this.#settled) return;
    this.#settle();
    const [first] = this.#chunks;
    const text = (this.#chunks.length === 1 ? first! : Buffer.concat(this.#chunks, this.#bytes)).toString();
    let result: unknown;
    try {
      result = JSON.parse(text);
    } catch {
      return this.#reject(this.#notGraphQL());
    }
    if (isGraphResult(result)) this.#resolve(result);
    else this.#reject(this.#notGraphQL());
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error) {
    if (this.#settled) return;
    this.#settle();
    // A request that cannot be sent at all is a mistake of ours, not of the service.
    if ('code' in error && error.code === 'UND_ERR_INVALID_ARG') return this.#reject(error);
    const { audience } = this.#options;
    this.#reject(
      this.#controller
        ? new NoAnswerError('lost', `${audience} cannot be reached: the connection broke off.`)
        : new NoAnswerError('not sent', `${audience} cannot be reached.`),
    );
  }

  #giveUp(error: unknown) {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
    this.#controller?.abort(error as Error);
  }

  #settle() {
    this.#settled = true;
    this.#options.deadlines.forget(this);
    this.#options.signal?.removeEventListener('abort', this);
  }

  #notGraphQL() {
    const { audience } = this.#options;
    return new NoAnswerError(
      BEHIND_IS_DOWN.has(this.#statusCode) ? 'lost' : 'unusable',
      `${audience} answered with HTTP status ${this.#statusCode}, and not with a GraphQL response in JSON.`,
    );
  }

  #tooLarge() {
    return this.#unusable('gave an answer that is too large');
  }

  #unusable(what: string) {
    return new NoAnswerError('unusable', `${this.#options.audience} ${what}.`);
  }
}

/** GraphQL over HTTP: a map with `data`, `errors` or both. Whoever reads it relies on their being a map or null, and a list. */
function isGraphResult(value: unknown): value is GraphResult {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const { data, errors } = value as Record<string, unknown>;
  if (data === undefined && errors === undefined) return false;
  return typeof (data ?? null) === 'object' && !Array.isArray(data) && Array.isArray(errors ?? []);
}
