export const CONSENT_SOURCES = ['SELF', 'STAFF', 'INTEGRATION'] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** A consent that was given or withdrawn, as it was recorded. */
export interface Consent {
  /** Its place in the history. */
  readonly seq: number;
  readonly customerId: string;
  readonly purpose: string;
  /** By which way, such as `email`. */
  readonly channel: string;
  readonly isGranted: boolean;
  /** As PostgreSQL writes an instant. */
  readonly at: string;
  readonly source: ConsentSource;
  readonly textVersion: string | null;
  readonly proof: string | null;
}

/** A consent to record. */
export type NewConsent = Pick<Consent, 'purpose' | 'channel' | 'isGranted' | 'source' | 'textVersion' | 'proof'> & {
  /** The caller's subject. */
  readonly recordedBy: string;
};

/** Purposes and channels that one person can have consents of. */
export const MOST_CONSENTS = 100;
/** Rows of one person's history. Withdrawals are recorded beyond it: each is preceded by a consent, so that there is a bound all the same. */
export const MOST_CONSENT_ROWS = 1_000;
