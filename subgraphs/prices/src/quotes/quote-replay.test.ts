import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cartQuantities } from '../domain/quote/cart-quantities.ts';
import { quoteCart } from '../domain/quote/price-cart.ts';
import { isPromisedFor } from '../domain/quote/promised-quote.ts';
import { splitLines } from '../domain/quote/split-lines.ts';
import { linesOf, pieces, surroundings } from '../testing/cart-arbitraries.ts';
import { givenCart } from '../testing/given-cart.ts';
import { promisedBuyer } from './promised-buyer.ts';
import { readQuote, signQuote } from './quote-token.ts';

const KEY = new Uint8Array(32).fill(7);
const [NOW, LATER] = [new Date('2026-05-05T12:00:00.000Z'), new Date('2026-05-05T12:15:00.000Z')];

test('a token replays a cart to the cent, each line as it was, whatever was promised', async () => {
  const priced = pieces.map((pairs) => pairs.filter(([id]) => id !== 'unpriced'));
  await fc.assert(
    fc.asyncProperty(priced, surroundings, async (pairs, around) => {
      const cart = givenCart({ ...around, cart: linesOf(pairs) });
      const quote = quoteCart(cart)!;
      fc.pre(quote.unpriced.length === 0);
      const { channel, currency, country, region, asOf, buyer } = cart.context;
      const asked = { shippingOptionCode: cart.shippingOptionCode, isPickup: cart.isPickup, codes: cart.codes };
      const where = { channel, currency, country, region, asOf, postalCode: null };
      const context = { ...where, ...asked, buyer: promisedBuyer(buyer, KEY) };
      const token = await signQuote({ context, quote }, KEY, { issuedAt: NOW, expiresAt: LATER });
      const { promised } = (await readQuote(token, KEY, NOW))!;
      expect(promised).toEqual({ context, quote });
      expect(isPromisedFor(promised, context, cartQuantities(cart.lines))).toBe(true);
      expect(splitLines(cart.lines, promised.quote)).toEqual(splitLines(cart.lines, quote));
    }),
    { seed: 20_260_505, numRuns: 150 },
  );
});
