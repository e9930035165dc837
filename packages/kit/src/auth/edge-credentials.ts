import { hash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';
import type { AskCustomers } from './edge-customers.ts';
import type { Revocations } from './edge-revocations.ts';

const CREDENTIALS = 10_000;
/** So long may a revoked credential still work where nobody hears of its end. */
const KNOWN_MS = 30_000;
const UNKNOWN_MS = 5_000;

const AUTHENTICATE = `query Authenticate($credential: String!) {
  authenticate(credential: $credential) {
    role subject channel scopes customerId companyId companyRole companyLocationId groups staffId deviceId locationId credentialId expiresAt
  }
  credentialRefusal(credential: $credential) { code message }
}`;

interface Holder {
  readonly role: Caller['role'];
  readonly subject: string;
  readonly channel: string | null;
  readonly scopes: readonly string[];
  readonly customerId?: string | null;
  readonly companyId?: string | null;
  readonly companyRole?: Caller['companyRole'] | null;
  readonly companyLocationId?: string | null;
  readonly groups?: readonly string[] | null;
  readonly staffId?: string | null;
  readonly deviceId?: string | null;
  readonly locationId?: string | null;
  readonly credentialId?: string | null;
  readonly expiresAt?: string | null;
}

interface Answer {
  readonly authenticate?: Holder | null;
  readonly credentialRefusal?: Refusal | null;
}

/** Why a credential cannot be good here, where its looks alone tell it. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Who holds a credential. The caller is the same object for as long as it is remembered. */
interface Holding {
  /** Null when nobody does. */
  readonly caller: Caller | null;
  readonly refusal: Refusal | null;
}

/** What customers said of a credential, and when. */
interface Known {
  readonly holding: Holding;
  /** `Revocations.turn` when it was asked. */
  readonly turn: number;
}

/** Tells who holds an opaque credential, such as a key. */
export interface CredentialLookup {
  /** @returns null when customers does not answer. Nothing is thrown for that: those who wait together share no error. */
  holdingOf(credential: string): Promise<Holding | null>;
}

/**
 * Asks customers who holds a credential: once for all who come with it together, and again only after 30 seconds, when it has ended or when its
 * end was learnt in between. Credentials are remembered by their hash.
 */
export function createCredentialLookup(ask: AskCustomers, revocations: Revocations): CredentialLookup {
  // By the wall clock, as the ends of sessions are told.
  const known = new LRUCache<string, Known>({ max: CREDENTIALS, perf: Date, ttlResolution: 0 });
  const underWay = new Map<string, { readonly turn: number; readonly answer: Promise<Holding | null> }>();

  const isCurrent = ({ holding: { caller }, turn }: Known) =>
    caller?.credentialId === undefined || !revocations.endedSince(caller.credentialId, turn);

  const look = async (credential: string, digest: string, turn: number): Promise<Holding | null> => {
    let answer: Answer;
    try {
      answer = await ask<Answer>(AUTHENTICATE, { credential });
    } catch (error) {
      if (error instanceof GraphQLError) return null;
      throw error;
    }
    const caller = answer.authenticate ? callerOf(answer.authenticate) : null;
    const holding: Holding = { caller, refusal: answer.credentialRefusal ?? null };
    const ttl = caller ? Math.min(KNOWN_MS, (caller.expiresAt ?? Infinity) - Date.now()) : UNKNOWN_MS;
    if (ttl > 0) known.set(digest, { holding, turn }, { ttl });
    return holding;
  };

  return {
    holdingOf(credential) {
      const digest = hash('sha256', credential, 'base64');
      const remembered = known.get(digest);
      if (remembered && isCurrent(remembered)) return Promise.resolve(remembered.holding);
      const { turn } = revocations;
      const asked = underWay.get(digest);
      // An answer that was asked for before an end was learnt may be older than that end.
      if (asked?.turn === turn) return asked.answer;
      const answer = look(credential, digest, turn).finally(() => {
        if (underWay.get(digest)?.answer === answer) underWay.delete(digest);
      });
      underWay.set(digest, { turn, answer });
      return answer;
    },
  };
}

/** Absent members are absent: callers are compared as text where reads are shared. */
function callerOf(found: Holder): Caller {
  const { role, subject, channel, scopes, groups, companyRole, expiresAt } = found;
  return Object.freeze({
    role,
    subject,
    channel,
    scopes: Object.freeze([...scopes]),
    ...(found.customerId ? { customerId: found.customerId } : {}),
    ...(found.companyId ? { companyId: found.companyId } : {}),
    ...(companyRole ? { companyRole } : {}),
    ...(found.companyLocationId ? { companyLocationId: found.companyLocationId } : {}),
    ...(groups && groups.length > 0 ? { groups: Object.freeze([...groups]) } : {}),
    ...(found.staffId ? { staffId: found.staffId } : {}),
    ...(found.deviceId ? { deviceId: found.deviceId } : {}),
    ...(found.locationId ? { locationId: found.locationId } : {}),
    ...(found.credentialId ? { credentialId: found.credentialId } : {}),
    ...(expiresAt ? { expiresAt: Date.parse(expiresAt) } : {}),
  });
}
