import { describe, expect, it } from 'vitest';
import { createFederation } from './fixture/federation.ts';
import { clientThat, entityFetch, rootFetch, runDocument, runNodes } from './fixture/run-plan.ts';

const ITEMS = [
  { __typename: 'Book', id: 'b1', author: { id: 'p1' } },
  { __typename: 'Film', id: 'f1', director: { id: 'p2' } },
];

/** Shops with items of two types, whose names have different types, and an interface object. */
const library = () =>
  createFederation({
    catalogue: {
      typeDefs: `
        type Query { shops: [Shop!]! items: [Item!]! grid: [[Item]!] }
        type Shop @key(fields: "id") { id: ID! currency: String! items: [Item!]! cues: [Cue!]! rows: [Row!]! }
        type Row { cue: Cue }
        type Cue @key(fields: "id") { id: ID! }
        interface Item @key(fields: "id") { id: ID! }
        type Book implements Item @key(fields: "id") { id: ID! author: Person }
        type Film implements Item @key(fields: "id") { id: ID! director: Person }
        type Person @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          items: () => ITEMS,
          grid: () => [[ITEMS[0], null], [ITEMS[1]], []],
          shops: () =>
            ['EUR', 'USD', 'EUR'].map((currency, i) => ({
              id: `s${i}`,
              currency,
              items: ITEMS,
              cues: [{ id: 'c1' }, { id: 'c2' }],
              rows: [{ cue: { id: 'c1' } }, { cue: null }],
            })),
        },
      },
    },
    names: {
      typeDefs: `
        type Query { anyName: String }
        type Book @key(fields: "id") { id: ID! name: String }
        type Film @key(fields: "id") { id: ID! name: Int }
        type Person @key(fields: "id") { id: ID! name: String }`,
      resolvers: {
        Book: { name: ({ id }: { id: string }) => `Book ${id}` },
        Film: { name: () => 0 },
        Person: { name: ({ id }: { id: string }) => `Person ${id}` },
      },
    },
    ratings: {
      typeDefs: `
        type Query { topRated: Item }
        type Item @key(fields: "id") @interfaceObject { id: ID! rating: Int }`,
      resolvers: {
        Query: { topRated: () => ({ id: 'b1' }) },
        Item: { rating: ({ id }: { id: string }) => id.charCodeAt(0) },
      },
    },
    prices: {
      typeDefs: `
        type Query { anyPrice: String }
        type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! @external note: String }
        type Cue @key(fields: "id") { id: ID! price(currency: String @fromContext(field: "$shop { currency }")): String }`,
      resolvers: {
        Cue: { price: ({ id }: { id: string }, { currency }: { currency: string }) => `${id} in ${currency}` },
      },
    },
  });

describe('fetches of abstract types', () => {
  it('asks an interface object under the name of the interface and keeps the name of the object type', async () => {
    const federation = library();
    const { data, errors } = await runDocument(federation, '{ items { __typename rating } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      items: [
        { __typename: 'Book', id: 'b1', rating: 98 },
        { __typename: 'Film', id: 'f1', rating: 102 },
      ],
    });
    expect(federation.asked[1]!.variables).toEqual({
      representations: [
        { __typename: 'Item', id: 'b1' },
        { __typename: 'Item', id: 'f1' },
      ],
    });
  });

  it('finds the object type of what an interface object gave', async () => {
    const federation = library();
    const catalogue = federation.clients['catalogue']!;
    federation.clients['catalogue'] = clientThat((request, call) =>
      request.query.includes('_entities')
        ? { data: { _entities: [{ __typename: 'Book', author: { __typename: 'Person', id: 'p1' } }] } }
        : catalogue.execute(request, call),
    );
    const { data, errors } = await runDocument(federation, '{ topRated { rating ... on Book { name } } }');
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ topRated: { __typename: 'Book', id: 'b1', rating: 98, name: 'Book b1' } });
  });

  it('renames fields back that would not merge, whatever their value', async () => {
    const { data, errors } = await runDocument(library(), '{ items { ... on Book { name } ... on Film { name } } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      items: [
        { __typename: 'Book', id: 'b1', name: 'Book b1' },
        { __typename: 'Film', id: 'f1', name: 0 },
      ],
    });
  });

  it('walks lists of lists and passes over nulls', async () => {
    const { data } = await runDocument(library(), '{ grid { rating } }');
    expect(data).toEqual({
      grid: [[{ __typename: 'Book', id: 'b1', rating: 98 }, null], [{ __typename: 'Film', id: 'f1', rating: 102 }], []],
    });
  });

  it('follows paths with type conditions', async () => {
    const federation = library();
    const { data, errors } = await runDocument(
      federation,
      '{ items { ... on Book { author { name } } ... on Film { director { name } } } }',
      { config: { typeConditionedFetching: true } },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ items: [{ author: { name: 'Person p1' } }, { director: { name: 'Person p2' } }] });
    expect(federation.asked).toHaveLength(3);
  });

  it('leaves out what is of another type than a condition on a field or list wants', async () => {
    const items = () => [
      { __typename: 'Book', owner: { __typename: 'Person', id: '1' } },
      { __typename: 'Film', owner: { __typename: 'Firm', id: '2' } },
      { __typename: 'Film', owner: { __typename: 'Person', id: '3' } },
    ];
    const asked: unknown[] = [];
    await runNodes(
      {
        kind: 'Sequence',
        nodes: [
          rootFetch('a', '{items{owner{id}}}'),
          entityFetch('b', ['', 'items', '@|[Film,Song]', 'owner|[Person]'], { type: 'Person' }),
        ],
      },
      ({ variables }, subgraph) => {
        if (subgraph === 'a') return { data: { items: items() } };
        asked.push(variables?.['representations']);
        return { data: { _entities: [null] } };
      },
    );
    expect(asked).toEqual([[{ __typename: 'Person', id: '3' }]]);
  });
});

describe('fetches with values of a context', () => {
  it('asks once for each different value of the context', async () => {
    const federation = library();
    const { data, errors } = await runDocument(federation, '{ shops { cues { price } } }');
    expect(errors).toEqual([]);
    expect(
      (data as { shops: { cues: { price: string }[] }[] }).shops.map(({ cues }) => cues.map(({ price }) => price)),
    ).toEqual([
      ['c1 in EUR', 'c2 in EUR'],
      ['c1 in USD', 'c2 in USD'],
      ['c1 in EUR', 'c2 in EUR'],
    ]);
    const cues = ['c1', 'c2'].map((id) => ({ __typename: 'Cue', id }));
    const [, ...asked] = federation.asked.map(({ variables }) => variables);
    expect(asked.map((variables) => Object.values(variables))).toEqual([
      ['EUR', cues],
      ['USD', cues],
    ]);
  });

  it('goes up as many fields as the context is away', async () => {
    const { data, errors } = await runDocument(library(), '{ shops { rows { cue { price } } } }');
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      shops: ['EUR', 'USD', 'EUR'].map((currency) => ({
        rows: [{ cue: { price: `c1 in ${currency}` } }, { cue: null }],
      })),
    });
  });

  it('takes the first path that finds something, never a variable of the client, and leaves a missing value out', async () => {
    const asked: unknown[] = [];
    const contextRewrites = ['... on Shop', '... on Stall'].map((type, i) => ({
      kind: 'KeyRenamer',
      path: ['..', type, i === 0 ? 'currency' : 'coin'],
      renameKeyTo: 'contextualArgument_1_0',
    }));
    const places = [
      { __typename: 'Stall', currency: 'no', coin: ['a', 'b'], cue: { __typename: 'Product', id: 1 } },
      { __typename: 'Shop', currency: 'EUR', coin: 'no', cue: { __typename: 'Product', id: 2 } },
      { __typename: 'Tent', cue: { __typename: 'Product', id: 3 } },
    ];
    await runNodes(
      {
        kind: 'Sequence',
        nodes: [
          rootFetch('a', '{places{cue{id}}}'),
          entityFetch('b', ['places', '@', 'cue'], {
            contextRewrites,
            variableUsages: ['contextualArgument_1_0', 'x'],
          }),
        ],
      },
      ({ variables }, subgraph) => {
        if (subgraph === 'a') return { data: { places: structuredClone(places) } };
        asked.push(variables);
        return { data: { _entities: [null] } };
      },
      { variables: { contextualArgument_1_0: 'mine', x: 1 } },
    );
    expect(asked).toEqual([
      { x: 1, contextualArgument_1_0: ['a', 'b'], representations: [{ __typename: 'Product', id: 1 }] },
      { x: 1, contextualArgument_1_0: 'EUR', representations: [{ __typename: 'Product', id: 2 }] },
      { x: 1, representations: [{ __typename: 'Product', id: 3 }] },
    ]);
  });
});
