import { GraphQLError } from 'graphql';
import type { PlannerFailure } from './planner-messages.ts';

/** How the planner says that a document exceeds the limits that it has of its own. */
const LIMITS = /^(Exceeded maximum recursive selections|Number of non-local selections exceeds limit)/;

/** Whether an error says that the document is at fault. */
export const isInvalid = (error: unknown): error is GraphQLError =>
  error instanceof GraphQLError && error.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED';

/** Whether an error says that the document is too large. Too deep for the stack is too deep for us. */
export const isTooComplex = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && LIMITS.test(error.message));

/** What was thrown while a document was planned, in a form that crosses threads. See attribute-failure.ts. */
export function describePlanningFailure(error: unknown): PlannerFailure {
  if (isInvalid(error)) return { code: 'GRAPHQL_VALIDATION_FAILED', message: error.message };
  if (isTooComplex(error))
    return {
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'The document selects more than can be planned. Split it, or ask for less.',
    };
  return { code: null, message: error instanceof Error ? withCauses(error) : String(error) };
}

/** Text loses the causes of an error. */
function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCause: ${withCauses(error.cause)}` : own;
}
