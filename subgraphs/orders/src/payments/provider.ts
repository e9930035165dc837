import type { Money } from '@kontor/kit/src/money.ts';

/** What the provider shows of a card. */
export interface CardDetails {
  readonly brand: string;
  readonly last4: string;
}

/** What became of a payment. `unknown` means that money may or may not be held: ask again with the same key, then decide. */
export type PaymentOutcome =
  | { readonly status: 'authorized'; readonly intentId: string; readonly card: CardDetails | null }
  | { readonly status: 'declined'; readonly declineCode: string | null }
  | { readonly status: 'action_required'; readonly intentId: string; readonly clientSecret: string }
  | { readonly status: 'unknown'; readonly reason: string };

/** An amount to hold on a card. */
export interface Authorization {
  /** The same key is the same payment, however often it is asked for. */
  readonly idempotencyKey: string;
  readonly amount: Money;
  /** The provider's token of the card. */
  readonly paymentToken: string;
  /** What the provider's books show beside it. */
  readonly reference: string;
}

/** Who takes payments. No method throws for what the network or the provider do: that is `unknown`. */
export interface PaymentProvider {
  /** Holds an amount, to be taken at shipment. */
  authorize(authorization: Authorization): Promise<PaymentOutcome>;
  /** What became of a payment that waited for the shopper. */
  retrieve(intentId: string): Promise<PaymentOutcome>;
  /** Gives a hold back. @returns whether nothing is held any more. Repeating is harmless. */
  cancel(intentId: string, idempotencyKey: string): Promise<boolean>;
}
