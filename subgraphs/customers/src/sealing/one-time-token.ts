import { timingSafeEqual } from 'node:crypto';
import { bytesOfId, idOfBytes } from './id-bytes.ts';
import type { Sealing } from './sealing.ts';

const PREFIX = 'ot_';
const ID_BYTES = 16;
const MAC_BYTES = 32;
const LENGTH = PREFIX.length + Math.ceil(((ID_BYTES + MAC_BYTES) * 4) / 3);

/** What a token is for, and which it is. */
export interface OneTimeTokenParts {
  readonly purpose: string;
  readonly tokenId: string;
}

const macOf = (sealing: Sealing, purpose: string, id: Uint8Array) =>
  sealing.mac('one-time-token', Buffer.concat([id, Buffer.from(purpose)]));

/** The text of a token: its id, authenticated for one purpose. It follows from the secret and stands in the mail alone. */
export async function oneTimeTokenOf(sealing: Sealing, { purpose, tokenId }: OneTimeTokenParts): Promise<string> {
  const id = bytesOfId(tokenId);
  return PREFIX + Buffer.concat([id, await macOf(sealing, purpose, id)]).toString('base64url');
}

/** The id of a token of a purpose; null when we did not make it, or for something else. */
export async function readOneTimeToken(
  sealing: Sealing,
  { purpose, token }: { readonly purpose: string; readonly token: string },
): Promise<string | null> {
  if (token.length !== LENGTH || !token.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (bytes.length !== ID_BYTES + MAC_BYTES) return null;
  const id = bytes.subarray(0, ID_BYTES);
  return timingSafeEqual(bytes.subarray(ID_BYTES), await macOf(sealing, purpose, id)) ? idOfBytes(id) : null;
}

/** An id that stands for an address: tokens about it are found by it, and nobody without the secret learns the address of it. */
export async function subjectOfAddress(sealing: Sealing, address: string): Promise<string> {
  const mac = await sealing.mac('one-time-subject', Buffer.from(address));
  // Version 8 (RFC 9562, 5.8): bits of our own making.
  mac[6] = (mac[6]! & 0x0f) | 0x80;
  mac[8] = (mac[8]! & 0x3f) | 0x80;
  return idOfBytes(mac.subarray(0, ID_BYTES));
}
