/** What somebody has in the programme. */
export interface LoyaltyStanding {
  /** Whose it is now. */
  readonly customerId: string;
  /** Null for somebody who never had points. */
  readonly accountId: string | null;
  readonly balance: number;
  readonly held: number;
  /** Points of orders that are credited later. */
  readonly pending: number;
  /** Points that were to be taken back and were gone. */
  readonly debt: number;
  readonly tier: string | null;
  /** What the tier was worked out from. */
  readonly qualifying: number;
}

export const LEDGER_KINDS = ['EARN', 'REDEEM', 'REVERSE', 'ADJUST', 'EXPIRE', 'MERGE'] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** A line of somebody's account. */
export interface LoyaltyEntry {
  readonly id: string;
  readonly kind: LedgerKind;
  /** Less than zero where they went. */
  readonly points: number;
  readonly orderId: string | null;
  readonly note: string | null;
  /** As PostgreSQL writes an instant. */
  readonly bookedAt: string;
}

/** Points that expire on a day if they are not spent. */
export interface ExpiringPoints {
  readonly points: number;
  /** As PostgreSQL writes an instant. */
  readonly expiresAt: string;
}
