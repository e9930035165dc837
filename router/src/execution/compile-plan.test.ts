import { describe, expect, it } from 'vitest';
import { compilePlan, compileSubscription, type FetchRecord } from './compile-plan.ts';
import { CALL, createFederation } from './fixture/federation.ts';
import { clientThat, runDocument } from './fixture/run-plan.ts';

/** Users write reviews of products; each in a subgraph of its own. */
const shop = () =>
  createFederation({
    users: {
      typeDefs: `
        type Query { users: [User!]! user(id: ID!): User }
        type Mutation { userRename(id: ID!, name: String!): User }
        type Subscription { userJoined: User! }
        type User @key(fields: "id") { id: ID! name: String! address: Address @shareable }
        type Address @shareable { city: String }`,
      resolvers: {
        Query: { users: () => ['u1', 'u2'].map(user), user: (_: unknown, { id }: { id: string }) => user(id) },
        Mutation: { userRename: (_: unknown, { id, name }: { id: string; name: string }) => ({ ...user(id), name }) },
        Subscription: {
          userJoined: {
            subscribe: async function* () {
              yield { userJoined: user('u9') };
            },
          },
        },
        User: { __resolveReference: ({ id }: { id: string }) => (id === 'u0' ? null : user(id)) },
      },
    },
    reviews: {
      typeDefs: `
        type Query { reviewCount: Int! }
        type Mutation { reviewAdd(text: String!): Review }
        type Review @key(fields: "id") { id: ID! text: String! author: User product: Product! }
        type User @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review!]! }
        type Product @key(fields: "upc region { code }") { upc: String! region: Region! reviews: [Review!]! }
        type Region @shareable { code: String! }`,
      resolvers: {
        Query: { reviewCount: () => 4 },
        Mutation: { reviewAdd: (_: unknown, { text }: { text: string }) => ({ ...review('r9'), text }) },
        Review: { __resolveReference: ({ id }: { id: string }) => review(id) },
        User: {
          reviews: ({ id }: { id: string }, { first }: { first: number }) =>
            [review(`${id}r1`), review(`${id}r2`)].slice(0, first),
        },
        Product: { reviews: () => [review('p1r1')] },
      },
    },
    products: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "upc region { code }") { upc: String! region: Region! title: String size: Size }
        type Region @shareable { code: String! }
        type Size @shareable { width: Int }`,
      resolvers: {
        Query: { product: () => ({ upc: 'p1', region: { code: 'DE' } }) },
        Product: { title: ({ upc }: { upc: string }) => `Title ${upc}`, size: () => ({ width: 3 }) },
      },
    },
    freight: {
      typeDefs: `
        type Query { freightNote: String }
        type Product @key(fields: "upc region { code }") {
          upc: String! region: Region! size: Size @external
          freight: Int @requires(fields: "size { width }")
        }
        type Region @shareable { code: String! }
        type Size @shareable { width: Int height: Int @inaccessible }`,
      resolvers: {
        Product: { freight: ({ size }: { size: { width: number } }) => size.width * 10 },
      },
    },
  });
const user = (id: string) => ({ id, name: `Name ${id}`, address: { city: 'Kiel' } });
const review = (id: string) => ({
  id,
  text: `Text ${id}`,
  author: { id: 'u1' },
  product: { upc: 'p1', region: { code: 'DE' } },
});

describe('a compiled plan', () => {
  it('merges entities of several subgraphs, asking for each once', async () => {
    const federation = shop();
    const { data, errors } = await runDocument(
      federation,
      '{ users { name reviews { text author { name } product { title freight } } } }',
    );

    const written = (id: string) => ({
      text: `Text ${id}`,
      author: { __typename: 'User', id: 'u1', name: 'Name u1' },
      product: {
        __typename: 'Product',
        upc: 'p1',
        region: { code: 'DE' },
        title: 'Title p1',
        size: { width: 3 },
        freight: 30,
      },
    });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      users: ['u1', 'u2'].map((id) => ({
        __typename: 'User',
        id,
        name: `Name ${id}`,
        reviews: [written(`${id}r1`), written(`${id}r2`)],
      })),
    });
    const representations = federation.asked.map(({ subgraph, variables }) => [
      subgraph,
      (variables['representations'] as unknown[] | undefined)?.length ?? 0,
    ]);
    expect(representations[0]).toEqual(['users', 0]);
    expect(representations[1]).toEqual(['reviews', 2]);
    expect(representations.slice(2).sort()).toEqual([
      ['freight', 1],
      ['products', 1],
      ['users', 1],
    ]);
    expect(federation.asked.find(({ subgraph }) => subgraph === 'freight')!.variables).toEqual({
      representations: [{ __typename: 'Product', upc: 'p1', region: { code: 'DE' }, size: { width: 3 } }],
    });
  });

  it('gives positions that share an entity objects of their own where a later fetch writes into them', async () => {
    const { data } = await runDocument(shop(), '{ users { reviews { product { reviews { author { name } } } } } }');

    const products = (data as { users: { reviews: { product: { reviews: object[] } }[] }[] }).users.flatMap(
      ({ reviews }) => reviews.map(({ product }) => product.reviews[0]!),
    );
    expect(products).toHaveLength(4);
    expect(new Set(products).size).toBe(4);
    for (const written of products) expect(written).toMatchObject({ author: { name: 'Name u1' } });
  });

  it('keeps aliases apart that have other arguments, and leaves variables out that are absent', async () => {
    const federation = shop();
    const { data } = await runDocument(
      federation,
      'query Q($one: Int, $two: Int) { users { few: reviews(first: $one) { text } all: reviews(first: $two) { text } } }',
      { variables: { one: 1, unused: 7 } },
    );

    const texts = (data as { users: { few: unknown[]; all: unknown[] }[] }).users.map(({ few, all }) => [
      few.length,
      all.length,
    ]);
    expect(texts).toEqual([
      [1, 2],
      [1, 2],
    ]);
    const [, asked] = federation.asked;
    expect(Object.keys(asked!.variables).sort()).toEqual(['one', 'representations']);
    expect(asked!.operationName).toBe('Q__reviews__1');
  });

  it('runs the root fields of a mutation one after the other, even when one of them fails', async () => {
    const federation = shop();
    const failing = federation.clients['reviews']!;
    federation.clients['reviews'] = clientThat(async (request, call) => {
      await failing.execute(request, call);
      throw new Error('broken');
    });
    const { data, errors } = await runDocument(
      federation,
      'mutation { a: userRename(id: "u1", name: "A") { name } reviewAdd(text: "T") { text } b: userRename(id: "u1", name: "B") { name } }',
      { operation: 'mutation' },
    );

    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users', 'reviews', 'users']);
    expect(data).toEqual({ a: { name: 'A' }, b: { name: 'B' } });
    expect(errors).toEqual([{ message: 'broken', path: ['reviewAdd'], extensions: { code: 'INTERNAL' } }]);
  });

  it('asks only what the conditions on whole fetches allow', async () => {
    const federation = shop();
    const text = 'query($deep: Boolean!) { users { name reviews @include(if: $deep) { text } } }';
    const without = await runDocument(federation, text, { variables: { deep: false } });
    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users']);
    expect(without.data).toEqual({
      users: ['u1', 'u2'].map((id) => ({ __typename: 'User', id, name: `Name ${id}` })),
    });

    await runDocument(federation, text, { variables: { deep: true } });
    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users', 'users', 'reviews']);
  });

  it('reads the default of a condition from the coerced variables', async () => {
    const federation = shop();
    await runDocument(federation, 'query($deep: Boolean! = true) { users { reviews @include(if: $deep) { text } } }', {
      request: { coerced: { deep: true } },
    });
    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users', 'reviews']);
  });

  it('asks nobody for a plan without fetches', async () => {
    const federation = shop();
    const compiled = compilePlan(federation.plan('{ __typename }'), {
      facts: federation.facts,
      clients: (name) => federation.clients[name]!,
      operation: 'query',
    });
    expect(compiled.subgraphs).toEqual([]);
    expect(await compiled.execute({ call: CALL, variables: {}, coerced: {} })).toEqual({ data: {}, errors: [] });
  });

  it('does what was deferred after the rest, in one outcome', async () => {
    const federation = shop();
    const { data, errors } = await runDocument(
      federation,
      '{ users { name ... @defer(label: "outer") { reviews { text ... @defer { product { title } } } } } }',
      { config: { incrementalDelivery: { enableDefer: true } } },
    );
    expect(errors).toEqual([]);
    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users', 'reviews', 'reviews', 'products']);
    expect(data).toMatchObject({
      users: ['u1', 'u2'].map((id) => ({
        name: `Name ${id}`,
        reviews: [1, 2].map((n) => ({ text: `Text ${id}r${n}`, product: { title: 'Title p1' } })),
      })),
    });
  });

  it('names the subgraphs that it may ask and tells the observer of each fetch', async () => {
    const federation = shop();
    const compiled = compilePlan(federation.plan('query Q { users { reviews { text } } }'), {
      facts: federation.facts,
      clients: (name) => federation.clients[name]!,
      operation: 'query',
    });
    expect(compiled.subgraphs).toEqual(['users', 'reviews']);

    const seen: FetchRecord[] = [];
    await compiled.execute({ call: CALL, variables: {}, coerced: {}, observe: (fetch) => seen.push(fetch) });
    expect(seen.map(({ node }) => node.serviceName)).toEqual(['users', 'reviews']);
    expect(
      seen.map(({ node: _node, startedAt, endedAt, ...rest }) => ({ ...rest, inOrder: endedAt >= startedAt })),
    ).toEqual([
      { subgraph: 'users', operationName: 'Q__users__0', representations: 0, shared: false, errors: 0, inOrder: true },
      {
        subgraph: 'reviews',
        operationName: 'Q__reviews__1',
        representations: 2,
        shared: false,
        errors: 0,
        inOrder: true,
      },
    ]);
  });

  it('gives clients the document as JSON and what kind it is', async () => {
    const federation = shop();
    const { execute } = federation.clients['users']!;
    const requests: unknown[] = [];
    federation.clients['users'] = clientThat((request, call) => {
      requests.push(request);
      return execute(request, call);
    });
    await runDocument(federation, '{ users { name } }');
    expect(requests).toEqual([
      {
        query: '{users{name}}',
        queryJson: '"{users{name}}"',
        variables: {},
        operationName: undefined,
        kind: 'query',
        fresh: false,
      },
    ]);
  });

  it('starts no fetch once the call is aborted, and rejects with the reason', async () => {
    const federation = shop();
    const controller = new AbortController();
    const reason = new Error('gone');
    const { execute } = federation.clients['users']!;
    federation.clients['users'] = clientThat(async (request, call) => {
      const result = await execute(request, call);
      controller.abort(reason);
      return result;
    });
    const outcome = runDocument(federation, '{ users { reviews { text } } }', {
      request: { call: { ...CALL, signal: controller.signal } },
    });
    await expect(outcome).rejects.toBe(reason);
    expect(federation.asked.map(({ subgraph }) => subgraph)).toEqual(['users']);
  });

  it('refuses the plan of a subscription', () => {
    const { plan, facts, clients } = shop();
    const options = { facts, clients: (name: string) => clients[name]!, operation: 'query' } as const;
    expect(() => compilePlan(plan('subscription { userJoined { name } }'), options)).toThrow(
      'The plan of a subscription cannot be run as a query.',
    );
    expect(() => compileSubscription(plan('{ users { name } }'), options)).toThrow(
      'This plan is none of a subscription.',
    );
  });
});

describe('a compiled subscription', () => {
  it('completes each event with what other subgraphs know', async () => {
    const { plan, facts, clients, asked } = shop();
    const compiled = compileSubscription(
      plan('subscription S($n: Int) { userJoined { name reviews(first: $n) { text } } }'),
      {
        facts,
        clients: (name) => clients[name]!,
        operation: 'subscription',
      },
    );
    expect(compiled.subgraph).toBe('users');
    const request = compiled.request({ n: 1 });
    expect(request).toMatchObject({ kind: 'subscription', variables: {} });

    const outcomes = [];
    for await (const event of clients['users']!.subscribe(request, CALL))
      outcomes.push(await compiled.complete(event, { call: CALL, variables: { n: 1 }, coerced: { n: 1 } }));
    expect(outcomes).toEqual([
      {
        data: { userJoined: { __typename: 'User', id: 'u9', name: 'Name u9', reviews: [{ text: 'Text u9r1' }] } },
        errors: [],
      },
    ]);
    expect(asked.map(({ subgraph }) => subgraph)).toEqual(['users', 'reviews']);
  });

  it('passes the errors of an event on and asks nothing more when it has no data', async () => {
    const { plan, facts, clients, asked } = shop();
    const compiled = compileSubscription(plan('subscription { userJoined { reviews { text } } }'), {
      facts,
      clients: (name) => clients[name]!,
      operation: 'subscription',
    });
    const event = { data: null, errors: [{ message: 'no', path: ['userJoined'], extensions: { code: 'FORBIDDEN' } }] };
    expect(await compiled.complete(event, { call: CALL, variables: {}, coerced: {} })).toEqual({
      data: {},
      errors: event.errors,
    });
    expect(asked).toEqual([]);
  });
});
