import { createHash } from 'node:crypto';
import type { Clock } from '@kontor/kit/src/clock.ts';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { createIssuerKeys, IssuerUnavailable, type IssuerKeysOptions } from './issuer-keys.ts';
import type { OidcIssuer } from './oidc-issuers.ts';

const MAX_TOKEN_LENGTH = 16_384;
/** OpenID Connect Core, 2: a subject is at most 255 characters. */
const MAX_SUBJECT_LENGTH = 255;
/** ID tokens are for signing in at once. */
const MAX_AGE_S = 10 * 60;
/** How far the issuer's clock and ours may be apart. */
const TOLERANCE_S = 30;

/** An ID token that holds, and what of it matters. */
export interface VerifiedIdToken {
  readonly kind: 'verified';
  readonly issuer: OidcIssuer;
  readonly subject: string;
  readonly email: string | null;
  /** Whether the issuer says that it has seen the address to be theirs. */
  readonly emailVerified: boolean;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** SHA-256, in hexadecimal, of what is signed: a signature can be written in several ways, what it signs cannot. */
  readonly tokenHash: string;
  /** From when on it is refused for its age. */
  readonly endsAt: Date;
}

export type IdTokenOutcome =
  | VerifiedIdToken
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'unknown-issuer' };

export interface IdTokenRequest {
  readonly issuer: string;
  readonly idToken: string;
  readonly nonce: string | null;
  /** The code of the channel in which somebody signs in. */
  readonly channel: string;
}

export interface IdTokenVerifier {
  /** Whether people of a role sign in by an issuer, in any channel. */
  isIssuerOf(issuer: string, role: OidcIssuer['role']): boolean;
  /** Whether an ID token is one of a configured issuer, for us, of now (OpenID Connect Core, 3.1.3.7). Whether it was used is not asked here. */
  verify(request: IdTokenRequest): Promise<IdTokenOutcome>;
}

/** Verifies ID tokens of configured issuers. */
export function createIdTokenVerifier(
  issuers: readonly OidcIssuer[],
  clock: Clock,
  options: IssuerKeysOptions = {},
): IdTokenVerifier {
  const known = issuers.map((issuer) => ({ issuer, keys: createIssuerKeys(issuer, options) }));

  return {
    isIssuerOf: (name, role) => issuers.some(({ issuer, role: its }) => issuer === name && its === role),
    async verify({ issuer: name, idToken, nonce, channel }) {
      const found = known.find(({ issuer }) => issuer.issuer === name && issuer.channels.includes(channel));
      if (!found) return { kind: 'unknown-issuer' };
      if (idToken.length > MAX_TOKEN_LENGTH) return { kind: 'refused', reason: 'it is too long' };
      const { issuer, keys } = found;
      try {
        const { payload, protectedHeader } = await jwtVerify(idToken, keys, {
          issuer: issuer.issuer,
          audience: [...issuer.audience],
          algorithms: [...issuer.algorithms],
          requiredClaims: ['sub', 'exp', 'iat'],
          maxTokenAge: MAX_AGE_S,
          clockTolerance: TOLERANCE_S,
          currentDate: clock.now(),
        });
        const reason = faultOf(payload, { type: protectedHeader.typ, audience: issuer.audience, nonce });
        return reason === null ? read(issuer, payload, idToken) : { kind: 'refused', reason };
      } catch (error) {
        if (error instanceof IssuerUnavailable) return { kind: 'unavailable' };
        if (error instanceof errors.JOSEError) return { kind: 'refused', reason: reasonOf(error) };
        throw error;
      }
    },
  };
}

/** What jose leaves to us. Null when all is well. */
function faultOf(
  { sub, aud, azp, nonce }: JWTPayload,
  expected: { readonly type: string | undefined; readonly audience: readonly string[]; readonly nonce: string | null },
): string | null {
  // Access tokens and logout tokens of the same issuer have types of their own (RFC 9068, OpenID Connect Back-Channel Logout).
  if (expected.type !== undefined && !/^(application\/)?jwt$/i.test(expected.type)) return 'it is not an ID token';
  if (!sub || sub.length > MAX_SUBJECT_LENGTH || !sub.isWellFormed() || sub.includes('\0'))
    return 'its subject cannot be used';
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) return 'it is for several parties and names none';
  if (azp !== undefined && (typeof azp !== 'string' || !expected.audience.includes(azp)))
    return 'it was made for another party';
  if (expected.nonce !== null && nonce !== expected.nonce) return 'its nonce is another one';
  return null;
}

function read(issuer: OidcIssuer, payload: JWTPayload, idToken: string): VerifiedIdToken {
  const text = (claim: string): string | null => {
    const value = Object.hasOwn(payload, claim) ? payload[claim] : null;
    return typeof value === 'string' ? value : null;
  };
  const email = text('email');
  const lastS = Math.min(payload.exp!, payload.iat! + MAX_AGE_S) + TOLERANCE_S;
  return {
    kind: 'verified',
    issuer,
    subject: payload.sub!,
    email,
    emailVerified: email !== null && payload['email_verified'] === true,
    givenName: text(issuer.claims.givenName),
    familyName: text(issuer.claims.familyName),
    tokenHash: createHash('sha256')
      .update(idToken.slice(0, idToken.lastIndexOf('.')))
      .digest('hex'),
    endsAt: new Date((lastS + 1) * 1000),
  };
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired or is too old';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" does not hold`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'it is not a JWT';
  return 'its signature does not hold';
}
