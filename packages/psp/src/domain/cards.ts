/** What the bank says to an attempt to charge. */
export type Verdict =
  | { readonly kind: 'approve' }
  | { readonly kind: 'decline'; readonly declineCode: string; readonly message: string }
  | { readonly kind: 'authenticate' };

/** A fault of the provider itself, seeded by the card. */
export type Seeded = 'none' | 'hang-after-charge' | 'error-before-charge';

/** A test card: everything that the provider knows of it. There are no others, so that no real card can be sent. */
export interface TestCard {
  readonly token: string;
  readonly brand: 'visa' | 'mastercard';
  readonly last4: string;
  readonly verdict: Verdict;
  readonly seeded: Seeded;
}

const APPROVE: Verdict = { kind: 'approve' };

const CARDS: readonly TestCard[] = [
  { token: 'pm_card_visa', brand: 'visa', last4: '4242', verdict: APPROVE, seeded: 'none' },
  { token: 'pm_card_mastercard', brand: 'mastercard', last4: '4444', verdict: APPROVE, seeded: 'none' },
  {
    token: 'pm_card_chargeDeclined',
    brand: 'visa',
    last4: '0002',
    verdict: { kind: 'decline', declineCode: 'generic_decline', message: 'Your card was declined.' },
    seeded: 'none',
  },
  {
    token: 'pm_card_chargeDeclinedInsufficientFunds',
    brand: 'visa',
    last4: '9995',
    verdict: { kind: 'decline', declineCode: 'insufficient_funds', message: 'Your card has insufficient funds.' },
    seeded: 'none',
  },
  {
    token: 'pm_card_authenticationRequired',
    brand: 'visa',
    last4: '3184',
    verdict: { kind: 'authenticate' },
    seeded: 'none',
  },
  { token: 'pm_card_timeoutAfterCharge', brand: 'visa', last4: '5904', verdict: APPROVE, seeded: 'hang-after-charge' },
  { token: 'pm_card_serverErrorOnce', brand: 'visa', last4: '5000', verdict: APPROVE, seeded: 'error-before-charge' },
];

const byToken = new Map(CARDS.map((card) => [card.token, card]));

/** The test card of a token; null for an unknown one. */
export const cardOf = (token: string): TestCard | null => byToken.get(token) ?? null;
