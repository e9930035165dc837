import { ask } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { variantsOf } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

const PRICES_SET = `mutation Set($input: PricesSetInput!) { pricesSet(input: $input) { __typename ... on PricesChanged { changedCount } ... on UserError { code message } } }`;
const BASE = `query Base { priceList(code: "base-eur") { revision } }`;

interface Price {
  gross: { minorUnits: number; currency: string };
}

/** One price is one price, wherever it is looked at. */
export function prices(system: () => System): void {
  it('shows a price that staff changed once alike in all five channels', async () => {
    const { url } = system();
    const handle = 'trail-lantern';
    const variant = (await variantsOf(url('web'), handle))[0]!;
    const changed = variant.price!.gross.minorUnits + 100;
    const staff = demoKey('router', 'staff');
    const set = () =>
      ask<{ pricesSet: { __typename: string; changedCount?: number } }>(
        url('router'),
        PRICES_SET,
        { input: { priceListCode: 'base-eur', prices: [{ variantId: variant.id, amountMinor: changed }] } },
        staff,
      );
    expect((await set()).pricesSet).toEqual({ __typename: 'PricesChanged', changedCount: 1 });

    const web = (await variantsOf(url('web'), handle)).find((each) => each.id === variant.id)!.price!;
    const identity = await ask<{ variant: { product: { id: string }; barcode: string } }>(
      url('router'),
      `query V($id: ID!) { variant(id: $id) { barcode product { id } } }`,
      { id: variant.id },
      staff,
    );
    const { product, barcode } = identity.variant;
    const mobile = await ask<{ productScreen: { variants: { id: string; price: Price }[] } }>(
      url('mobile'),
      `query M($id: ID!) { productScreen(id: $id) { variants { id price { gross { minorUnits currency } } } } }`,
      { id: product.id },
    );
    const pos = await ask<{ lookup: { id: string; price: Price }[] }>(
      url('pos'),
      `query P($code: String!) { lookup(code: $code) { id price { gross { minorUnits currency } } } }`,
      { code: barcode },
      demoKey('pos', 'staff'),
    );
    const b2b = await ask<{
      catalogPage: { products: { edges: { node: { variants: { id: string; price: Price }[] } }[] } };
    }>(
      url('b2b'),
      `query B($query: String) { catalogPage(query: $query) { products { edges { node { variants { id price { gross { minorUnits currency } } } } } } } }`,
      { query: 'trail lantern' },
      demoKey('b2b', 'customer'),
    );
    const priceIn = (variants: { id: string; price: Price }[]) =>
      variants.find((each) => each.id === variant.id)?.price;
    const expected = { gross: { minorUnits: changed, currency: 'EUR' } };
    expect(web).toEqual(expected);
    expect(priceIn(mobile.productScreen.variants)).toEqual(expected);
    expect(priceIn(pos.lookup)).toEqual(expected);
    expect(priceIn(b2b.catalogPage.products.edges.flatMap((edge) => edge.node.variants))).toEqual(expected);
    expect(await feedPrice(url('marketplace'), variant.id)).toEqual(expected);

    const before = await ask<{ priceList: { revision: number } }>(url('router'), BASE, {}, staff);
    expect((await set()).pricesSet).toEqual({ __typename: 'PricesChanged', changedCount: 0 });
    expect(await ask(url('router'), BASE, {}, staff)).toEqual(before);
  });
}

/** Walks the marketplace's feed until the variant comes. */
async function feedPrice(url: string, variantId: string): Promise<Price | null> {
  const key = demoKey('marketplace', 'integration');
  for (let after: string | null = null; ;) {
    const page: {
      feed: {
        items: { id: string; price: Price | null }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    } = await ask(
      url,
      `query F($after: String) { feed(first: 100, after: $after) { items { id price { gross { minorUnits currency } } } pageInfo { hasNextPage endCursor } } }`,
      { after },
      key,
    );
    const found = page.feed.items.find((item) => item.id === variantId);
    if (found) return found.price;
    if (!page.feed.pageInfo.hasNextPage) return null;
    after = page.feed.pageInfo.endCursor;
  }
}
