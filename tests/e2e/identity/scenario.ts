import { post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { shopperWith, variantsOf } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

const ME = '{ __typename }';
/** A question of each place that is not for guests. */
const QUESTIONS = {
  router: ME,
  marketplace: ME,
  // Guests come here to sign in, and for nothing else.
  pos: '{ lookup(code: "X") { id } }',
  b2b: '{ catalogPage { products { edges { cursor } } } }',
};
const codes = (body: { errors?: { extensions?: Record<string, unknown> }[] }) =>
  body.errors?.map((error) => error.extensions?.['code']);

/** Every caller is verified, everywhere. */
export function identity(system: () => System): void {
  it('answers 401 to whoever asks a subgraph directly, without a token or with a forged one', async () => {
    const forged = 'eyJhbGciOiJub25lIn0.eyJjYWxsZXIiOnsicm9sZSI6InNlcnZpY2UifX0.';
    for (const subgraph of ['products', 'prices', 'stock', 'orders', 'customers'] as const) {
      for (const path of ['/graphql', '/internal/graphql']) {
        for (const key of [undefined, forged, demoKey('router', 'staff')]) {
          const { status, body } = await post(system().url(subgraph).replace('/graphql', path), ME, {}, key);
          expect({ subgraph, path, status, codes: codes(body), data: body.data }).toEqual({
            subgraph,
            path,
            status: 401,
            codes: ['UNAUTHENTICATED'],
            data: undefined,
          });
        }
      }
    }
  });

  it('answers nobody at the router, the till, the portal and the marketplace without a key', async () => {
    for (const place of ['router', 'pos', 'b2b', 'marketplace'] as const) {
      for (const key of [undefined, 'a_key_that_nobody_ever_made']) {
        const { body } = await post(system().url(place), QUESTIONS[place], {}, key);
        expect({ place, codes: codes(body), data: body.data ?? null }).toEqual({
          place,
          codes: ['UNAUTHENTICATED'],
          data: null,
        });
      }
      const { status } = await post(system().url(place), ME, {}, 'a_key_that_nobody_ever_made');
      expect({ place, status }).toEqual({ place, status: 401 });
    }
  });

  it('refuses a key of one channel at another', async () => {
    const till = await post(system().url('marketplace'), ME, {}, demoKey('pos', 'staff'));
    expect({ status: till.status, codes: codes(till.body) }).toEqual({ status: 403, codes: ['FORBIDDEN'] });
    const marketplace = await post(system().url('b2b'), ME, {}, demoKey('marketplace', 'integration'));
    expect({ status: marketplace.status, codes: codes(marketplace.body) }).toEqual({
      status: 403,
      codes: ['FORBIDDEN'],
    });
  });

  it('refuses a partner what its scopes do not hold, and changes nothing', async () => {
    const { body } = await post<{ pricesSet: unknown }>(
      system().url('router'),
      'mutation { pricesSet(input: { priceListCode: "base-eur", prices: [] }) { __typename } }',
      {},
      demoKey('router', 'integration'),
    );
    expect(codes(body)).toEqual(['FORBIDDEN']);
    expect(body.data?.pricesSet ?? null).toBeNull();
  });

  it('shows a guest’s cart to nobody without its token', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    const read = async (token: string | null, key?: string) =>
      (
        await post<{ cart: { id: string } | null }>(
          web,
          'query C($id: ID!, $token: String) { cart(id: $id, token: $token) { id } }',
          { id: shopper.cartId, token },
          key,
        )
      ).body.data?.cart;
    expect(await read(shopper.token)).toEqual({ id: shopper.cartId });
    expect(await read(null)).toBeNull();
    expect(await read('x'.repeat(43))).toBeNull();
    expect(await read(null, demoKey('web', 'customer'))).toBeNull();
  });
}
