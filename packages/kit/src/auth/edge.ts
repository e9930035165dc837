import { systemClock, type Clock } from '../clock.ts';
import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import { silentLogger, type Logger } from '../logger.ts';
import type { Credentials } from '../service.ts';
import { systemTiming, type Timing } from '../timing.ts';
import { createAccessTokens, isJsonWebToken, type AccessToken } from './access-token.ts';
import { createAccessTokenKeys, type PublicKey } from './access-token-keys.ts';
import { guestOf, type Caller } from './caller.ts';
import { createCredentialLookup } from './edge-credentials.ts';
import { askAs } from './edge-customers.ts';
import { createRevocations } from './edge-revocations.ts';

const MAX_KEY_LENGTH = 512;
/** Node.js takes 16 KB of headers in all. */
const MAX_TOKEN_LENGTH = 8 * 1024;
const BEARER = /^Bearer\s+(\S+)$/i;

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
  readonly logger?: Logger;
  readonly timing?: Timing;
  readonly clock?: Clock;
}

export interface EdgeAuthenticator {
  /**
   * @throws GraphQLError UNAUTHENTICATED (`reason` says `TOKEN_EXPIRED` where a refresh helps, `SESSION_ENDED` where it may, or what is wrong with the
   * looks of a key), FORBIDDEN when the
   * credential belongs elsewhere, SERVICE_UNAVAILABLE when it cannot be checked.
   */
  authenticate(credentials: Credentials): Promise<Caller>;
  /**
   * Refuses a credential that has ended, and all access tokens of a session that were issued until now, in this process from now on. Others hear of
   * it from customers within 5 seconds while they check tokens.
   */
  forget(credentialId: string): void;
  /** The public keys of access tokens; null when they are not known. */
  publicKeys(): Promise<readonly PublicKey[] | null>;
}

/**
 * Turns a credential from outside into a verified caller. An access token is a JSON Web Token and is verified here, without asking anybody; every
 * other credential is opaque, and customers tells who holds it. Both are remembered by their hash: tokens until they end, the rest for 30 seconds;
 * and neither once customers says that the session or the key has ended.
 */
export function createEdgeAuthenticator(options: EdgeOptions): EdgeAuthenticator {
  const { service, channel, guests, roles } = options;
  const { logger = silentLogger, timing = systemTiming, clock = systemClock } = options;
  const ask = askAs(service, options.customers);
  const keys = createAccessTokenKeys({ ask, logger, timing });
  const revocations = createRevocations({ ask, logger, timing, clock });
  const tokens = createAccessTokens(keys, clock);
  const credentials = createCredentialLookup(ask, revocations);
  /** Holders of keys that name no channel, acting in this one. */
  const acting = new WeakMap<Caller, Caller>();

  const admit = (caller: Caller): Caller => {
    if (!roles.includes(caller.role))
      throw requestFault('FORBIDDEN', `A ${caller.role} key does not open this endpoint.`);
    if (channel !== null && caller.channel !== null && caller.channel !== channel)
      throw requestFault('FORBIDDEN', `This key belongs to the channel "${caller.channel}", not to "${channel}".`);
    if (caller.channel !== null) return caller;
    if (channel === null)
      throw requestFault('FORBIDDEN', 'This key names no channel: use it at the endpoint of a channel.');
    let made = acting.get(caller);
    if (!made) acting.set(caller, (made = Object.freeze({ ...caller, channel })));
    return made;
  };

  const holderOfToken = async (credential: string): Promise<Caller> => {
    const token: AccessToken = tokens.remembered(credential) ?? (await tokens.verify(credential));
    const old = revocations.refresh();
    if (old) await old;
    const { caller, issuedAt } = token;
    if (revocations.refuses(caller.credentialId, issuedAt))
      throw requestFault(
        'UNAUTHENTICATED',
        'The session has ended or has changed since this token was issued: get a new one with the refresh token, or sign in again.',
        { reason: 'SESSION_ENDED' },
      );
    return caller;
  };

  const holderOfKey = async (credential: string): Promise<Caller> => {
    // Where only keys come in, nothing else would learn that one was revoked before what is remembered of it ends.
    void revocations.refresh();
    const holding = await credentials.holdingOf(credential);
    if (!holding) throw requestFault('SERVICE_UNAVAILABLE', 'Credentials cannot be checked now.');
    const { caller, refusal } = holding;
    if (caller) return caller;
    if (refusal) throw requestFault('UNAUTHENTICATED', refusal.message, { reason: refusal.code });
    throw requestFault(
      'UNAUTHENTICATED',
      'This key is unknown, has expired or was revoked: sign in again, or ask for a new key.',
    );
  };

  return {
    async authenticate({ authorization }) {
      if (authorization === undefined || authorization === '') {
        if (guests && channel !== null) return guestOf(channel);
        throw requestFault(
          'UNAUTHENTICATED',
          'This endpoint needs a key: send the header `Authorization: Bearer KEY`.',
        );
      }
      const credential = BEARER.exec(authorization)?.[1];
      const isToken = credential !== undefined && isJsonWebToken(credential);
      if (credential === undefined || credential.length > (isToken ? MAX_TOKEN_LENGTH : MAX_KEY_LENGTH))
        throw requestFault('UNAUTHENTICATED', 'The Authorization header must read `Bearer KEY`.');
      return admit(await (isToken ? holderOfToken(credential) : holderOfKey(credential)));
    },
    forget: (credentialId) => revocations.end(credentialId),
    publicKeys: () => keys.all(),
  };
}
