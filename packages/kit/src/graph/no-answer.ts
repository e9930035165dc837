import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE } from '../errors.ts';

/**
 * Why a service gave no answer that can be used:
 * - `not sent`: it never saw the request.
 * - `lost`: it may have seen the request, and carried it out or not; the connection or a proxy on the way broke off.
 * - `unusable`: it answered, but not with a GraphQL response of a bearable size.
 * - `refused`: we did not ask, because it is down or has enough to do.
 */
export type NoAnswerReason = 'not sent' | 'lost' | 'unusable' | 'refused';

/** SERVICE_UNAVAILABLE with the reason, for those who decide whether to ask again. Clients see the code and the message alone. */
export class NoAnswerError extends GraphQLError {
  readonly reason: NoAnswerReason;

  /** @param retryAfterMs when it makes sense to ask again, if that is known. */
  constructor(reason: NoAnswerReason, message: string, retryAfterMs?: number) {
    super(message, {
      extensions: {
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        code: 'SERVICE_UNAVAILABLE',
        http: { status: ERROR_CATALOGUE.SERVICE_UNAVAILABLE.status },
      },
    });
    this.reason = reason;
  }
}
