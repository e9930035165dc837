import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('a field that takes an argument from its context', () => {
  const shop = runFederation({
    carts: {
      typeDefs: `
        type Query { carts: [Cart!]! guest: Guest! }
        type Cart @key(fields: "id") @context(name: "buyer") { id: ID! currency: String! lines: [Line!]! }
        type Guest @key(fields: "id") @context(name: "buyer") { id: ID! currency: String! line: Line! }
        type Line @key(fields: "id") {
          id: ID!
          price(currency: String @fromContext(field: "$buyer { currency }"), quantity: Int = 1): String!
        }`,
      resolvers: {
        Query: {
          carts: () => [
            { id: 'c1', currency: 'EUR', lines: [{ id: 'l1' }, { id: 'l2' }] },
            { id: 'c2', currency: 'SEK', lines: [{ id: 'l1' }] },
          ],
          guest: () => ({ id: 'g1', currency: 'USD', line: { id: 'l9' } }),
        },
        Cart: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
        Line: {
          price: ({ id }: { id: string }, { currency, quantity }: { currency: string; quantity: number }) =>
            `${id} ${currency} ${quantity}`,
        },
      },
    },
    names: {
      typeDefs: 'type Line @key(fields: "id") { id: ID! name: String! }',
      resolvers: { Line: { name: ({ id }: { id: string }) => `Line ${id}` } },
    },
  });

  test('gets the value of its own ancestor, for one entity below several too', async () => {
    expect(await shop.execute('{ carts { lines { price } } }')).toEqual({
      data: {
        carts: [{ lines: [{ price: 'l1 EUR 1' }, { price: 'l2 EUR 1' }] }, { lines: [{ price: 'l1 SEK 1' }] }],
      },
    });
  });

  test('gets it beside arguments of the client and fields of other subgraphs', async () => {
    expect(
      await shop.execute('query ($quantity: Int) { guest { line { name price(quantity: $quantity) } } }', {
        variables: { quantity: 3 },
      }),
    ).toEqual({ data: { guest: { line: { name: 'Line l9', price: 'l9 USD 3' } } } });
  });

  test('gets it where the client gives its name to another field', async () => {
    expect(await shop.execute('{ guest { currency: id line { price } } }')).toEqual({
      data: { guest: { currency: 'g1', line: { price: 'l9 USD 1' } } },
    });
  });

  test('cannot be given it by the client', async () => {
    await expect(shop.execute('{ guest { line { price(currency: "XXX") } } }')).rejects.toThrow(
      'Unknown argument "currency" on field "Line.price".',
    );
    await expect(
      shop.execute(
        'query ($contextualArgument_1_0: Int) { guest { line { price(quantity: $contextualArgument_1_0) } } }',
      ),
    ).rejects.toThrow('The variable name "$contextualArgument_1_0" is reserved.');
  });
});

describe('a field that takes an argument from a field with arguments of its context', () => {
  const RATES: Readonly<Record<string, number>> = { USD: 1, EUR: 2, SEK: 10 };
  const shop = runFederation({
    carts: {
      typeDefs: `
        type Query { cart: Cart! list: List! }
        type Cart @key(fields: "id") @context(name: "owner") { id: ID! total(currency: String = "EUR"): Int! line: Line! }
        type List @key(fields: "id") @context(name: "owner") { id: ID! total(currency: String = "EUR"): Int! line: Line! }
        type Line @key(fields: "id") {
          id: ID!
          inDollars(of: Int @fromContext(field: "$owner { total(currency: \\"USD\\") }")): String!
          inDefault(of: Int @fromContext(field: "$owner { total }")): String!
        }`,
      resolvers: {
        Query: { cart: () => ({ id: 'c1', line: { id: 'l1' } }), list: () => ({ id: 'w1', line: { id: 'l1' } }) },
        Cart: { total: (_: unknown, { currency }: { currency: string }) => RATES[currency] },
        List: { total: (_: unknown, { currency }: { currency: string }) => RATES[currency]! * 100 },
        Line: {
          inDollars: (_: unknown, { of }: { of: number }) => `USD ${of}`,
          inDefault: (_: unknown, { of }: { of: number }) => `EUR ${of}`,
        },
      },
    },
    names: {
      typeDefs: 'type Line @key(fields: "id") { id: ID! name: String! }',
      resolvers: { Line: { name: () => 'Line' } },
    },
  });

  test('gets the value for its arguments where the client asks with others', async () => {
    expect(await shop.execute('{ cart { total(currency: "SEK") line { inDollars inDefault name } } }')).toEqual({
      data: { cart: { total: 10, line: { inDollars: 'USD 1', inDefault: 'EUR 2', name: 'Line' } } },
    });
  });

  test('gets it from each type that can be its context', async () => {
    expect(await shop.execute('{ cart { line { inDollars } } list { total line { inDollars } } }')).toEqual({
      data: { cart: { line: { inDollars: 'USD 1' } }, list: { total: 200, line: { inDollars: 'USD 100' } } },
    });
  });
});
