import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { requestFault } from '../errors.ts';
import type { Caller } from './caller.ts';

const LIFETIME_S = 60;
/** A token is reused until so close to its end that a slow request could arrive after it. */
const REUSE_UNTIL_S = 20;
const CACHE_ENTRIES = 10_000;

const callerShape = z.object({
  role: z.enum(['guest', 'customer', 'device', 'staff', 'integration', 'service']),
  subject: z.string(),
  channel: z.string().nullable(),
  scopes: z.array(z.string()),
  customerId: z.string().optional(),
  companyId: z.string().optional(),
  companyRole: z.enum(['BUYER', 'APPROVER', 'ADMIN']).optional(),
  companyLocationId: z.string().optional(),
  groups: z.array(z.string()).max(50).optional(),
  staffId: z.string().optional(),
  deviceId: z.string().optional(),
  locationId: z.string().optional(),
  credentialId: z.string().optional(),
  expiresAt: z.number().optional(),
});

/** Who called, and which service vouches for it. */
export interface Verified {
  readonly caller: Caller;
  readonly issuer: string;
}

/** A caller with the service that vouches for it, if any does. */
export const vouchedFor = (verified: Caller | Verified): Verified | { readonly caller: Caller } =>
  'caller' in verified ? verified : { caller: verified };

/** Signs callers for other services and verifies what they sign: EdDSA, an audience, a minute of life. */
export interface Identity {
  readonly service: string;
  /** One token per (caller, audience) is reused for most of its life. */
  sign(caller: Caller, audience: string): Promise<string>;
  /** @throws GraphQLError UNAUTHENTICATED */
  verify(token: string): Promise<Verified>;
}

/** The public key of a service. */
export interface TrustedKey extends JWK {
  /**
   * The channels whose callers the service may vouch for: its own for a BFF, none for a service that only ever acts for itself. Absent for one that
   * passes on callers for whom others have vouched (the router). The service of a channel acts for itself as an `edge`.
   */
  readonly channels?: readonly string[];
}

/** A service's signing key and the public keys of all services. */
export interface InternalKeys {
  readonly privateKey: JWK;
  /** `kid` is the service's name: a key speaks for its own service alone. */
  readonly trusted: { readonly keys: readonly TrustedKey[] };
}

/**
 * Makes keys for services that start together.
 * @param channels by service: see `TrustedKey`. One that is not named may vouch for callers of every channel.
 */
export async function generateInternalKeys(
  services: readonly string[],
  channels: Readonly<Record<string, readonly string[]>> = {},
): Promise<Record<string, InternalKeys>> {
  const pairs = await Promise.all(
    services.map(async (service) => {
      const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
      return {
        service,
        privateKey: await exportJWK(privateKey),
        publicKey: {
          ...(await exportJWK(publicKey)),
          kid: service,
          alg: 'EdDSA',
          ...(Object.hasOwn(channels, service) ? { channels: channels[service]! } : {}),
        },
      };
    }),
  );
  const trusted = { keys: pairs.map((pair) => pair.publicKey) };
  return Object.fromEntries(pairs.map((pair) => [pair.service, { privateKey: pair.privateKey, trusted }]));
}

/** The identity of one service. Its name is the audience that others must sign for. */
export async function createIdentity(service: string, keys: InternalKeys): Promise<Identity> {
  const signingKey = await importJWK(keys.privateKey, 'EdDSA');
  const ownThumbprint = await calculateJwkThumbprint(keys.privateKey);
  const trusted = createLocalJWKSet(keys.trusted as JSONWebKeySet);
  const channelsOf = new Map(keys.trusted.keys.map(({ kid, channels }) => [kid, channels]));
  const own = keys.trusted.keys.find((key) => key.kid === service);
  if (!own || (await calculateJwkThumbprint(own)) !== ownThumbprint)
    throw new Error(`The internal keys do not trust ${service} itself.`);

  const signed = new LRUCache<string, Promise<string>>({
    max: CACHE_ENTRIES,
    ttl: (LIFETIME_S - REUSE_UNTIL_S) * 1000,
  });
  const verified = new LRUCache<string, Verified>({ max: CACHE_ENTRIES });

  return {
    service,
    sign(caller, audience) {
      const key = JSON.stringify([audience, caller]);
      let token = signed.get(key);
      if (!token) {
        token = new SignJWT({ caller })
          .setProtectedHeader({ alg: 'EdDSA', kid: service })
          .setIssuer(service)
          .setAudience(audience)
          .setIssuedAt()
          .setExpirationTime(`${LIFETIME_S}s`)
          .sign(signingKey);
        signed.set(key, token);
      }
      return token;
    },
    async verify(token) {
      const hash = createHash('sha256').update(token).digest('base64');
      const cached = verified.get(hash);
      if (cached) return cached;
      try {
        const { payload, protectedHeader } = await jwtVerify(token, trusted, {
          audience: service,
          algorithms: ['EdDSA'],
          requiredClaims: ['iss', 'exp'],
        });
        if (payload.iss !== protectedHeader.kid) throw new Error('issuer and key differ');
        const claimed = callerShape.parse(payload['caller']) as Caller;
        const caller = vouchedCaller(claimed, payload.iss!, channelsOf.get(payload.iss));
        const result: Verified = { caller, issuer: payload.iss! };
        verified.set(hash, result, { ttl: Math.max(1, payload.exp! * 1000 - Date.now()) });
        return result;
      } catch {
        throw requestFault(
          'UNAUTHENTICATED',
          'This service only answers other services: the internal token is missing, expired or meant for somebody else.',
        );
      }
    },
  };
}

/**
 * The caller for whom a service vouches: people of its channels, and of services itself alone. So a BFF that was taken over speaks for nobody of another
 * channel, and internal graphs answer it no more than its channel needs.
 * @throws Error when it may not vouch for the caller.
 */
function vouchedCaller(caller: Caller, issuer: string, channels: readonly string[] | undefined): Caller {
  if (caller.role === 'service') {
    if (caller.subject !== issuer) throw new Error('a service in the name of another');
    return channels && channels.length > 0 ? { ...caller, role: 'edge' } : caller;
  }
  if (channels && (caller.channel === null || !channels.includes(caller.channel)))
    throw new Error('a caller of another channel');
  return caller;
}
