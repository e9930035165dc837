import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE } from '../errors.ts';
import type { RatePolicy, RateWindow } from './rate-limiter.ts';

/** The name of our policy in the header fields. */
const POLICY = '"cost"';
/** RFC 9651, 3.3.1: a whole number of a structured field has 15 digits at most. */
const LARGEST = 999_999_999_999_999;

const asInteger = (value: number): number => Math.min(LARGEST, Math.max(0, Math.ceil(value)));

/**
 * The header fields of an answer, by draft-ietf-httpapi-ratelimit-headers-10 (September 2025; -11 writes them alike): the policy, and what is
 * left of it. The draft's registry has no unit for a cost, so that a parameter of our own names it.
 */
export function rateLimitHeaders({ quota, windowSeconds }: RatePolicy, window: RateWindow): Record<string, string> {
  return {
    'ratelimit-policy': `${POLICY};q=${asInteger(quota)};w=${asInteger(windowSeconds)};kontor-unit="cost"`,
    ratelimit: `${POLICY};r=${asInteger(Math.floor(window.remaining))};t=${asInteger(window.resetMs / 1000)}`,
  };
}

/**
 * The refusal of a request that a limiter did not allow: RATE_LIMITED with `retryAfterMs`, over HTTP with `Retry-After` (whole seconds, RFC
 * 9110, 10.2.3; not before the window ends, as the draft asks) and the header fields above.
 */
export function rateLimitFault(policy: RatePolicy, window: RateWindow): GraphQLError {
  const retryAfterMs = Math.max(1, Math.ceil(window.resetMs));
  const headers = new Map([
    ...Object.entries(rateLimitHeaders(policy, window)),
    ['retry-after', String(asInteger(retryAfterMs / 1000))],
  ]);
  return new GraphQLError(
    `You may spend ${policy.quota} points in ${policy.windowSeconds} s, and ${window.remaining} of them are left. Repeat the request in ${retryAfterMs} ms.`,
    {
      extensions: {
        code: 'RATE_LIMITED',
        retryAfterMs,
        // Apollo Server takes status and headers of the answer from here, and tells nobody of them in the error.
        http: { status: ERROR_CATALOGUE.RATE_LIMITED.status, headers },
      },
    },
  );
}
