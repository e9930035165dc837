import type { Tx } from '@kontor/kit/src/database.ts';
import { readClaims, readNowMs } from '../../data/signing/claims.ts';
import type { SessionRow } from '../../data/signing/sessions.ts';
import { ACCESS_TOKEN_S, type SessionTokens } from '../../domain/signing/session.ts';
import { refreshTokenOf } from './refresh-token.ts';
import type { Signing } from './signing.ts';

const ISSUER = 'kontor';
/** Each channel is an audience of its own: a token of one opens no other. */
const audienceOf = (channel: string) => `kontor:${channel}`;

/**
 * Makes the tokens of a session's present generation. The session must be locked or new: what the token says of the person is read
 * behind the lock. @returns null when the person is gone.
 */
export async function tokensOf(
  { accessTokens, sealing }: Signing,
  tx: Tx,
  session: SessionRow,
): Promise<SessionTokens | null> {
  const person = session.customerId === null ? null : await readClaims(tx, session.customerId);
  if (session.customerId !== null && !person) return null;
  const nowMs = person?.nowMs ?? (await readNowMs(tx));
  const exp = Math.min(Math.floor(nowMs / 1000) + ACCESS_TOKEN_S, Math.floor(Date.parse(session.expiresAt) / 1000));
  const token = await accessTokens.sign(tx, {
    iss: ISSUER,
    aud: audienceOf(session.channel),
    sub: person?.customerId ?? session.staffId ?? session.sessionId,
    sid: session.sessionId,
    // With milliseconds (RFC 7519, 2: NumericDate): what is revoked is told to the millisecond, too.
    iat: nowMs / 1000,
    exp,
    role: session.role,
    scopes: session.scopes,
    ...present({
      customerId: person?.customerId,
      companyId: person?.companyId,
      companyRole: person?.companyRole,
      companyLocationId: person?.companyLocationId,
      groups: person && person.groups.length > 0 ? person.groups : null,
      locationId: session.locationId,
      staffId: session.staffId,
      deviceId: session.deviceId,
    }),
  });
  return {
    sessionId: session.sessionId,
    token,
    expiresAt: new Date(exp * 1000).toISOString(),
    refreshToken: await refreshTokenOf(sealing, session),
    refreshExpiresAt: new Date(session.expiresAt).toISOString(),
  };
}

/** Claims without those that are not there. */
const present = (claims: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null && value !== undefined));
