import { requestFault } from '@kontor/kit/src/errors.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { chooseVersion, stickyKey } from './choose-version.ts';
import { compileHeaderRules, type Headers } from './header-rules.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { TrafficPolicy } from './traffic-config.ts';
import type { Upstream } from './upstream.ts';

/** A version with its share. */
export interface RouteVersion {
  readonly upstream: Upstream;
  /** As configured; what counts is 0 while it is rolled back. */
  readonly weight: number;
  /** When it was rolled back, if it is. */
  readonly rolledBackAt: Date | undefined;
}

/** Where the calls of one subgraph go at a time. It is replaced, never changed. */
export interface Route {
  readonly policy: TrafficPolicy;
  readonly versions: readonly RouteVersion[];
  readonly fallback: string;
  readonly budget: RetryBudget;
  /** @throws GraphQLError BAD_REQUEST when the call chose a version that there is not. */
  upstreamFor(call: Call): Upstream;
  headersFor(headers: Headers | undefined): Headers | undefined;
}

/** Makes the route of one subgraph. @param parts.versions at least one; when none has a weight, the fallback gets everything. */
export function createRoute(
  subgraph: string,
  parts: Pick<Route, 'policy' | 'versions' | 'fallback' | 'budget'>,
): Route {
  const { versions, fallback, policy } = parts;
  const shares = versions.flatMap(({ upstream, weight, rolledBackAt }) =>
    weight > 0 && !rolledBackAt ? [{ name: upstream.version, weight, upstream }] : [],
  );
  const named = new Map(versions.map(({ upstream }) => [upstream.version, upstream]));
  const only = shares.length > 1 ? undefined : (shares[0]?.upstream ?? named.get(fallback)!);

  return {
    ...parts,
    headersFor: compileHeaderRules(policy.headers),
    upstreamFor(call) {
      if (call.versions && Object.hasOwn(call.versions, subgraph)) {
        const chosen = named.get(call.versions[subgraph]!);
        if (chosen) return chosen;
        throw requestFault('BAD_REQUEST', `${subgraph} has no such version; it has ${[...named.keys()].join(', ')}.`);
      }
      return only ?? chooseVersion(shares, stickyKey(subgraph, call)).upstream;
    },
  };
}
