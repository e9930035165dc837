import type { GraphQLFormattedError } from 'graphql';
import type { ExecutionRequest } from './execution.ts';
import type { JsonObject } from './json-value.ts';

/** More errors help nobody, and a list of ten thousand items could have as many. */
const MAX_ERRORS = 1_000;

/** One execution of a plan. */
export interface Run {
  readonly request: ExecutionRequest;
  readonly root: JsonObject;
  readonly errors: GraphQLFormattedError[];
}

/** A node of a plan, compiled. @returns nothing when there is nothing to wait for. Never throws or rejects. */
export interface Node {
  (run: Run): Promise<void> | undefined;
}

/** Whether somebody still waits for the answer. */
export const isWanted = ({ request: { call } }: Run): boolean => !(call.signal?.aborted ?? false);

/** Whether the answer can take more errors. */
export const hasRoomForErrors = ({ errors }: Run): boolean => errors.length < MAX_ERRORS;

/** Adds an error to the answer while it can take one. */
export function note(run: Run, error: GraphQLFormattedError): void {
  if (hasRoomForErrors(run)) run.errors.push(error);
}
