import { createIdentity, generateInternalKeys, type Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { guestOf, serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';

/** A call in a test. */
export const callAs = (caller: Caller): Call => ({ caller, requestId: 'test-request' });

/** A guest of the web shop. */
export const asGuest = (channel = 'web'): Call => callAs(guestOf(channel));

/** A member of staff with scopes. */
export const asStaff = (scopes: readonly string[], channel = 'web'): Call =>
  callAs({ role: 'staff', subject: 'staff-1', channel, scopes });

/** A signed-in customer. */
export const asCustomer = (customerId: string, channel = 'web'): Call =>
  callAs({ role: 'customer', subject: customerId, customerId, channel, scopes: [] });

/** Another service. */
export const asService = (name = 'test'): Call => callAs(serviceCaller(name));

/** Identities of services that trust each other. */
export async function createTestIdentities<Name extends string>(
  names: readonly Name[],
): Promise<Record<Name, Identity>> {
  const keys = await generateInternalKeys(names);
  const entries = await Promise.all(
    names.map(async (name) => [name, await createIdentity(name, keys[name]!)] as const),
  );
  return Object.fromEntries(entries) as Record<Name, Identity>;
}
