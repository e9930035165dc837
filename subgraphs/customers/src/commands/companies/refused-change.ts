/** Thrown in a transaction so that nothing of it stays; carries what the client is answered instead. */
export class RefusedChange<Outcome> extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Runs a change. @returns its outcome, or that of the refusal that it threw. */
export async function orRefused<Outcome>(change: Promise<Outcome>): Promise<Outcome> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof RefusedChange) return error.outcome as Outcome;
    throw error;
  }
}
