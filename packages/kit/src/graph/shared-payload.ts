import type { GraphResult } from './graph.ts';
import { SharedResult } from './shared-result.ts';

/** Stands for a payload while graphql-ws writes the rest of the message. A payload of its own is an object, never a number. */
const PLACEHOLDER = '0';
const END = `"type":"next","payload":${PLACEHOLDER}}`;
const TAIL_LENGTH = `${PLACEHOLDER}}`.length;

/** A final, unmasked text frame (RFC 6455, 5.2). */
const FINAL_TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const CLOSING_BRACE = 0x7d;

/** Whose JSON was asked for last, until the message around it is complete. */
let asked: SharedResult | undefined;

/**
 * graphql-ws writes a message as JSON for each subscriber. Of a shared result it writes a placeholder, and `frameOf` puts the bytes in its
 * place that were made once. Between the two there is no turn: graphql-ws gives the text to the socket in the statement in which it makes it.
 */
class SharedPayload {
  readonly #result: SharedResult;
  constructor(result: SharedResult) {
    this.#result = result;
  }
  toJSON(): number {
    asked = this.#result;
    return Number(PLACEHOLDER);
  }
}

/** What graphql-ws is given to write as the payload of a `next` message. */
export const payloadOf = (result: GraphResult): object =>
  result instanceof SharedResult ? new SharedPayload(result) : result;

/**
 * The WebSocket frame of a message that graphql-ws has written around a shared result.
 * @returns undefined for any other message: it is complete.
 */
export function frameOf(message: string): Buffer | undefined {
  if (asked === undefined) return undefined;
  const { bytes } = asked;
  asked = undefined;
  if (!message.endsWith(END)) return undefined;
  const start = message.slice(0, -TAIL_LENGTH);
  const startLength = Buffer.byteLength(start);
  const length = startLength + bytes.length + 1;
  const headLength = length < TWO_BYTES ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = FINAL_TEXT;
  if (headLength === 2) frame[1] = length;
  else if (headLength === 4) {
    frame[1] = TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = EIGHT_BYTES;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame.write(start, headLength);
  bytes.copy(frame, headLength + startLength);
  frame[headLength + length - 1] = CLOSING_BRACE;
  return frame;
}
