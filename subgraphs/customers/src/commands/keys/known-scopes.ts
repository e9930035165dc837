import { NAMED_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import type { Read } from '../read-input.ts';

/**
 * Scopes that can be given are of the form `noun:verb`, and `checkout`. All others go with a role, such as `profile` and `staff-session`:
 * what guests, customers, devices and staff who signed in are, no key and no person can be given.
 */
const GIVEN = /^(?:[a-z-]+:[a-z-]+|checkout)$/;

/** The one list of scopes that can be given: those that some line of the policy table names. `internal` is not among them. */
const GRANTABLE: ReadonlySet<string> = new Set(NAMED_SCOPES.filter((scope) => GIVEN.test(scope)));

const SHOWN = 60;

/** Scopes as they are kept: each once, in order. A fault names the first that cannot be given. */
export function readScopes(scopes: readonly string[], field = 'scopes'): Read<readonly string[]> {
  const given = [...new Set(scopes)].sort();
  const unknown = given.find((scope) => !GRANTABLE.has(scope));
  if (unknown === undefined) return { value: given };
  const message = `"${unknown.slice(0, SHOWN)}" is not a scope that can be given.`;
  return { fault: { code: 'UNKNOWN_SCOPE', message, field } };
}
