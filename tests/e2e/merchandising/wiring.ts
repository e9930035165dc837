import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, watch } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { shopperWith } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';
import { countUnits, merchant, offer, setPrices } from './merchant.ts';
import { lookFor } from './shelves.ts';

const VENDOR = 'Wayfarer Works';
const [BILLYCAN, GRIDDLE, SIEVE] = ['camp-billycan', 'camp-griddle', 'camp-sieve'] as const;
const PRICES = { [BILLYCAN]: 3_900, [GRIDDLE]: 4_900, [SIEVE]: 900 };
const SIEVES = 2;

const UPSERT = `mutation ($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { handle productId variantIds } } }`;
const CHANGED = `subscription ($ids: [ID!]!) { productChanged(ids: $ids) { productId changedAt product { title version } } }`;
const RECOMMENDED = `query ($handle: String!) { productByHandle(handle: $handle) { recommendations { reason product { handle } } } }`;

interface Changed {
  readonly productChanged: {
    readonly productId: string;
    readonly changedAt: string;
    readonly product: { readonly title: string; readonly version: number } | null;
  };
}
interface Recommended {
  readonly productByHandle: { readonly recommendations: { reason: string; product: { handle: string } }[] };
}
interface Upserted {
  readonly productsUpsert: { readonly results: { handle: string; productId: string; variantIds: string[] }[] };
}

/** What of the catalogue goes through clocks, events, subscriptions and feeds, between services and their replicas. */
export function wiring(system: () => System): void {
  const staff = () => merchant(system());
  const partner = demoKey('router', 'integration');
  const make = async (handles: readonly string[], publishIn: readonly string[]) => {
    const products = handles.map((handle) => ({
      ...{ handle, title: handle.replaceAll('-', ' '), descriptionHtml: '', vendor: VENDOR, tags: [], published: true },
      ...{ optionNames: [], media: [], variants: [{ optionValues: [], sku: handle.toUpperCase() }] },
    }));
    const { productsUpsert } = await staff().ask<Upserted>(UPSERT, { input: { products, publishIn } });
    return productsUpsert.results;
  };
  const ofVendor = { facet: 'VENDOR', values: [VENDOR] };
  const inStock = { facet: 'AVAILABILITY', values: ['IN_STOCK'] };
  const byPrice = () => lookFor(system(), { filters: [ofVendor], sort: 'PRICE_ASC' });
  /** The variants of the goods that are for sale, by handles; made when they are first asked for. */
  let made: Promise<Readonly<Record<string, string>>> | undefined;
  const goods = () =>
    (made ??= make([BILLYCAN, GRIDDLE, SIEVE], ['web']).then(async (results) => {
      const variants = Object.fromEntries(results.map(({ handle, variantIds }) => [handle, variantIds[0]!]));
      await offer(
        system(),
        Object.entries(PRICES).map(([handle, amountMinor]) => ({
          variantId: variants[handle]!,
          amountMinor,
          quantity: handle === SIEVE ? SIEVES : 50,
        })),
      );
      return variants;
    }));

  it('shows a product when the time that was planned has come, and tells open sockets of that and of every change', async () => {
    const [{ productId } = { productId: '' }] = await make(['camp-canopy'], []);
    const socket = watch<Changed>(system().url('router'), CHANGED, { ids: [productId] }, partner);
    expect((await socket.next()).productChanged).toMatchObject({ productId, product: null });

    const publish = (published: boolean, startsAt?: Date) =>
      staff().change('productPublicationSet', { channel: 'web', productIds: [productId], published, startsAt });
    const startsAt = new Date(Date.now() + 1_000);
    await publish(true, startsAt);
    expect((await lookFor(system(), { query: 'camp canopy', filters: [ofVendor] })).handles).toEqual([]);
    const { productChanged: shown } = await socket.until(({ productChanged }) => productChanged.product !== null);
    expect(Date.parse(shown.changedAt)).toBeGreaterThanOrEqual(startsAt.getTime());
    expect((await lookFor(system(), { query: 'camp canopy', filters: [ofVendor] })).handles).toEqual(['camp-canopy']);

    await staff().change('productUpdate', { productId, title: 'Camp Awning', expectedVersion: shown.product!.version });
    const { productChanged: renamed } = await socket.next();
    expect(renamed).toMatchObject({ product: { title: 'Camp Awning', version: shown.product!.version + 1 } });
    await publish(false);
    expect((await socket.next()).productChanged).toMatchObject({ productId, product: null });
    await socket.stop();
    expect((await lookFor(system(), { query: 'camp awning', filters: [ofVendor] })).handles).toEqual([]);
  });

  it('moves a product in lists that are sorted by price when its price is changed', async () => {
    const variants = await goods();
    await eventually(async () => expect((await byPrice()).handles).toEqual([SIEVE, BILLYCAN, GRIDDLE]));
    await setPrices(system(), [{ variantId: variants[BILLYCAN]!, amountMinor: 5_900 }]);
    await eventually(async () => expect((await byPrice()).handles).toEqual([SIEVE, GRIDDLE, BILLYCAN]));
    expect((await byPrice()).priceRange).toEqual({ minMinor: 900, maxMinor: 5_900 });
    const between = { facet: 'PRICE', from: 4_000, to: 5_000 };
    expect((await lookFor(system(), { filters: [ofVendor, between] })).handles).toEqual([GRIDDLE]);
  });

  it('takes what is sold out off the lists of what is there, and recommends it beside what it was bought with when it is back', async () => {
    const variants = await goods();
    const available = async () => (await lookFor(system(), { filters: [ofVendor, inStock], sort: 'TITLE' })).handles;
    const recommended = async () => {
      const { productByHandle } = await ask<Recommended>(
        system().url('router'),
        RECOMMENDED,
        { handle: BILLYCAN },
        partner,
      );
      return productByHandle.recommendations.filter(({ reason }) => reason === 'BOUGHT_TOGETHER');
    };
    await eventually(async () => expect(await available()).toEqual([BILLYCAN, GRIDDLE, SIEVE]));
    const shopper = await shopperWith(system().url('web'), [
      { variantId: variants[BILLYCAN]!, quantity: 1 },
      { variantId: variants[SIEVE]!, quantity: SIEVES },
    ]);
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    await eventually(async () => expect(await available()).toEqual([BILLYCAN, GRIDDLE]));
    expect(await recommended()).toEqual([]);

    // The sold ones still lie there.
    await countUnits(system(), variants[SIEVE]!, SIEVES + 1);
    await eventually(async () => expect(await available()).toEqual([BILLYCAN, GRIDDLE, SIEVE]));
    await eventually(async () =>
      expect(await recommended()).toEqual([{ reason: 'BOUGHT_TOGETHER', product: { handle: SIEVE } }]),
    );
  });
}
