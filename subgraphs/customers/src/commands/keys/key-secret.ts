import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { hashSecret } from './hash-secret.ts';

export const KEY_MODES = ['test', 'live'] as const;
/** Whether keys are for trying things out or for business: a process takes those of one mode alone. */
export type KeyMode = (typeof KEY_MODES)[number];

/** `sk` for keys of staff and integrations, `dk` for keys of devices. */
export type KeyKind = 'sk' | 'dk';

const RANDOM_BYTES = 32;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 43;
const CHECK_LENGTH = 6;
const LOOKS_LIKE_KEY = /^(sk|dk)_/;
const KEY = /^(sk|dk)_(test|live)_[0-9A-Za-z]{49}$/;

/** Digits and letters alone: a double click takes all of a key, and so does a scanner for leaked secrets. */
function base62(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; text.length < length; rest /= 62n) text = ALPHABET[Number(rest % 62n)]! + text;
  return text;
}

/** CRC-32 of what stands before, as GitHub's tokens have it: it protects nothing, it tells typos and scanners from keys without a query. */
const checkOf = (text: string): string => base62(BigInt(crc32(text)), CHECK_LENGTH);

/** A secret for the one time that it is shown, and what is kept of it. */
export interface NewSecret {
  readonly secret: string;
  readonly secretHash: string;
  readonly prefix: string;
  readonly lastFour: string;
}

/** Makes a secret of 32 random bytes behind a prefix that names its kind and mode, with a checksum at its end. */
export function newKeySecret(kind: KeyKind, mode: KeyMode): NewSecret {
  const prefix = prefixOfSecret({ kind, mode });
  const unchecked = prefix + base62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), RANDOM_LENGTH);
  const secret = unchecked + checkOf(unchecked);
  return { secret, secretHash: hashSecret(secret), prefix, lastFour: secret.slice(-4) };
}

/** What the secrets of a kind and a mode begin with, such as `sk_test_`. */
export const prefixOfSecret = ({ kind, mode }: { readonly kind: KeyKind; readonly mode: KeyMode }): string =>
  `${kind}_${mode}_`;

/** What a secret is by its looks: a key, something that only begins like one, or something else (access keys, secrets that were brought). */
export type SecretShape = { readonly kind: KeyKind; readonly mode: KeyMode } | 'malformed' | 'other';

/** Reads the prefix and the checksum of a secret. Nothing of this is secret, so that it need not take equally long. */
export function shapeOfSecret(secret: string): SecretShape {
  if (!LOOKS_LIKE_KEY.test(secret)) return 'other';
  const [, kind, mode] = KEY.exec(secret) ?? [];
  if (!kind || !mode || secret.slice(-CHECK_LENGTH) !== checkOf(secret.slice(0, -CHECK_LENGTH))) return 'malformed';
  return { kind: kind as KeyKind, mode: mode as KeyMode };
}
