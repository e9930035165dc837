import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import { guestOf, serviceCaller, type Caller } from './caller.ts';

const CREDENTIALS = 10_000;
/** So long may a revoked credential still work. */
const KNOWN_MS = 30_000;
const UNKNOWN_MS = 5_000;
const MAX_CREDENTIAL_LENGTH = 512;

const AUTHENTICATE = `query Authenticate($credential: String!) {
  authenticate(credential: $credential) { role subject channel scopes customerId companyId locationId }
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

/**
 * Turns a credential from outside into a verified caller. Answers are remembered by the credential's hash for 30 seconds.
 * @returns a function that throws GraphQLError UNAUTHENTICATED, or FORBIDDEN when the credential belongs elsewhere.
 */
export function createEdgeAuthenticator(options: EdgeOptions): (credentials: { readonly authorization: string | undefined }) => Promise<Caller> {
  const { customers, service, channel, guests, roles } = options;
  const known = new LRUCache<string, { readonly caller: Caller | null }>({ max: CREDENTIALS });

  const look = async (credential: string): Promise<Caller | null> => {
    const hash = createHash('sha256').update(credential).digest('base64');
    const cached = known.get(hash);
    if (cached) return cached.caller;
    const result = await customers.execute<Answer>({ query: AUTHENTICATE, variables: { credential } }, { caller: serviceCaller(service), requestId: `auth-${service}` });
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
    };
    known.set(hash, { caller }, { ttl: caller ? KNOWN_MS : UNKNOWN_MS });
    return caller;
  };

  return async ({ authorization }) => {
    if (authorization === undefined || authorization === '') {
      if (guests && channel !== null) return guestOf(channel);
      throw requestFault('UNAUTHENTICATED', 'This endpoint needs a key: send the header `Authorization: Bearer KEY`.');
    }
    const credential = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    if (!credential || credential.length > MAX_CREDENTIAL_LENGTH) throw requestFault('UNAUTHENTICATED', 'The Authorization header must read `Bearer KEY`.');
    const caller = await look(credential);
    if (!caller) throw requestFault('UNAUTHENTICATED', 'This key is unknown or was revoked.');
    if (!roles.includes(caller.role)) throw requestFault('FORBIDDEN', `A ${caller.role} key does not open this endpoint.`);
    if (channel !== null && caller.channel !== null && caller.channel !== channel) throw requestFault('FORBIDDEN', `This key belongs to the channel "${caller.channel}", not to "${channel}".`);
    const acting = channel ?? caller.channel;
    if (acting === null) throw requestFault('FORBIDDEN', 'This key names no channel: use it at the endpoint of a channel.');
    return { ...caller, channel: acting };
  };
}
