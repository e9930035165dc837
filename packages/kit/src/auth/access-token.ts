import { hash } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { requestFault } from '../errors.ts';
import type { AccessTokenKey, AccessTokenKeys } from './access-token-keys.ts';
import type { Caller } from './caller.ts';

const ISSUER = 'kontor';
const ALGORITHM = 'EdDSA';
/** RFC 9068, 2.1: what tells an access token from every other JSON Web Token. */
const TYPE = 'at+jwt';
const AUDIENCE = /^kontor:([a-z0-9-]{2,32})$/;
/** Clocks of services differ. The end is not stretched: it is when sockets are closed, too. */
const TOLERANCE_S = 5;
const LONGEST_LIFE_S = 15 * 60;
const TOKENS = 10_000;

/** A JSON Web Token in compact form (RFC 7515, 7.1), signed or not. Keys have no dots. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const text = z.string().min(1).max(200);
const claimsShape = z.object({
  aud: z.string().regex(AUDIENCE),
  sub: text,
  sid: text,
  // With milliseconds, where whoever signs tells them (RFC 7519, section 2: NumericDate).
  iat: z.number().nonnegative(),
  exp: z.int().nonnegative(),
  role: z.enum(['customer', 'device', 'staff', 'integration']),
  scopes: z.array(text).max(200),
  customerId: text.optional(),
  companyId: text.optional(),
  companyRole: z.enum(['BUYER', 'APPROVER', 'ADMIN']).optional(),
  companyLocationId: text.optional(),
  groups: z.array(text).max(50).optional(),
  staffId: text.optional(),
  deviceId: text.optional(),
  locationId: text.optional(),
});

/** What an access token says, once it is verified. */
export interface AccessToken {
  /** Frozen, and the same object as long as the token is remembered. `credentialId` is the session. */
  readonly caller: Caller & { readonly channel: string; readonly credentialId: string; readonly expiresAt: number };
  /** In epoch milliseconds; the second at least. */
  readonly issuedAt: number;
}

/** Verifies access tokens. */
export interface AccessTokens {
  /** A token that was verified before and is still good, without waiting; undefined when it has to be verified. */
  remembered(token: string): AccessToken | undefined;
  /** @throws GraphQLError UNAUTHENTICATED, or SERVICE_UNAVAILABLE when the keys are not known. */
  verify(token: string): Promise<AccessToken>;
}

/** Whether a credential is a JSON Web Token, whatever it is worth. */
export const isJsonWebToken = (credential: string): boolean => COMPACT.test(credential);

/** Whether a token says of itself that it is an access token, unverified. */
export function claimsToBeAccessToken(token: string): boolean {
  const { typ } = headerOf(token);
  return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === TYPE;
}

/**
 * Verifies access tokens that customers signed: with EdDSA by a key that customers names, of the type of RFC 9068, for a channel, 15 minutes long
 * at most. A token that was verified is remembered by its SHA-256 until it ends or its key is no longer named; 10,000 of them at most.
 */
export function createAccessTokens(keys: AccessTokenKeys, clock: Clock): AccessTokens {
  const verified = new LRUCache<string, { readonly token: AccessToken; readonly key: AccessTokenKey }>({ max: TOKENS });

  return {
    remembered(token) {
      const digest = digestOf(token);
      const found = verified.get(digest);
      if (!found) return undefined;
      const { expiresAt } = found.token.caller;
      if (expiresAt > clock.now().getTime() && keys.known(found.key.jwk.kid) === found.key) return found.token;
      verified.delete(digest);
      return undefined;
    },
    async verify(token) {
      const { kid, alg } = headerOf(token);
      if (typeof kid !== 'string' || alg !== ALGORITHM || !claimsToBeAccessToken(token)) throw invalid();
      const key = keys.known(kid) ?? (await keys.find(kid));
      if (!key) throw invalid();
      const made = await verifiedWith(key.verifier, token, clock.now());
      verified.set(digestOf(token), { token: made, key });
      return made;
    },
  };
}

const digestOf = (token: string): string => hash('sha256', token, 'base64');

/** Nothing of it is verified: what is no header is empty. */
function headerOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return {};
  }
}

/** @throws GraphQLError UNAUTHENTICATED */
async function verifiedWith(verifier: AccessTokenKey['verifier'], token: string, now: Date): Promise<AccessToken> {
  const { payload } = await jwtVerify(token, verifier, {
    algorithms: [ALGORITHM],
    typ: TYPE,
    issuer: ISSUER,
    clockTolerance: TOLERANCE_S,
    currentDate: now,
  }).catch((error: unknown) => {
    throw error instanceof errors.JWTExpired ? ended() : invalid();
  });
  const claims = claimsShape.safeParse(payload);
  if (!claims.success) throw invalid();
  const { aud, sub, sid, iat, exp, scopes, groups = [], ...rest } = claims.data;
  const nowS = now.getTime() / 1000;
  if (exp <= iat || exp - iat > LONGEST_LIFE_S || iat > nowS + TOLERANCE_S) throw invalid();
  if (exp <= nowS) throw ended();
  const caller = {
    ...rest,
    subject: sub,
    channel: AUDIENCE.exec(aud)![1]!,
    scopes: Object.freeze(scopes),
    ...(groups.length > 0 ? { groups: Object.freeze(groups) } : {}),
    credentialId: sid,
    expiresAt: exp * 1000,
  };
  return { caller: Object.freeze(caller) as AccessToken['caller'], issuedAt: Math.round(iat * 1000) };
}

const invalid = () => requestFault('UNAUTHENTICATED', 'This token is not one that is valid here: sign in again.');

const ended = () =>
  requestFault('UNAUTHENTICATED', 'This access token has ended: get a new one with the refresh token.', {
    reason: 'TOKEN_EXPIRED',
  });
