import { ask, watch } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import {
  ADDRESS,
  AVAILABILITY,
  CARD,
  CART_CREATE,
  CHECKOUT,
  LINES_SET,
  PRODUCT,
  SEARCH,
  type AvailabilityData,
  type CartCreateData,
  type CheckoutData,
  type LinesSetData,
  type ProductData,
  type SearchData,
} from '../operations.ts';
import { shopperWith, variantsOf } from '../shopper.ts';
import type { System } from '../system.ts';

/** The main job: find, open, buy, and see the stock fall. */
export function shopping(system: () => System): void {
  it('sells what a guest found, and an open subscription shows the lower availability with a higher version', async () => {
    const web = system().url('web');
    const { searchPage } = await ask<SearchData>(web, SEARCH, { query: 'lantern' });
    const found = searchPage.products.edges
      .map((edge) => edge.node)
      .find((node) =>
        node.variants.some(
          (variant) => (variant.availability?.sellableQuantity ?? 0) > 2 && node.handle !== 'trail-lantern',
        ),
      )!;
    const { productPage } = await ask<ProductData>(web, PRODUCT, { handle: found.handle });
    const variant = productPage!.variants.find((each) => each.availability!.sellableQuantity > 2)!;
    expect(variant.price!.gross).toEqual({ minorUnits: expect.any(Number) as number, currency: 'EUR' });

    const phone = watch<AvailabilityData>(system().url('mobile'), AVAILABILITY, { ids: [variant.id] });
    const browser = watch<AvailabilityData>(web, AVAILABILITY, { ids: [variant.id] });
    for (const screen of [phone, browser]) {
      const { availabilityChanged: first } = await screen.next();
      expect(first.snapshot).toBe(true);
      expect(first.variants).toEqual([
        expect.objectContaining({ variantId: variant.id, version: variant.availability!.version }),
      ]);
    }

    const { cartCreate } = await ask<CartCreateData>(web, CART_CREATE, { input: { currency: 'EUR', country: 'DE' } });
    const { cart, token } = cartCreate;
    const { cartLinesSet } = await ask<LinesSetData>(web, LINES_SET, {
      input: { cartId: cart.id, token, expectedVersion: cart.version, lines: [{ variantId: variant.id, quantity: 2 }] },
    });
    expect(cartLinesSet.__typename).toBe('CartUpdated');
    const total = cartLinesSet.cart!.quote!.total.gross;
    expect(total).toEqual({ minorUnits: 2 * variant.price!.gross.minorUnits, currency: 'EUR' });

    const input = {
      cartId: cart.id,
      token,
      expectedVersion: cartLinesSet.cart!.version,
      quoteToken: cartLinesSet.cart!.quote!.token,
      expectedTotal: total,
      contact: { email: 'ada@example.com' },
      shippingAddress: ADDRESS,
      tenders: CARD,
      idempotencyKey: 'shopping-1-first-order',
    };
    const { checkout } = await ask<CheckoutData>(web, CHECKOUT, { input });
    expect(checkout).toMatchObject({
      __typename: 'OrderPlaced',
      order: {
        status: 'PLACED',
        total: { gross: total },
        lines: [{ quantity: 2, sku: variant.sku, productTitle: found.title }],
        payments: [{ status: 'AUTHORIZED', cardBrand: 'visa', cardLast4: '4242' }],
      },
    });

    for (const screen of [phone, browser]) {
      const { availabilityChanged: later } = await screen.until((data) =>
        data.availabilityChanged.variants.some(
          (each) => each.sellableQuantity === variant.availability!.sellableQuantity - 2,
        ),
      );
      expect(later.snapshot).toBe(false);
      expect(later.variants[0]!.version).toBeGreaterThan(variant.availability!.version);
      await screen.stop();
    }

    const again = await ask<CheckoutData>(web, CHECKOUT, { input });
    expect(again.checkout.order).toEqual(checkout.order);
  });

  it('places one order and takes stock once when one key arrives fifty times at once', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const before = variant.availability!.sellableQuantity;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => shopper.checkout({ idempotencyKey: 'shopping-fifty-times' })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]!.__typename).toBe('OrderPlaced');
    expect((await variantsOf(web, 'trail-lantern'))[0]!.availability!.sellableQuantity).toBe(before - 1);
    const other = await shopper.checkout({
      idempotencyKey: 'shopping-fifty-times',
      contact: { email: 'someone-else@example.com' },
    });
    expect(other.__typename).toBe('IdempotencyKeyReused');
  });

  it('gives the stock back and leaves the cart open when the card is declined', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    const declined = await shopper.checkout({ tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclined' }] });
    expect(declined).toMatchObject({
      __typename: 'PaymentDeclined',
      code: 'PAYMENT_DECLINED',
      declineCode: 'generic_decline',
    });
    expect((await variantsOf(web, 'trail-lantern'))[0]!.availability!.sellableQuantity).toBe(
      variant.availability!.sellableQuantity,
    );
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
  });
}
