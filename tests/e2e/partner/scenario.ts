import { ask, post, watch } from '@kontor/testkit/src/graph-client.ts';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { shopperWith, variantsOf } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

/** What belongs to staff, or to somebody. */
const OF_OTHERS = ['StockLevel', 'PriceList', 'Customer', 'LedgerEntry', 'Mutation'];

const LIVE = `subscription Live($ids: [ID!]!) { availabilityChanged(variantIds: $ids) { variants {
  sellableQuantity variant { sku title price { gross { minorUnits currency } } }
} } }`;
interface Live {
  availabilityChanged: {
    variants: {
      sellableQuantity: number;
      variant: { sku: string; title: string; price: { gross: { minorUnits: number; currency: string } } };
    }[];
  };
}

/** A partner has a graph of its own, which is a part of the whole. */
export function partner(system: () => System): void {
  const url = () => system().url('router').replace('/graphql', '/partner/graphql');
  const key = demoKey('router', 'integration');

  it('shows a partner the catalogue, and no type or mutation of staff', async () => {
    const { productSearch } = await ask<{ productSearch: { edges: unknown[] } }>(
      url(),
      '{ productSearch(query: "lantern", first: 2) { edges { node { title variants { price { gross { minorUnits } } availability { status } } } } } }',
      {},
      key,
    );
    expect(productSearch.edges).toHaveLength(2);
    const served = await (await fetch(url().replace('graphql', 'schema.graphql'))).text();
    const types = Object.keys(buildSchema(served).getTypeMap());
    expect(types).toContain('Product');
    expect(types.filter((type) => OF_OTHERS.includes(type))).toEqual([]);
    for (const document of [
      'mutation { stockReceive(input: {}) { __typename } }',
      '{ priceLists { code } }',
      '{ me { id } }',
    ]) {
      const { body } = await post(url(), document, {}, key);
      expect(body.data).toBeUndefined();
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('offers examples in a browser that the graph answers', async () => {
    const page = await (await fetch(url(), { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('what a partner sees');
    expect(page).toContain('Watch stock');
    expect(page).not.toContain('priceLists');
  });

  it('tells a partner what is sold as it happens, with name and price from other services', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'glow-camp-lantern'))[0]!;
    const live = watch<Live>(url(), LIVE, { ids: [variant.id] }, key);
    const first = (await live.next()).availabilityChanged.variants[0]!;
    expect(first.variant).toMatchObject({ sku: variant.sku, price: { gross: { currency: 'EUR' } } });
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    expect(await shopper.checkout()).toMatchObject({ __typename: 'OrderPlaced' });
    const after = await live.until(
      ({ availabilityChanged: { variants } }) => variants[0]?.sellableQuantity === first.sellableQuantity - 1,
    );
    expect(after.availabilityChanged.variants[0]!.variant).toEqual(first.variant);
    await live.stop();
  });
}
