import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What a hash costs. */
interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. About 50 ms here. */
const COST: Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Argon2 version 1.3 (RFC 9106). */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

const derive = promisify(argon2);
const digest = (password: string, salt: Uint8Array, cost: Cost, tagLength: number): Promise<Buffer> =>
  derive('argon2id', {
    message: password,
    nonce: salt,
    parallelism: cost.lanes,
    tagLength,
    memory: cost.memoryKiB,
    passes: cost.passes,
  });

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
const phc = ({ memoryKiB, passes, lanes }: Cost, salt: Uint8Array, hash: Uint8Array) =>
  `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`;

/** Hashes a password with a salt of its own, off the main thread. @returns the PHC string, which names what it cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return phc(COST, salt, await digest(password, salt, COST, HASH_BYTES));
}

/** A PHC string that no password fits, to verify against where there is no account: it takes as long. */
export const hashOfNobody = (): string => phc(COST, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

/** Whether a password is the one of a PHC string, at the cost that the string names. @throws Error when the string is not of argon2id. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, memoryKiB, passes, lanes, salt, hash] = PHC.exec(stored) ?? [];
  if (!salt || !hash) throw new Error('A stored password is not a PHC string of argon2id.');
  const expected = Buffer.from(hash, 'base64');
  const cost = { memoryKiB: Number(memoryKiB), passes: Number(passes), lanes: Number(lanes) };
  return timingSafeEqual(await digest(password, Buffer.from(salt, 'base64'), cost, expected.length), expected);
}
