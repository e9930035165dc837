import { ask, watch } from '@kontor/testkit/src/graph-client.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { expect, it } from 'vitest';
import {
  AVAILABILITY,
  CART,
  PRODUCT,
  SEARCH,
  type AvailabilityData,
  type CartReadData,
  type ProductData,
  type SearchData,
} from '../operations.ts';
import { shopperWith, variantsOf } from '../shopper.ts';
import type { System } from '../system.ts';

/** One service down costs what it owns, not the page. */
export function outage(system: () => System): void {
  it('renders pages with availability null while stock is down, and subscriptions go on when it is back', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const screen = watch<AvailabilityData>(web, AVAILABILITY, { ids: [variant.id] });
    expect((await screen.next()).availabilityChanged.snapshot).toBe(true);

    const stock = await system().takeOut('stock');
    const { productPage } = await ask<ProductData>(web, PRODUCT, { handle: 'trail-lantern' });
    expect(productPage!.title).toBeTypeOf('string');
    expect(productPage!.variants[0]).toMatchObject({ id: variant.id, price: variant.price, availability: null });
    const { searchPage } = await ask<SearchData>(web, SEARCH, { query: 'lantern' });
    expect(searchPage.products.edges.length).toBeGreaterThan(0);
    await stock.start();

    await eventually(async () => expect((await variantsOf(web, 'trail-lantern'))[0]!.availability).not.toBeNull());
    const before = (await variantsOf(web, 'trail-lantern'))[0]!.availability!;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    const { availabilityChanged } = await screen.until((data) =>
      data.availabilityChanged.variants.some((each) => each.sellableQuantity === before.sellableQuantity - 1),
    );
    expect(availabilityChanged.variants[0]!.version).toBeGreaterThan(before.version);
    await screen.stop();
  });
  it('shows a cart with its names and prices while products is down', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const { cartId, token } = await shopperWith(web, [{ variantId: variant.id, quantity: 2 }]);
    const products = await system().takeOut('products');
    const { cart } = await ask<CartReadData>(web, CART, { id: cartId, token });
    await products.start();
    expect(cart!.lines).toEqual([
      {
        quantity: 2,
        productTitle: 'Trail Lantern',
        variantTitle: 'Default',
        sku: variant.sku,
        variant: { id: variant.id },
        unitPrice: { gross: variant.price!.gross },
      },
    ]);
  });
}
