import { findCart } from '../data/carts.ts';
import { changedLines } from '../domain/changed-lines.ts';
import { amountDue, type Checkout, holdKey } from '../domain/checkout.ts';
import { discountGone, type Failure } from '../domain/outcome.ts';
import { askQuote, holdPromotions } from '../peers/prices.ts';
import { tookTooLong } from './hold-stock.ts';
import { currentLines, isPriced, questionOfCheckout } from './price-checkout.ts';
import type { Run } from './run.ts';

/**
 * Holds the codes, limits and budgets that the price of a checkout takes, under the checkout's key. Repeating is harmless; a key that was given
 * back holds nothing any more, so that no process that stood still can leave a hold behind.
 * @returns why not; null when all is held, or when the price takes nothing that is limited.
 */
export async function holdDiscounts(run: Run, checkout: Checkout): Promise<Failure | null> {
  const { promotionsToken = null, guestKey = null } = checkout.request;
  if (promotionsToken === null) return null;
  const key = holdKey(checkout.checkoutId);
  const hold = { key, quoteToken: promotionsToken, guestKey };
  const answer = await holdPromotions(run.orders.peers.prices, run.requestId, hold);
  run.reached('promotions-answered');
  switch (answer.__typename) {
    case 'PromotionsHeld':
      return null;
    case 'PromotionUnavailable':
      return priceWithout(run, checkout);
    case 'HoldEnded':
      return tookTooLong();
  }
}

/** What the cart costs now that somebody else has used a discount up. */
async function priceWithout(run: Run, { cartId, request, pricing }: Checkout): Promise<Failure> {
  const cart = await findCart(run.orders.db, cartId);
  if (!cart) throw new Error(`the cart ${cartId} is in checkout and is not there`);
  const question = { ...questionOfCheckout(cart, request, null), guestKey: request.guestKey ?? null };
  const quote = await askQuote(run.orders.peers.prices, run.requestId, question);
  const promised = pricing.lines.map(({ variantId, quantity, total }) => ({ variantId, quantity, total: total.gross }));
  return discountGone({
    shown: amountDue(pricing),
    current: isPriced(quote) ? quote.total.gross : null,
    lines: changedLines(currentLines(cart, quote), promised),
  });
}
