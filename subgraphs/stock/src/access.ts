import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { actsAt, actsBeyond, beyondOf } from '@kontor/kit/src/auth/policy.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';

/**
 * Lets callers who are bound to a location change the stock of no other one. Levels, ledgers and transfers of other locations may be read:
 * registers tell customers where else something is.
 * @param coordinate the mutation, whose line of the policy table names the scope that lifts it.
 * @throws GraphQLError FORBIDDEN, whether or not there is such a location.
 */
export function requireLocation(caller: Caller, coordinate: string, ...locationIds: readonly string[]): void {
  if (locationIds.every((locationId) => actsAt(caller, locationId, coordinate))) return;
  const [scope] = beyondOf(coordinate);
  throw requestFault(
    'FORBIDDEN',
    `The caller is bound to a location and changes the stock of that one only: for others it needs the scope "${scope}".`,
    { scope },
  );
}

/** The location that the caller is bound to, by a line of the policy table; null for all of them. */
export const boundTo = ({ caller }: { readonly caller: Caller }, coordinate: string): string | null =>
  caller.locationId === undefined || actsBeyond(caller, coordinate) ? null : caller.locationId;
