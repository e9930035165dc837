export type PrivacyKind = 'EXPORT' | 'ERASE';
export type PrivacyState = 'RUNNING' | 'WAITING' | 'COMPLETED' | 'EXPIRED';

/** Parts of the system beside this one that keep something about people. */
export const OTHER_KEEPERS = ['orders'] as const;

/** A request for one's data, or to be forgotten. Instants are as PostgreSQL writes them. */
export interface PrivacyRequest {
  readonly id: string;
  readonly kind: PrivacyKind;
  /** The profile that it was made for; it may have been merged into another one since. */
  readonly customerId: string;
  readonly state: PrivacyState;
  /** What it waits for. */
  readonly missing: readonly string[];
  readonly requestedAt: string;
  readonly completedAt: string | null;
  readonly expiresAt: string | null;
}

/** Records of one kind about a person. */
export interface PrivacyPart {
  readonly subgraph: string;
  readonly kind: string;
  readonly data: unknown;
}

/** How far a step is; null at its beginning. */
export type StepPosition = { readonly after: string | null; readonly slice: number } | null;

/** A request that this process works on. */
export interface LeasedRequest {
  readonly id: string;
  readonly kind: PrivacyKind;
  readonly customerId: string;
  readonly step: string;
  readonly position: StepPosition;
  readonly tries: number;
}

const FIRST_WAIT_S = 5;
const MAX_WAIT_S = 600;

/** Seconds until something is tried again that has been tried so often in vain. */
export const waitSeconds = (tries: number): number => Math.min(MAX_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(tries, 10));
