import { isInvalid } from './attribute-failure.ts';
import type { PlannerFailure } from './planner-messages.ts';

/** How the planner says that a document exceeds the limits that it has of its own. */
const LIMITS = /^(Exceeded maximum recursive selections|Number of non-local selections exceeds limit)/;

/** What the planner threw, in a form that crosses threads. */
export function describePlanningFailure(error: unknown): PlannerFailure {
  if (isInvalid(error)) return { code: 'GRAPHQL_VALIDATION_FAILED', message: error.message };
  // Too deep for the stack is too deep for us.
  if (error instanceof RangeError || (error instanceof Error && LIMITS.test(error.message)))
    return {
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'The document selects more than can be planned. Split it, or ask for less.',
    };
  return { code: null, message: error instanceof Error ? withCauses(error) : String(error) };
}

/** What threads exchange is text, which loses the causes of an error. */
const withCauses = (error: Error): string => {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCause: ${withCauses(error.cause)}` : own;
};
