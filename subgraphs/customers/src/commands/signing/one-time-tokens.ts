import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { deleteOneTimeToken, findOneTimeToken, insertOneTimeToken } from '../../data/signing/one-time-tokens.ts';
import { readOneTimeToken } from '../../sealing/one-time-token.ts';
import type { Sealing } from '../../sealing/sealing.ts';

/** A token to be made. */
export interface OneTimeTokenRequest {
  /** What it is for: a token is good for nothing else. */
  readonly purpose: string;
  /** Whom or what it is about. */
  readonly subjectId: string;
  readonly lifetimeS: number;
  /** What it carries as JSON, sealed where it is kept. A mail can go to the address in its field `email`. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** What a token was about. */
export interface TakenToken {
  readonly subjectId: string;
  /** What it carried; null for nothing. */
  readonly payload: unknown;
}

/**
 * Makes a token that is good for once, in the command's transaction. Its text is not made here but when the mail with it is sent: it
 * follows from the id.
 */
export async function issueOneTimeToken(
  { sealing }: { readonly sealing: Sealing },
  tx: Tx,
  { purpose, subjectId, lifetimeS, payload }: OneTimeTokenRequest,
): Promise<{ readonly tokenId: string }> {
  const tokenId = newId();
  const sealed = payload ? await sealing.seal('one-time-payload', tokenId, JSON.stringify(payload)) : null;
  await insertOneTimeToken(tx, { tokenId, purpose, subjectId, lifetimeS, payload: sealed });
  return { tokenId };
}

/** What a token that is still good is about; uses nothing up. @returns null as `takeOneTimeToken` does. */
export async function peekOneTimeToken(
  { db, sealing }: { readonly db: Database; readonly sealing: Sealing },
  { purpose, token }: { readonly purpose: string; readonly token: string },
): Promise<(TakenToken & { readonly tokenId: string }) | null> {
  const tokenId = await readOneTimeToken(sealing, { purpose, token });
  const found = tokenId && (await findOneTimeToken(db.orm, tokenId));
  if (!found || found.purpose !== purpose) return null;
  const { subjectId, payload } = found;
  return {
    tokenId,
    subjectId,
    payload: payload && JSON.parse(await sealing.open('one-time-payload', tokenId, payload)),
  };
}

/**
 * Uses a token up in the command's transaction, in one conditional statement: of many at once, one gets it, and whoever fails
 * afterwards gives it back. What we did not make costs no statement. @returns null when it is no token of that purpose, was used or has expired.
 */
export async function takeOneTimeToken(
  { sealing }: { readonly sealing: Sealing },
  tx: Tx,
  { purpose, token }: { readonly purpose: string; readonly token: string },
): Promise<TakenToken | null> {
  const tokenId = await readOneTimeToken(sealing, { purpose, token });
  if (tokenId === null) return null;
  const taken = await deleteOneTimeToken(tx, { purpose, tokenId });
  if (!taken) return null;
  const { subjectId, payload } = taken;
  return { subjectId, payload: payload && JSON.parse(await sealing.open('one-time-payload', tokenId, payload)) };
}
