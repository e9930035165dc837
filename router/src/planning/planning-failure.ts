import { GraphQLError } from 'graphql';
import type { PlannerFailure } from './planner-messages.ts';

/** How the planner says that a document exceeds the limits that it has of its own. */
const LIMITS = /^(Exceeded maximum recursive selections|Number of non-local selections exceeds limit)/;

/** What the planner threw, in a form that crosses threads. */
export function describePlanningFailure(error: unknown): PlannerFailure {
  if (error instanceof GraphQLError) return { code: 'GRAPHQL_VALIDATION_FAILED', message: error.message };
  // Too deep for the stack is too deep for us.
  if (error instanceof RangeError || (error instanceof Error && LIMITS.test(error.message)))
    return {
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'The document selects more than can be planned. Split it, or ask for less.',
    };
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
