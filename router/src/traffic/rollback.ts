import type { Route, RouteVersion } from './route.ts';

/** A version must fail so many times as often as the others: what fails everywhere is not the version's fault. */
const TIMES_WORSE = 2;

/**
 * Whether a version is to be rolled back: it takes calls, is not the fallback, and within the window it failed more often than the policy bears and
 * at least twice as often as the others together. Its own weight is all that is taken: it stays 0 until it is configured anew.
 */
export function mustRollBack({ policy, versions, fallback }: Route, version: RouteVersion): boolean {
  const { rollback } = policy;
  const { upstream, weight, rolledBackAt } = version;
  if (rollback === false || rolledBackAt || weight === 0 || upstream.version === fallback) return false;
  const { requests, failures } = upstream.recent();
  if (requests < rollback.minimumRequests || failures < requests * rollback.errorRate) return false;
  const others = versions.filter((each) => each !== version).map((each) => each.upstream.recent());
  const othersRequests = others.reduce((sum, each) => sum + each.requests, 0);
  const othersFailures = others.reduce((sum, each) => sum + each.failures, 0);
  return failures * othersRequests >= TIMES_WORSE * othersFailures * requests;
}
