import { randomUUID } from 'node:crypto';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { ADDRESS, CARD, CHECKOUT, LINES_SET, type CheckoutData, type LinesSetData } from '../operations.ts';
import { shopperWith, variantsOf } from '../shopper.ts';
import type { System } from '../system.ts';

/** Bad input gets a clear error, and nothing is lost. */
export function input(system: () => System): void {
  it('names what is wrong with a cart and a checkout, and changes nothing', async () => {
    const web = system().url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
    const lines = async (list: unknown[], more = {}) =>
      (
        await ask<LinesSetData>(web, LINES_SET, {
          input: { cartId: shopper.cartId, token: shopper.token, lines: list, ...more },
        })
      ).cartLinesSet;
    expect(await lines([{ variantId: variant.id, quantity: -1 }])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_QUANTITY',
    });
    expect(await lines([{ variantId: randomUUID(), quantity: 1 }])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'UNKNOWN_VARIANT',
    });
    expect(await lines([{ variantId: "' or 1=1 --", quantity: 1 }])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'UNKNOWN_VARIANT',
    });
    expect(await lines([{ variantId: variant.id, quantity: 1 }], { expectedVersion: 999 })).toMatchObject({
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
    });
    expect(await lines([], { cartId: randomUUID() })).toMatchObject({ __typename: 'NotFound' });

    expect(await shopper.checkout({ shippingAddress: null })).toMatchObject({
      __typename: 'CheckoutInvalid',
      code: 'ADDRESS_REQUIRED',
    });
    expect(await shopper.checkout({ tenders: [{ kind: 'GIFT_CARD', token: 'x' }] })).toMatchObject({
      __typename: 'CheckoutInvalid',
      code: 'TENDER_UNSUPPORTED',
    });
    expect(await shopper.checkout({ tenders: [{ kind: 'CARD', token: '4111111111111111' }] })).toMatchObject({
      __typename: 'CheckoutInvalid',
      code: 'CARD_NUMBER_REFUSED',
    });
    expect(await shopper.checkout({ expectedTotal: { minorUnits: 1, currency: 'EUR' } })).toMatchObject({
      __typename: 'PriceChanged',
      expectedTotal: { minorUnits: 1 },
    });
    expect(await shopper.checkout({ expectedVersion: 999 })).toMatchObject({ __typename: 'VersionConflict' });
    const { checkout } = await ask<CheckoutData>(web, CHECKOUT, {
      input: {
        cartId: randomUUID(),
        tenders: CARD,
        shippingAddress: ADDRESS,
        contact: { email: 'nobody@example.com' },
        idempotencyKey: randomUUID(),
      },
    });
    expect(checkout).toMatchObject({ __typename: 'CheckoutInvalid', code: 'CART_NOT_FOUND' });

    const { body } = await post<{ cart: { version: number; lines: { quantity: number }[] } }>(
      web,
      'query C($id: ID!, $token: String) { cart(id: $id, token: $token) { lines { quantity } } }',
      { id: shopper.cartId, token: shopper.token },
    );
    expect(body.data?.cart.lines).toEqual([{ quantity: 1 }]);
  });

  it('refuses documents that are broken, unknown, too deep or too large with a code and a request id', async () => {
    const web = system().url('web');
    const code = async (query: string) => {
      const { status, body } = await post(web, query);
      const { extensions } = body.errors![0]!;
      expect(extensions!['requestId']).toMatch(/^[\w-]{8,}/);
      expect(await (await fetch(new URL(String(extensions!['docUrl']), web))).json()).toMatchObject({
        code: extensions!['code'],
        retryable: extensions!['retryable'],
      });
      return { status, code: extensions!['code'] };
    };
    expect(await code('{ searchPage(query: ')).toEqual({ status: 200, code: 'GRAPHQL_PARSE_FAILED' });
    expect(await code('{ nothingLikeThis }')).toEqual({ status: 200, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(await code(`{ ${Array.from({ length: 16 }, (_, index) => `a${index}: __typename`).join(' ')} }`)).toEqual({
      status: 400,
      code: 'DOCUMENT_TOO_COMPLEX',
    });
    expect(await code(`{ ${'__typename '.repeat(1_001)} }`)).toEqual({ status: 400, code: 'DOCUMENT_TOO_COMPLEX' });
    const large = await fetch(web, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `# ${'x'.repeat(200_000)}` }),
    });
    expect(large.status).toBe(413);
    const get = await fetch(`${web}?query=${encodeURIComponent('{ __typename }')}`);
    expect(get.status).toBe(400);
  });
}
