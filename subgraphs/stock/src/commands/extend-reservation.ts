import type { Database } from '@kontor/kit/src/database.ts';
import { extendHold, type Extended } from '../data/reservation-changes.ts';
import { isKey } from '../domain/texts.ts';
import { attempted, invalid, type RefusedChange } from './refused-change.ts';

const MAX_TTL_SECONDS = 3_600;

/** Lets a hold last longer: until `ttlSeconds` from now by the database's clock, never shorter than it would. A hold that is over expires. */
export async function extendReservation(
  db: Database,
  input: { readonly key: string; readonly ttlSeconds: number },
): Promise<Extended | RefusedChange> {
  const { key, ttlSeconds } = input;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS)
    return invalid(`ttlSeconds must be from 1 to ${MAX_TTL_SECONDS}, not ${ttlSeconds}.`, 'ttlSeconds');
  if (!isKey(key)) return { kind: 'missing' };
  return attempted(() => extendHold(db, key, ttlSeconds));
}
