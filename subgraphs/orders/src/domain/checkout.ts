import { isId } from '@kontor/kit/src/ids.ts';
import type { Money, TaxedMoney } from '@kontor/kit/src/money.ts';
import type { Address } from './address.ts';
import type { AppliedDiscount, LineDiscount } from './discount.ts';
import type { Failure } from './outcome.ts';
import type { Allocation, Plan } from './routing.ts';

/**
 * How far a checkout is. Pricing and routing only read, so that the first state that is kept has both; from then on every
 * step is kept before the next one begins:
 *
 *     routed → reserved → authorized → placed
 *        │         ├→ authorizing      the provider's answer is unknown; it is asked again with the same key
 *        │         └→ action_required  the shopper has to confirm at the bank; stock stays held
 *        └─────────┴→ compensating → failed
 */
export type CheckoutState =
  'routed' | 'reserved' | 'authorizing' | 'action_required' | 'authorized' | 'placed' | 'compensating' | 'failed';

/** With what a checkout can be paid: by the payment provider, by points, or on the account of the company. */
export type Tender = 'CARD' | 'POINTS' | 'TERMS';

/** Whom to tell. */
export interface Contact {
  readonly email: string | null;
  readonly phone: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** What a shopper asked for, checked, as it is kept while the checkout lasts. */
export interface CheckoutRequest {
  readonly contact: Contact;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly pickupLocationId: string | null;
  /** Absent in checkouts that began when there were only cards. */
  readonly tender?: Tender;
  /** The provider's token of the card. */
  readonly paymentToken: string;
  /** The signed-in customer. */
  readonly customerId: string | null;
  /** The company that the customer buys for. */
  readonly companyId?: string | null;
  /** Its location, and codes of the customer's groups; absent in checkouts that began before prices asked for them. */
  readonly companyLocationId?: string | null;
  readonly groups?: readonly string[];
  /** How it shall be sent; null for the first way that is offered, and for what is collected. */
  readonly shippingOptionCode?: string | null;
  /** The quote whose promotions prices holds for the checkout; null when it holds none. */
  readonly promotionsToken?: string | null;
  /** Whose limits of promotions count when nobody is signed in. */
  readonly guestKey?: string | null;
}

/** A line with everything that an order keeps of it. */
export interface PricedLine {
  readonly variantId: string;
  readonly quantity: number;
  readonly productTitle: string;
  readonly variantTitle: string;
  readonly sku: string | null;
  /** Absent in checkouts that began before it was kept. */
  readonly productType?: string | null;
  readonly unit: TaxedMoney;
  readonly total: TaxedMoney;
  readonly taxRateBasisPoints: number;
  /** Its part of the discounts, which `total` is after; absent in checkouts that began before there were any. */
  readonly discounts?: readonly LineDiscount[];
}

/** How an order is sent. */
export interface PricedShipping {
  readonly optionCode: string;
  readonly name: string;
  readonly total: TaxedMoney;
}

/** What a cart costs. Lines and shipping sum to the total. */
export interface Pricing {
  readonly lines: readonly PricedLine[];
  readonly total: TaxedMoney;
  /** The country whose tax it has. This and what follows are absent in checkouts that began before they were kept. */
  readonly country?: string;
  readonly discounts?: readonly AppliedDiscount[];
  readonly shipping?: PricedShipping | null;
}

/** What stock holds for a checkout. */
export interface Hold {
  readonly key: string;
  readonly allocations: readonly Allocation[];
}

/** What the provider said of the payment; for points and terms, what customers holds under the key of the checkout. */
export interface CheckoutPayment {
  /** Absent for cards. */
  readonly tender?: Tender;
  readonly intentId: string;
  readonly clientSecret: string | null;
  readonly cardBrand: string | null;
  readonly cardLast4: string | null;
}

/** A checkout that got as far as holding something, or was refused on the way there. */
export interface Checkout {
  readonly checkoutId: string;
  readonly cartId: string;
  /** The id that the order will have. */
  readonly orderId: string;
  readonly channel: string;
  readonly state: CheckoutState;
  readonly requestHash: Uint8Array;
  readonly request: CheckoutRequest;
  readonly pricing: Pricing;
  readonly plans: readonly Plan[];
  readonly reservation: Hold | null;
  /** Which key the reservation has: a hold that expired is never revived, the next one has a new key. */
  readonly reservationAttempt: number;
  readonly payment: CheckoutPayment | null;
  readonly result: Failure | null;
  readonly attemptCount: number;
  /** Seconds since it began, by the database's clock when the row was read. */
  readonly ageS: number;
}

/** The key under which stock knows the hold. */
export const reservationKey = (checkoutId: string, attempt: number): string =>
  attempt === 1 ? `checkout:${checkoutId}` : `checkout:${checkoutId}:${attempt}`;

/** The id of the checkout that holds stock under a key; null for a key of somebody else. */
export function checkoutOfReservation(key: string): string | null {
  const [prefix, checkoutId = ''] = key.split(':');
  return prefix === 'checkout' && isId(checkoutId) ? checkoutId : null;
}

/** The key under which the provider knows an operation of a checkout. */
export const paymentKey = (checkoutId: string, operation: 'authorize' | 'cancel'): string =>
  `checkout:${checkoutId}:${operation}`;

/** The key under which customers holds points, credit and budgets of a checkout, and prices its promotions. */
export const holdKey = (checkoutId: string): string => `checkout:${checkoutId}`;

/** Whether customers may hold something for a checkout: points, credit, or a budget of the company. */
export const mayHold = ({ tender = 'CARD', companyId = null }: CheckoutRequest): boolean =>
  tender !== 'CARD' || companyId !== null;

/** Whether prices holds codes, limits or budgets of promotions for a checkout. */
export const holdsPromotions = ({ promotionsToken = null }: CheckoutRequest): boolean => promotionsToken !== null;

/** What is paid. */
export const amountDue = (pricing: Pricing): Money => pricing.total.gross;
