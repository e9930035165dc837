import type { Tx } from '@kontor/kit/src/database.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { endSurplusSessions, insertSession } from '../../data/signing/sessions.ts';
import type { Customer } from '../../domain/profile/customer.ts';
import type { SessionHolder, SessionTokens } from '../../domain/signing/session.ts';
import { tokensOf } from './session-tokens.ts';
import type { Signing } from './signing.ts';

/** A session of a customer has begun: the outcome of everything that signs in. */
export interface SignedIn extends SessionTokens {
  readonly __typename: 'SignedIn';
  readonly customer: Customer;
}

/**
 * Begins a session in the command's transaction. The row of a customer is locked first, before whatever else the command locks; the
 * oldest session beyond twenty ends. Every call begins another one.
 * @throws GraphQLError UNAUTHENTICATED when the customer was forgotten meanwhile.
 */
export async function beginSession(signing: Signing, tx: Tx, holder: SessionHolder): Promise<SessionTokens> {
  const { customerId: askedId, ...rest } = holder;
  // Nobody ends all sessions of a person, or changes what tokens say of them, while one begins.
  const customerId = askedId === undefined ? undefined : (await lockCustomer(tx, askedId))?.id;
  if (askedId !== undefined && customerId === undefined) throw gone();
  const session = await insertSession(tx, newId(), customerId === undefined ? rest : { ...rest, customerId });
  if (customerId !== undefined) await endSurplusSessions(tx, customerId);
  const tokens = await tokensOf(signing, tx, session);
  if (!tokens) throw gone();
  return tokens;
}

const gone = () => requestFault('UNAUTHENTICATED', 'This profile is gone.');
