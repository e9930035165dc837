import { badInput } from '@kontor/kit/src/errors.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { MOST_KEY_LENGTH } from '../accounts/end-holds.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';

/** A week: longer than any checkout waits. */
const MAX_TTL_S = 7 * 86_400;

/**
 * Reads the key, amount and lifetime of what another service wants to hold. @param field the one of the amount.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function readHold(
  key: string,
  { minorUnits }: Money,
  ttlS: number,
  field = 'amount',
): { readonly key: string; readonly ttlS: number } {
  if (minorUnits < 0 || (field === 'amount' && minorUnits === 0))
    throw badInput('An amount to hold is positive.', ['input', field, 'minorUnits']);
  if (!Number.isInteger(ttlS) || ttlS < 1 || ttlS > MAX_TTL_S)
    throw badInput(`A hold lasts 1 to ${MAX_TTL_S} seconds.`, ['input', 'ttlSeconds']);
  return { key: valueOf(readText(key, 'key', MOST_KEY_LENGTH)), ttlS };
}
