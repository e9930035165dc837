import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const PRODUCTS = [
  { __typename: 'Jacket', id: 'j1', sku: 'JKT', name: 'Jacket', grams: 400, size: 'M', serial: 'S1' },
  { __typename: 'Bag', id: 'b1', sku: 'BAG', name: 'Bag', grams: 900, litres: 20 },
];
const find = ({ id }: { id: string }) => PRODUCTS.find((product) => product.id === id);

const shop = runFederation({
  products: {
    typeDefs: `
      type Query { jacket: Jacket products: [Product!]! found: [Found!]! }
      union Found = Jacket | Bag
      interface Product { id: ID! sku: String! name: String! grams: Int! }
      type Jacket implements Product @key(fields: "id") { id: ID! sku: String! name: String! grams: Int! size: String! serial: ID! }
      type Bag implements Product @key(fields: "id") { id: ID! sku: String! name: String! grams: Int! litres: Int! }`,
    resolvers: {
      Query: { jacket: () => PRODUCTS[0], products: () => PRODUCTS, found: () => PRODUCTS },
      Jacket: { __resolveReference: find },
      Bag: { __resolveReference: find },
    },
  },
  shipping: {
    typeDefs: `
      type Jacket @key(fields: "id") { id: ID! grams: Int! @external fee(express: Boolean = false): Int! @requires(fields: "grams") }
      type Bag @key(fields: "id") { id: ID! grams: Int! @external fee(express: Boolean = false): Int! @requires(fields: "grams") }`,
    resolvers: {
      Jacket: { fee: ({ grams }: { grams: number }, { express }: { express: boolean }) => grams * (express ? 10 : 1) },
      Bag: { fee: ({ grams }: { grams: number }, { express }: { express: boolean }) => grams * (express ? 10 : 1) },
    },
  },
  reviews: {
    typeDefs: `
      type Query { reviewed: [Bag!]! }
      type Bag @key(fields: "id") { id: ID! stars: Int! broken: Int }
      type Jacket @key(fields: "id") { id: ID! stars: Int! }`,
    resolvers: {
      Query: { reviewed: () => [{ id: 'b1' }] },
      Bag: {
        stars: () => 3,
        broken: () => {
          throw new Error('broken');
        },
      },
      Jacket: { stars: () => 5 },
    },
  },
});

describe('response names that a client chooses', () => {
  test('may be the name of a key', async () => {
    expect(await shop.execute('{ jacket { id: name fee } }')).toEqual({ data: { jacket: { id: 'Jacket', fee: 400 } } });
    expect(await shop.execute('{ jacket { id: grams stars } }')).toEqual({ data: { jacket: { id: 400, stars: 5 } } });
  });

  test('may be the name of a required field, or swap names', async () => {
    expect(await shop.execute('{ jacket { grams: sku fee } }')).toEqual({
      data: { jacket: { grams: 'JKT', fee: 400 } },
    });
    expect(await shop.execute('{ jacket { grams: id id: grams fee stars } }')).toEqual({
      data: { jacket: { grams: 'j1', id: 400, fee: 400, stars: 5 } },
    });
  });

  test('may be the name of the key beside the key under another', async () => {
    expect(await shop.execute('{ jacket { key: id id: sku stars } }')).toEqual({
      data: { jacket: { key: 'j1', id: 'JKT', stars: 5 } },
    });
  });

  test('may be the name of a key for one type and another field for the next', async () => {
    expect(
      await shop.execute('{ products { fee: name ... on Jacket { id: serial stars } ... on Bag { id stars } } }'),
    ).toEqual({
      data: {
        products: [
          { fee: 'Jacket', id: 'S1', stars: 5 },
          { fee: 'Bag', id: 'b1', stars: 3 },
        ],
      },
    });
  });

  test('may be the name of a key for another field of another subgraph', async () => {
    expect(await shop.execute('{ jacket { id: stars grams: fee(express: true) fee } }')).toEqual({
      data: { jacket: { id: 5, grams: 4000, fee: 400 } },
    });
    expect(await shop.execute('{ reviewed { id: stars name } }')).toEqual({
      data: { reviewed: [{ id: 3, name: 'Bag' }] },
    });
  });

  test('stand in the paths of errors', async () => {
    expect(await shop.execute('{ reviewed { id: broken name } }')).toEqual({
      data: { reviewed: [{ id: null, name: 'Bag' }] },
      errors: [['reviewed', 0, 'id']],
    });
  });

  test('may look like names that the planner makes', async () => {
    expect(
      await shop.execute('{ jacket { _asked_0_id: name id: sku id__alias_0: grams _required_0_grams: size stars } }'),
    ).toEqual({
      data: { jacket: { _asked_0_id: 'Jacket', id: 'JKT', id__alias_0: 400, _required_0_grams: 'M', stars: 5 } },
    });
  });

  test('may be names of properties that every object has', async () => {
    expect(
      await shop.execute('{ jacket { constructor: name toString: sku __proto__: grams hasOwnProperty: fee } }'),
    ).toEqual({
      data: JSON.parse(
        '{"jacket":{"constructor":"Jacket","toString":"JKT","__proto__":400,"hasOwnProperty":400}}',
      ) as object,
    });
  });

  test('are refused where a field takes the name of the type name', async () => {
    await expect(shop.execute('{ jacket { __typename: name } }')).rejects.toThrow(
      'The alias "__typename" is reserved.',
    );
  });
});

const FIELDS = { id: 'j1', sku: 'JKT', name: 'Jacket', grams: 400, size: 'M', serial: 'S1', fee: 400, stars: 5 };

test('any field may have the name of any other', async () => {
  const names = Object.keys(FIELDS) as (keyof typeof FIELDS)[];
  const selection = fc.shuffledSubarray(names, { minLength: 1 });
  const aliases = fc.shuffledSubarray(names, { minLength: names.length });
  await fc.assert(
    fc.asyncProperty(selection, aliases, async (fields, keys) => {
      const selected = fields.map((field, index) => `${keys[index]}: ${field}`).join(' ');
      const expected = Object.fromEntries(fields.map((field, index) => [keys[index], FIELDS[field]]));
      expect(await shop.execute(`{ jacket { ${selected} } }`)).toEqual({ data: { jacket: expected } });
    }),
    { seed: 20260401, numRuns: 100 },
  );
});

describe('variables that a client names', () => {
  test('are refused where they have names of the router', async () => {
    await expect(
      shop.execute('query ($representations: Boolean) { jacket { fee(express: $representations) } }'),
    ).rejects.toThrow('The variable name "$representations" is reserved.');
  });
});

describe('one field with several arguments or under several names', () => {
  test('is asked for each, in fragments and below each other', async () => {
    expect(
      await shop.execute(
        `query ($express: Boolean = true) {
          jacket { fee fast: fee(express: $express) ...More }
        }
        fragment More on Product { ... on Jacket { ...Fees name } id }
        fragment Fees on Jacket { fast: fee(express: $express) slow: fee(express: false) }`,
      ),
    ).toEqual({ data: { jacket: { fee: 400, fast: 4000, slow: 400, name: 'Jacket', id: 'j1' } } });
  });

  test('has other arguments for each type under one name', async () => {
    expect(
      await shop.execute('{ found { ... on Jacket { cost: fee(express: true) } ... on Bag { cost: fee } } }'),
    ).toEqual({ data: { found: [{ cost: 4000 }, { cost: 900 }] } });
  });
});

describe('parts of an operation under conditions', () => {
  const text = `query ($fees: Boolean!, $stars: Boolean!) {
    jacket {
      name @skip(if: $fees)
      fee @include(if: $fees)
      ... on Jacket @include(if: $stars) { stars @skip(if: $fees) sku }
    }
  }`;

  test('are answered where their conditions hold, and asked for only then', async () => {
    const before = shop.asked.length;
    expect(await shop.execute(text, { variables: { fees: false, stars: true } })).toEqual({
      data: { jacket: { name: 'Jacket', stars: 5, sku: 'JKT' } },
    });
    expect(await shop.execute(text, { variables: { fees: true, stars: false } })).toEqual({
      data: { jacket: { fee: 400 } },
    });
    expect(await shop.execute(text, { variables: { fees: false, stars: false } })).toEqual({
      data: { jacket: { name: 'Jacket' } },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual([
      'products',
      'reviews',
      'products',
      'shipping',
      'products',
    ]);
  });
});
