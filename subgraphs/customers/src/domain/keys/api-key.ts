export const API_KEY_ROLES = ['STAFF', 'INTEGRATION'] as const;
export type ApiKeyRole = (typeof API_KEY_ROLES)[number];

/** A key of a machine or of staff, without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly label: string;
  readonly role: ApiKeyRole;
  readonly scopes: readonly string[];
  /** The channel's code that it is bound to; null for any. */
  readonly channel: string | null;
  readonly locationId: string | null;
  /** What its secret begins with and ends with; null for secrets that were brought. */
  readonly prefix: string | null;
  readonly lastFour: string | null;
  readonly createdBy: string | null;
  /** Instants as PostgreSQL writes them. */
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** Secrets that a key has at once, the newest of them, and when those before it end. */
export const MAX_OVERLAP_S = 7 * 24 * 3_600;
