import { inTransaction } from '@kontor/kit/src/database.ts';
import { busy } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { takeAttempt } from '../../data/signing/attempts.ts';
import {
  endReusedSession,
  findRepeated,
  findSessionOwner,
  rotateSession,
  type ShownToken,
} from '../../data/signing/sessions.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import type { SessionTokens } from '../../domain/signing/session.ts';
import { readRefreshToken } from './refresh-token.ts';
import { tokensOf } from './session-tokens.ts';
import type { Signing } from './signing.ts';

const SESSION_ENDED = {
  __typename: 'SessionEnded' as const,
  code: 'SESSION_ENDED',
  message: 'The session has ended, or the token is not one of this channel. Sign in again.',
  path: ['input', 'refreshToken'],
};

export type RefreshOutcome =
  ({ readonly __typename: 'SessionRefreshed' } & SessionTokens) | typeof SESSION_ENDED | ReturnType<typeof busy>;

/**
 * Exchanges a refresh token for the next tokens. Each is good once: the session is moved on in one conditional statement. Who shows
 * the last one again within a minute, while its successor is unused, has lost the answer and gets the same successor. Any other token
 * that was used before is in two hands, and nobody knows which are the owner's: the session ends (RFC 9700, 4.14.2), with an event.
 * What the access token says of the person is read anew.
 */
export async function refreshSession(
  signing: Signing,
  { refreshToken }: { readonly refreshToken: string },
  channel: string,
): Promise<RefreshOutcome> {
  const { db, sealing } = signing;
  const parts = await readRefreshToken(sealing, refreshToken);
  if (!parts) return SESSION_ENDED;
  const waitMs = await takeAttempt(db.orm, { ...LIMITS.refresh, subjects: [parts.sessionId] });
  if (waitMs !== null) return busy('This session', waitMs);
  const shown = { ...parts, channel };
  const outcome = await inTransaction(db, async (tx) => {
    const session = (await rotateSession(tx, shown)) ?? (await findRepeated(tx, shown));
    if (session === null || session === 'reused') return session;
    return tokensOf(signing, tx, session);
  });
  if (outcome === 'reused') {
    await endCompromised(signing, shown);
    return SESSION_ENDED;
  }
  return outcome === null ? SESSION_ENDED : { __typename: 'SessionRefreshed', ...outcome };
}

/** In a transaction of its own: the customer is locked before the session, as everywhere. */
const endCompromised = ({ db }: Signing, shown: ShownToken): Promise<void> =>
  inTransaction(db, async (tx) => {
    const { sessionId } = shown;
    const owner = await findSessionOwner(tx, sessionId);
    const customerId = owner && ((await lockCustomer(tx, owner))?.id ?? owner);
    if (!(await endReusedSession(tx, shown))) return;
    await appendEvents(tx, 'customers', [
      { topic: 'customers.session.compromised', key: customerId ?? sessionId, payload: { sessionId, customerId } },
    ]);
  });
