import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope, ROLE_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { findChannelOf } from '../../data/keys/credentials.ts';
import type { ApiKeyRole } from '../../domain/keys/api-key.ts';
import { excessOf, type Authority, type Grant } from '../../domain/keys/grant.ts';

/** Whoever makes channels has them all. */
const ALL_CHANNELS = 'channels:write';

/**
 * What a caller has and may hand on. The channel in which a caller acts is not always one that it is bound to: a key without a channel
 * acts in that of the edge it came by, so that its row is asked.
 */
export async function authorityOf(db: Database, caller: Caller): Promise<Authority> {
  return {
    has: (scope) => hasScope(caller, scope),
    channel: await channelBoundTo(db, caller),
    locationId: caller.locationId ?? null,
  };
}

async function channelBoundTo(db: Database, caller: Caller): Promise<string | null> {
  if (hasScope(caller, ALL_CHANNELS)) return null;
  const ofKey = caller.credentialId === undefined ? undefined : await findChannelOf(db.orm, caller.credentialId);
  return ofKey === undefined ? caller.channel : ofKey;
}

/** The id by which somebody is written down: of a person of the staff or of a credential, or the name of a service. */
export const actorOf = (caller: Caller): string => caller.staffId ?? caller.credentialId ?? caller.subject;

/** A grant that goes beyond what its giver has. */
export interface GrantRefused {
  readonly __typename: 'GrantRefused';
  readonly code: string;
  readonly message: string;
  readonly path: string[] | null;
  readonly scope: string | null;
}

const MESSAGES = {
  SCOPE_NOT_HELD: (what: string | null) =>
    `Nobody can give what they do not have: you lack the scope "${what}". Ask somebody who has it.`,
  CHANNEL_NOT_HELD: (what: string | null) =>
    `Nobody can give what they do not have: you are bound to another channel than ${what === null ? 'all of them' : `"${what}"`}.`,
  LOCATION_NOT_HELD: (what: string | null) =>
    `Nobody can give what they do not have: you are bound to another location than ${what ?? 'all of them'}.`,
} as const;

/**
 * The refusal of a grant that goes beyond what its giver has; null when it does not.
 * @param path of the field that names what is granted; null where the grant is one that exists.
 */
export function refusalOfGrant(authority: Authority, grant: Grant, path: string[] | null = null): GrantRefused | null {
  const excess = excessOf(authority, grant);
  if (excess === null) return null;
  const { kind, what } = excess;
  return {
    __typename: 'GrantRefused',
    code: kind,
    message: MESSAGES[kind](what),
    path,
    scope: kind === 'SCOPE_NOT_HELD' ? what : null,
  };
}

/** What people who signed in may do with their session; a key has none, and nothing is given by them. */
const OF_SESSIONS: ReadonlySet<string> = new Set(['staff-session', 'session-refresh']);

/** What a key of a role may do: what its role gives, and its own scopes. */
export const scopesOfKey = (role: ApiKeyRole, scopes: readonly string[]): string[] => [
  ...scopes,
  ...ROLE_SCOPES[role === 'STAFF' ? 'staff' : 'integration'].filter((scope) => !OF_SESSIONS.has(scope)),
];
