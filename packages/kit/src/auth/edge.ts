import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import type { Credentials } from '../service.ts';
import { guestOf, serviceCaller, type Caller } from './caller.ts';

const CREDENTIALS = 10_000;
/** So long may a revoked credential still work. */
const KNOWN_MS = 30_000;
const UNKNOWN_MS = 5_000;
const MAX_CREDENTIAL_LENGTH = 512;

const AUTHENTICATE = `query Authenticate($credential: String!) {
  authenticate(credential: $credential) { role subject channel scopes customerId companyId locationId credentialId expiresAt }
}`;

interface Answer {
  authenticate: {
    role: Caller['role'];
    subject: string;
    channel: string | null;
    scopes: string[];
    customerId: string | null;
    companyId: string | null;
    locationId: string | null;
    credentialId: string | null;
    expiresAt: string | null;
  } | null;
}

export interface EdgeOptions {
  /** The internal graph of customers, which knows all credentials. */
  readonly customers: GraphClient;
  /** The service that asks. */
  readonly service: string;
  /** The channel that everybody acts in here; null where the credential names it (the router). */
  readonly channel: string | null;
  /** Whether somebody without a credential is a guest. */
  readonly guests: boolean;
  /** Roles that may come in here. */
  readonly roles: readonly Caller['role'][];
}

export interface EdgeAuthenticator {
  /** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN when the credential belongs elsewhere. */
  authenticate(credentials: Credentials): Promise<Caller>;
  /** Forgets what is remembered of a credential, which has ended. Other processes forget it within 30 seconds. */
  forget(credentialId: string): void;
}

/**
 * Turns a credential from outside into a verified caller. Answers are remembered by the credential's hash for 30 seconds, and
 * never beyond the credential's end.
 */
export function createEdgeAuthenticator(options: EdgeOptions): EdgeAuthenticator {
  const { customers, service, channel, guests, roles } = options;
  // By the wall clock, as the ends of sessions are told.
  const known = new LRUCache<string, { readonly caller: Caller | null }>({
    max: CREDENTIALS,
    perf: Date,
    ttlResolution: 0,
  });
  let forgotten = 0;

  const look = async (credential: string): Promise<Caller | null> => {
    const hash = createHash('sha256').update(credential).digest('base64');
    const cached = known.get(hash);
    if (cached) return cached.caller;
    const before = forgotten;
    const result = await customers.execute<Answer>(
      { query: AUTHENTICATE, variables: { credential } },
      { caller: serviceCaller(service), requestId: `auth-${service}` },
    );
    if (!result.data) throw requestFault('SERVICE_UNAVAILABLE', 'Credentials cannot be checked now.');
    const found = result.data.authenticate;
    const caller: Caller | null = found && {
      role: found.role,
      subject: found.subject,
      channel: found.channel,
      scopes: found.scopes,
      ...(found.customerId ? { customerId: found.customerId } : {}),
      ...(found.companyId ? { companyId: found.companyId } : {}),
      ...(found.locationId ? { locationId: found.locationId } : {}),
      ...(found.credentialId ? { credentialId: found.credentialId } : {}),
      ...(found.expiresAt ? { expiresAt: Date.parse(found.expiresAt) } : {}),
    };
    const ttl = caller ? Math.min(KNOWN_MS, (caller.expiresAt ?? Infinity) - Date.now()) : UNKNOWN_MS;
    // An answer that was on its way while something was forgotten may be older than its end.
    if (ttl > 0 && before === forgotten) known.set(hash, { caller }, { ttl });
    return caller;
  };

  const authenticate = async ({ authorization }: Credentials): Promise<Caller> => {
    if (authorization === undefined || authorization === '') {
      if (guests && channel !== null) return guestOf(channel);
      throw requestFault('UNAUTHENTICATED', 'This endpoint needs a key: send the header `Authorization: Bearer KEY`.');
    }
    const credential = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    if (!credential || credential.length > MAX_CREDENTIAL_LENGTH)
      throw requestFault('UNAUTHENTICATED', 'The Authorization header must read `Bearer KEY`.');
    const caller = await look(credential);
    if (!caller) throw requestFault('UNAUTHENTICATED', 'This key is unknown, has expired or was revoked.');
    if (!roles.includes(caller.role))
      throw requestFault('FORBIDDEN', `A ${caller.role} key does not open this endpoint.`);
    if (channel !== null && caller.channel !== null && caller.channel !== channel)
      throw requestFault('FORBIDDEN', `This key belongs to the channel "${caller.channel}", not to "${channel}".`);
    const acting = channel ?? caller.channel;
    if (acting === null)
      throw requestFault('FORBIDDEN', 'This key names no channel: use it at the endpoint of a channel.');
    return { ...caller, channel: acting };
  };

  return {
    authenticate,
    forget(credentialId) {
      forgotten += 1;
      for (const [hash, { caller }] of known.entries()) if (caller?.credentialId === credentialId) known.delete(hash);
    },
  };
}
