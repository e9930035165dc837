import { importJWK, type CryptoKey as VerifyingKey } from 'jose';
import { requestFault } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Timing } from '../timing.ts';
import type { AskCustomers } from './edge-customers.ts';

const REFRESH_MS = 60_000;
/** Between two questions, whatever is asked for: unknown names of keys are free for everybody to make up. */
const PAUSE_MS = 2_000;
/** So long do known keys go on when customers does not answer. */
const USABLE_MS = 60 * 60_000;
/** One that signs, one that is to come, and those whose tokens have not ended yet. */
const MOST_KEYS = 32;
const MAX_KID_LENGTH = 128;
/** 32 bytes in base64url. */
const ED25519_KEY = /^[\w-]{43}$/;

const SIGNING_KEYS = 'query SigningKeys { signingKeys { kid publicKey } }';

/** A public key as `/.well-known/jwks.json` tells it (RFC 7517, RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** A key that verifies access tokens. The same object as long as customers names the same key. */
export interface AccessTokenKey {
  readonly jwk: PublicKey;
  readonly verifier: VerifyingKey;
}

/** The public keys of access tokens, as customers tells them. */
export interface AccessTokenKeys {
  /** The key of a name, without asking; undefined when it is not known or what is known is too old. */
  known(kid: string): AccessTokenKey | undefined;
  /** The key of a name; asks when it is not known. @returns undefined when there is none. @throws GraphQLError SERVICE_UNAVAILABLE */
  find(kid: string): Promise<AccessTokenKey | undefined>;
  /** All of them; null when they are not known. */
  all(): Promise<readonly PublicKey[] | null>;
}

interface Options {
  readonly ask: AskCustomers;
  readonly logger: Logger;
  readonly timing: Timing;
}

/**
 * Keeps the public keys of access tokens. They are asked for when the first is needed, again in the background when they are used and are older
 * than a minute, and at once for a name that is not known: once in two seconds at most, whoever asks for what, and for all that wait together.
 * A key that customers names no longer verifies nothing from then on. When customers does not answer, the keys go on for an hour.
 */
export function createAccessTokenKeys({ ask, logger, timing }: Options): AccessTokenKeys {
  let keys: ReadonlyMap<string, AccessTokenKey> = new Map();
  let answeredAt = -Infinity;
  let askedAt = -Infinity;
  let isFailing = false;
  let underWay: Promise<void> | undefined;

  const load = async () => {
    try {
      keys = await readKeys(await ask<{ signingKeys?: unknown }>(SIGNING_KEYS), keys);
      answeredAt = timing.now();
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        logger.warn({ err: error }, 'the keys of access tokens cannot be read; those that are known go on for an hour');
      isFailing = true;
    }
  };
  const refresh = (): Promise<void> | undefined => {
    if (underWay) return underWay;
    if (timing.now() - askedAt < PAUSE_MS) return undefined;
    askedAt = timing.now();
    underWay = load().finally(() => (underWay = undefined));
    return underWay;
  };
  const isUsable = () => timing.now() - answeredAt < USABLE_MS;
  const refreshWhenOld = () => {
    if (timing.now() - answeredAt >= REFRESH_MS) void refresh();
  };

  return {
    known(kid) {
      if (!isUsable()) return undefined;
      refreshWhenOld();
      return keys.get(kid);
    },
    async find(kid) {
      if (!isUsable() || !keys.has(kid)) await refresh();
      if (!isUsable()) throw requestFault('SERVICE_UNAVAILABLE', 'Access tokens cannot be checked now.');
      return keys.get(kid);
    },
    async all() {
      if (isUsable()) refreshWhenOld();
      else await refresh();
      return isUsable() ? [...keys.values()].map(({ jwk }) => jwk) : null;
    },
  };
}

/**
 * Reads an answer; entries that are no Ed25519 keys are left out.
 * @param before whose objects stay those of the keys that have not changed.
 * @throws Error when there is no list.
 */
async function readKeys(
  { signingKeys }: { readonly signingKeys?: unknown },
  before: ReadonlyMap<string, AccessTokenKey>,
): Promise<ReadonlyMap<string, AccessTokenKey>> {
  if (!Array.isArray(signingKeys)) throw new Error('customers named no signing keys');
  const read = new Map<string, AccessTokenKey>();
  for (const entry of signingKeys.slice(0, MOST_KEYS) as unknown[]) {
    const jwk = publicKeyOf(entry);
    if (!jwk) continue;
    const known = before.get(jwk.kid);
    const key = known?.jwk.x === jwk.x ? known : await imported(jwk);
    if (key) read.set(jwk.kid, key);
  }
  return read;
}

/** Nothing of what stands beside the public part goes on: it is published. */
function publicKeyOf(entry: unknown): PublicKey | null {
  const { kid, publicKey } = (entry ?? {}) as { readonly kid?: unknown; readonly publicKey?: unknown };
  const { kty, crv, x } = (publicKey ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_LENGTH) return null;
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !ED25519_KEY.test(x)) return null;
  return { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
}

async function imported(jwk: PublicKey): Promise<AccessTokenKey | null> {
  const { kty, crv, x } = jwk;
  const verifier = await importJWK({ kty, crv, x }, 'EdDSA').catch(() => null);
  return verifier && 'algorithm' in verifier ? { jwk, verifier } : null;
}
