import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';
/** Opcodes of RFC 6455, 5.2. */
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;

/** All sockets of the process read into it, one after the other: a buffer for each would take the machine's memory and time. */
const READ_BUFFER = Buffer.allocUnsafe(64 * 1024);
const NOTHING = Buffer.alloc(0);

export interface LightSocketOptions {
  readonly port: number;
  readonly path: string;
  /** A text message. The bytes are only good until it returns. */
  readonly onText: (bytes: Buffer) => void;
  /** The connection ended, whoever ended it; `reason` is for people. */
  readonly onEnd: (reason: string) => void;
}

/**
 * A WebSocket client that does as little as it can (RFC 6455): thousands of them in one process must not be what a bench measures.
 * It takes unfragmented messages, which is what our servers send, and answers pings.
 */
export class LightSocket {
  readonly #socket: Socket;
  readonly #options: LightSocketOptions;
  #rest: Buffer = NOTHING;
  #opened = false;
  #onOpen: () => void = () => undefined;

  /** Connects. Resolves when the server has agreed to the protocol. */
  static async open(options: LightSocketOptions): Promise<LightSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new LightSocket({
      ...options,
      onEnd(reason) {
        reject(new Error(reason));
        options.onEnd(reason);
      },
    });
    socket.#onOpen = resolve;
    await promise;
    return socket;
  }

  private constructor(options: LightSocketOptions) {
    this.#options = options;
    this.#socket = connect({
      host: '127.0.0.1',
      port: options.port,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length, bytes) => {
          this.#read(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.once('error', (error) => options.onEnd(error.message));
    this.#socket.once('close', () => options.onEnd('the connection closed'));
    this.#socket.write(
      [
        `GET ${options.path} HTTP/1.1`,
        `Host: 127.0.0.1:${options.port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Protocol: graphql-transport-ws',
        END_OF_HEAD,
      ]
        .join('\r\n')
        .replace(`\r\n${END_OF_HEAD}`, END_OF_HEAD),
    );
  }

  send(message: object): void {
    this.#write(TEXT, Buffer.from(JSON.stringify(message)));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** A mask of zeros is a mask (5.3): it leaves the payload as it is. */
  #write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const head = Buffer.alloc(length < TWO_BYTES ? 6 : 8);
    head[0] = FINAL | opcode;
    head[1] = MASKED | (length < TWO_BYTES ? length : TWO_BYTES);
    if (length >= TWO_BYTES) head.writeUInt16BE(length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(bytes: Buffer): void {
    let unread = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#opened) {
      const end = unread.indexOf(END_OF_HEAD);
      if (end >= 0) {
        const head = unread.toString('latin1', 0, end);
        if (!head.startsWith('HTTP/1.1 101')) return void this.#socket.destroy(new Error(head.split('\r\n')[0]));
        unread = unread.subarray(end + END_OF_HEAD.length);
        this.#opened = true;
        this.#onOpen();
      }
    }
    let at = 0;
    while (this.#opened && unread.length - at >= 2) {
      const short = unread[at + 1]!;
      const headLength = short === EIGHT_BYTES ? 10 : short === TWO_BYTES ? 4 : 2;
      if (unread.length - at < headLength) break;
      const length =
        short === EIGHT_BYTES
          ? Number(unread.readBigUInt64BE(at + 2))
          : short === TWO_BYTES
            ? unread.readUInt16BE(at + 2)
            : short;
      const end = at + headLength + length;
      if (unread.length < end) break;
      this.#take(unread[at]! & 0x0f, unread.subarray(at + headLength, end));
      at = end;
    }
    // The buffer is overwritten by the next read of any socket.
    this.#rest = at === unread.length ? NOTHING : Buffer.from(unread.subarray(at));
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) this.#options.onText(payload);
    else if (opcode === PING) this.#write(PONG, payload);
    else if (opcode === CLOSE)
      this.#options.onEnd(`closed with ${payload.length >= 2 ? payload.readUInt16BE(0) : 'no code'}`);
  }
}
