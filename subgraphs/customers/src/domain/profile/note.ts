/** A note of the staff about a person. */
export interface Note {
  readonly id: string;
  readonly customerId: string;
  readonly body: string;
  /** The subject of the caller who wrote it. */
  readonly author: string;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
}

/** Notes about one person. */
export const MOST_NOTES = 100;
export const MAX_NOTE_LENGTH = 2_000;
