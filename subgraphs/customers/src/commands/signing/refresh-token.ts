import { timingSafeEqual } from 'node:crypto';
import { bytesOfId, idOfBytes } from '../../sealing/id-bytes.ts';
import type { Sealing } from '../../sealing/sealing.ts';

/** So that a refresh token is told from other secrets where one turns up. */
const PREFIX = 'rt_';
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const MAC_BYTES = 32;
const LENGTH = PREFIX.length + Math.ceil(((ID_BYTES + GENERATION_BYTES + MAC_BYTES) * 4) / 3);

/** Which token of which session. */
export interface RefreshTokenParts {
  readonly sessionId: string;
  /** How many tokens of the session came before. */
  readonly generation: number;
}

/** The refresh token of a generation. It follows from the secret, so that nothing of it is kept, and every one before is known again. */
export async function refreshTokenOf(sealing: Sealing, { sessionId, generation }: RefreshTokenParts): Promise<string> {
  const body = Buffer.alloc(ID_BYTES + GENERATION_BYTES);
  body.set(bytesOfId(sessionId));
  body.writeUInt32BE(generation, ID_BYTES);
  return PREFIX + Buffer.concat([body, await sealing.mac('refresh-token', body)]).toString('base64url');
}

/** What a refresh token says; null when we did not make it. */
export async function readRefreshToken(sealing: Sealing, token: string): Promise<RefreshTokenParts | null> {
  if (token.length !== LENGTH || !token.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (bytes.length !== ID_BYTES + GENERATION_BYTES + MAC_BYTES) return null;
  const body = bytes.subarray(0, ID_BYTES + GENERATION_BYTES);
  if (!timingSafeEqual(bytes.subarray(body.length), await sealing.mac('refresh-token', body))) return null;
  return { sessionId: idOfBytes(body.subarray(0, ID_BYTES)), generation: body.readUInt32BE(ID_BYTES) };
}
