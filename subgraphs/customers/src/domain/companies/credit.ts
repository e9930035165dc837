/** What a member can buy on account by. */
export interface CreditTerms {
  readonly customerId: string;
  readonly companyLocationId: string;
  readonly currency: string;
  /** Null when the location does not buy on account. */
  readonly termsDays: number | null;
  readonly isBlocked: boolean;
  readonly timeZone: string;
}

/** An order on account, by the key of its hold. */
export interface CreditOrder {
  readonly key: string;
  readonly companyId: string;
  readonly companyLocationId: string;
  readonly customerId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Days from its placement until it is due. */
  readonly termsDays: number;
  readonly timeZone: string;
}

/** Money that came, or a correction. */
export interface Booking {
  readonly id: string;
  readonly companyLocationId: string;
  readonly kind: 'PAYMENT' | 'ADJUSTMENT';
  /** What it adds to the balance of the credit account: a payment is positive, a charge negative. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly reference: string;
  /** When the money came, as ISO 8601 or PostgreSQL write an instant; null in a new one: now. */
  readonly valueAt: string | null;
  readonly bookedBy: string;
  readonly idempotencyKey: string;
}

/** Why credit is not to be had at all, whatever the amount. */
export type NoCreditReason = 'NOT_A_MEMBER' | 'NO_LOCATION' | 'BLOCKED' | 'NO_TERMS' | 'WRONG_CURRENCY';

/** Why these terms give no credit in a currency; null when they do. */
export function noCreditReason(terms: CreditTerms, currency: string): NoCreditReason | null {
  if (terms.isBlocked) return 'BLOCKED';
  if (terms.termsDays === null) return 'NO_TERMS';
  return terms.currency === currency ? null : 'WRONG_CURRENCY';
}
