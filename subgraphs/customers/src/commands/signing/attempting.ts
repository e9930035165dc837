import { clearAttempts, giveBackAttempt, takeAttempt, type AttemptLimit } from '../../data/signing/attempts.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import type { Signing } from './signing.ts';

/** What somebody tries, and from where. */
export interface Attempt {
  /** Whom it is tried with, under which limit; null where only the network address counts. */
  readonly limit: AttemptLimit | null;
  /** The client's network address; null when nobody knows it. */
  readonly clientAddress: string | null;
  /** What the refusal of `limit` names. */
  readonly path: string[] | null;
}

/** Where a request came from, as the edge saw it. */
export interface Origin {
  readonly channel: string;
  readonly clientAddress: string | null;
  /** The program that asks, as it calls itself. */
  readonly label: string | null;
}

export const tooManyAttempts = (retryAfterMs: number, what: string, path: string[] | null) => ({
  __typename: 'TooManyAttempts' as const,
  code: 'TOO_MANY_ATTEMPTS',
  message: `There were too many attempts ${what}. Try again in ${Math.ceil(retryAfterMs / 60_000)} minutes.`,
  path,
  retryAfterMs,
});

export type TooManyAttempts = ReturnType<typeof tooManyAttempts>;

/**
 * Counts an attempt before it is made. One that brought what was asked for, could not be made or broke off was none: by its kind the
 * first is forgotten with all before it, the others are given back.
 * @param isSuccess whether an outcome shows that whoever tried knew the secret.
 */
export async function attempting<Outcome extends { readonly __typename: string }>(
  { db }: Signing,
  { limit, clientAddress, path }: Attempt,
  work: () => Promise<Outcome>,
  isSuccess: (outcome: Outcome) => boolean = () => false,
): Promise<Outcome | TooManyAttempts> {
  const client = { ...LIMITS.client, subjects: clientAddress === null ? [] : [clientAddress] };
  const subject = limit ?? { ...LIMITS.client, subjects: [] };
  // The network address first: what it is refused must not use up the attempts of an account.
  const clientWaitMs = await takeAttempt(db.orm, client);
  if (clientWaitMs !== null) return tooManyAttempts(clientWaitMs, 'from this network', null);
  const waitMs = await takeAttempt(db.orm, subject);
  if (waitMs !== null)
    return tooManyAttempts(waitMs, path?.includes('email') ? 'with this address' : 'with this account', path);
  const giveBack = () => Promise.all([giveBackAttempt(db.orm, client), giveBackAttempt(db.orm, subject)]);
  try {
    const outcome = await work();
    if (isSuccess(outcome)) await Promise.all([giveBackAttempt(db.orm, client), clearAttempts(db.orm, subject)]);
    else if (outcome.__typename === 'Busy') await giveBack();
    return outcome;
  } catch (error) {
    // What broke the attempt off may keep it from being given back as well: that is the fault to tell.
    await giveBack().catch(() => undefined);
    throw error;
  }
}
