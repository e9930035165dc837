import { invalidInput } from '@kontor/kit/src/errors.ts';

/** Thrown inside a transaction to undo what it wrote before a rule refused it. */
export class Refusal extends Error {
  readonly code: string;
  readonly path: readonly string[];

  constructor(code: string, message: string, path: readonly string[]) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** The answer for a refusal that was thrown; anything else is thrown again. */
export function refusalOf(error: unknown) {
  if (!(error instanceof Refusal)) throw error;
  return invalidInput(error.code, error.message, [...error.path]);
}
