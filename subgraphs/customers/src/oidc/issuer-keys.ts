import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { fetchDocument } from './fetch-document.ts';
import type { OidcIssuer } from './oidc-issuers.ts';
import { isLoopbackHost, type Reach } from './reachable-addresses.ts';

const TIMEOUT_MS = 5_000;
/** An issuer that did not answer is left alone for so long: each who signs in would wait for it, and it would not get well from it. */
const FAILURE_REMEMBERED_MS = 5_000;
/** How often an unknown key id may lead to another look at the keys. */
const KEY_COOLDOWN_MS = 30_000;
const KEYS_KNOWN_MS = 10 * 60_000;

/** The keys of an issuer cannot be had now. */
export class IssuerUnavailable extends Error {
  override name = 'IssuerUnavailable';
}

export interface IssuerKeysOptions {
  readonly timeoutMs?: number | undefined;
  readonly keyCooldownMs?: number | undefined;
  readonly failureRememberedMs?: number | undefined;
}

/** OpenID Connect Discovery 1.0, 3. */
const discovery = z.object({ issuer: z.string(), jwks_uri: z.url().max(2_000) });

/**
 * The public keys of an issuer, found by discovery (once) unless the configuration names them, remembered for ten minutes, and looked at
 * again for a key id that is not among them, at most every 30 seconds. However many ask at once, one request is on its way.
 * @returns what `jwtVerify` takes. It throws IssuerUnavailable when there are no keys to be had, a JOSEError when none fits.
 */
export function createIssuerKeys(issuer: OidcIssuer, options: IssuerKeysOptions = {}): JWTVerifyGetKey {
  const {
    timeoutMs = TIMEOUT_MS,
    keyCooldownMs = KEY_COOLDOWN_MS,
    failureRememberedMs = FAILURE_REMEMBERED_MS,
  } = options;
  const reach: Reach = {
    loopback: isLoopbackHost(new URL(issuer.issuer).hostname),
    private: issuer.allowPrivateAddresses,
  };
  let failedAt = -Infinity;
  let finding: Promise<JWTVerifyGetKey> | undefined;

  const find = async (): Promise<JWTVerifyGetKey> => {
    const uri = issuer.jwksUri ?? (await discover(issuer.issuer, { reach, signal: AbortSignal.timeout(timeoutMs) }));
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: timeoutMs,
      cooldownDuration: keyCooldownMs,
      cacheMaxAge: KEYS_KNOWN_MS,
      [customFetch]: async (url, { signal }) => new Response(await fetchDocument(url, { reach, signal })),
    });
  };

  return async (header, token) => {
    if (performance.now() - failedAt < failureRememberedMs) throw new IssuerUnavailable('It did not answer just now.');
    try {
      finding ??= find();
      return await (
        await finding
      )(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      failedAt = performance.now();
      finding = undefined;
      throw new IssuerUnavailable('Its keys cannot be fetched.', { cause: error });
    }
  };
}

/** Faults of the token rather than of the issuer: no key fits it, or it does not say which of several. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

async function discover(issuer: string, request: Parameters<typeof fetchDocument>[1]): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = discovery.parse(JSON.parse(await fetchDocument(address, request)));
  if (found.issuer !== issuer) throw new Error('The discovery document is of another issuer.');
  return found.jwks_uri;
}
