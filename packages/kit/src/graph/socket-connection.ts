import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { frameOf } from './shared-payload.ts';

/** Proxies close what is silent for longer. */
const PING_MS = 12_000;
/** Connections are looked at once a second: between two pings lie 11.5 to 12.5 seconds. */
const PING_DUE_MS = PING_MS - 500;
const MAX_BUFFER_BYTES = 1024 * 1024;
const SLOW_CHECKS = 5;
const TRY_AGAIN_LATER = 1013;

/** What graphql-ws hands back with each of its hooks. */
export interface ConnectionExtra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/**
 * A socket of `ws` for the protocol of graphql-ws. Does what `graphql-ws/use/ws` does, but for two things: one clock for all connections keeps
 * them alive, and what many subscribers are told is neither written as JSON nor framed piece by piece for each of them.
 */
export class SocketConnection {
  readonly #socket: WebSocket;
  #pingedAt: number;
  #awaitsPong = false;
  #slowChecks = 0;

  /** @param now in milliseconds of the clock that `check` is told. */
  constructor(socket: WebSocket, now: number) {
    this.#socket = socket;
    // Those who come in together, as after a restart, would be pinged together ever after, and hold up what the others are told.
    this.#pingedAt = now - Math.random() * PING_MS;
  }

  /** @param onFault is told what a handler of a message threw; the socket is closed with 4500. */
  serve(protocol: Server<ConnectionExtra>, request: IncomingMessage, onFault: (error: unknown) => void): void {
    const socket = this.#socket;
    const fail = () => socket.close(CloseCode.InternalServerError, 'Internal server error');
    socket.on('pong', () => (this.#awaitsPong = false));
    socket.on('error', () => {
      fail();
      socket.terminate();
    });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send(message) {
          const frame = frameOf(message);
          return new Promise((resolve, reject) => {
            // graphql-ws asks a subscription for its next event only when the system has taken this one.
            const done = (error?: Error | null) => (error ? reject(error) : resolve());
            if (socket.readyState !== socket.OPEN) resolve();
            // Without compression `ws` keeps nothing back, so that frames stand in the order in which they were written, by whomever.
            else if (frame) request.socket.write(frame, done);
            else socket.send(message, done);
          });
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          socket.on('message', (message) => {
            handle((message as Buffer).toString()).catch((error: unknown) => {
              onFault(error);
              fail();
            });
          });
        },
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => void closed(code, String(reason)));
  }

  /** To be called once a second: pings it, ends it when the last ping was not answered, and cuts off a client that does not read what was sent. */
  check(now: number): void {
    const socket = this.#socket;
    this.#slowChecks = socket.bufferedAmount > MAX_BUFFER_BYTES ? this.#slowChecks + 1 : 0;
    if (this.#slowChecks >= SLOW_CHECKS) socket.close(TRY_AGAIN_LATER, 'reading too slowly');
    if (now - this.#pingedAt < PING_DUE_MS) return;
    this.#pingedAt = now;
    if (this.#awaitsPong) return socket.terminate();
    if (socket.readyState !== socket.OPEN) return;
    this.#awaitsPong = true;
    socket.ping();
  }
}
