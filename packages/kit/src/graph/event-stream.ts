import type { ServerResponse } from 'node:http';
import type { GraphResult } from './graph.ts';
import { textOf } from './shared-result.ts';

/** As the protocol of graphql-sse and as the sockets: proxies close what is silent for longer. */
const PING_MS = 12_000;
const MAX_BUFFER_BYTES = 1024 * 1024;
const SLOW_CHECKS = 5;
/** A comment, which clients skip. */
const PING = ':\n\n';
/** The empty data are for `EventSource`, which tells nobody of an event without. */
const COMPLETE = 'event: complete\ndata: \n\n';

/**
 * One HTTP response as a stream of server-sent events (HTML, section 9.2.6), with the events of graphql-sse in its "distinct connections
 * mode": `next` with a GraphQL response, then `complete`. It ends without `complete` when the client ought to come back.
 */
export class EventStream {
  readonly #raw: ServerResponse;
  #wroteAt: number;
  #slowChecks = 0;

  /**
   * Answers with the head of a stream, and keeps the headers that were set before.
   * @param now in milliseconds of the clock that `check` is told.
   */
  constructor(raw: ServerResponse, headers: Record<string, string | string[] | number | undefined>, now: number) {
    this.#raw = raw;
    this.#wroteAt = now;
    raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      // Whoever compresses or collects it holds events back.
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    // Some browsers take no head alone for an answer.
    raw.write(PING);
  }

  get isOpen(): boolean {
    return !this.#raw.writableEnded && !this.#raw.destroyed;
  }

  /** Sends a result. Resolves when the client has room for more, or is gone. */
  async next(result: GraphResult, now: number): Promise<void> {
    if (!this.isOpen) return;
    this.#wroteAt = now;
    if (this.#raw.write(`event: next\ndata: ${textOf(result)}\n\n`)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#raw.off('drain', done);
        this.#raw.off('close', done);
        resolve();
      };
      this.#raw.once('drain', done);
      this.#raw.once('close', done);
    });
  }

  /** Ends it: the client has all that there is. */
  complete(): void {
    if (this.isOpen) this.#raw.end(COMPLETE);
  }

  /** Ends it so that the client comes back. */
  breakOff(): void {
    if (this.isOpen) this.#raw.end();
  }

  /** To be called once a second: keeps a silent stream alive, and cuts off a client that does not read what was sent. */
  check(now: number): void {
    const waiting = this.#raw.writableLength;
    this.#slowChecks = waiting > MAX_BUFFER_BYTES ? this.#slowChecks + 1 : 0;
    if (this.#slowChecks >= SLOW_CHECKS) this.#raw.destroy();
    else if (waiting === 0 && now - this.#wroteAt >= PING_MS && this.isOpen) {
      this.#wroteAt = now;
      this.#raw.write(PING);
    }
  }
}
