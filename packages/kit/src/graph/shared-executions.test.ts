import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../auth/caller.ts';
import { requestFault } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import type { BaseContext } from './engine.ts';
import { PUBLIC_LIMITS } from './limits.ts';
import { createSchemaEngine } from './schema-engine.ts';
import { shareEvent } from './shared-event.ts';
import { SharedResult, textOf } from './shared-result.ts';

const SDL = `
  type Query { nothing: Int }
  type Subscription { changed(ids: [ID!]!, since: [String!], style: String): Update! styled(style: String): Update! mine: Update! }
  type Update { snapshot: Boolean! variants(first: Int): [Variant!]! any: Any owner: Owner secret: String serial: Int }
  type Variant { id: ID! status: String! quantity: Int! version: Int! note: String next: Variant }
  type Owner { name: String }
  type Other { label: String }
  union Any = Variant | Other`;

interface Update {
  readonly snapshot: boolean;
  readonly variants: readonly object[];
  readonly any?: object;
}

const update = (changes: Partial<Update> = {}): Update => ({
  snapshot: false,
  variants: [
    {
      id: 'tent',
      status: 'LOW',
      quantity: 3,
      version: 7,
      note: 'a "quoted" ✓ text',
      next: { id: 'lamp', status: 'OUT', quantity: 0, version: 1 },
    },
    { id: 'rope', status: 'IN_STOCK', quantity: 99, version: 2, note: null },
  ],
  any: { __typename: 'Other', label: 'x' },
  ...changes,
});

/** An engine whose subscriptions all get the same events. */
function createEngine(events: readonly unknown[]) {
  const source = async function* () {
    yield* events;
  };
  let serial = 0;
  const schema = makeExecutableSchema({
    typeDefs: SDL,
    resolvers: {
      Subscription: {
        changed: { subscribe: source, resolve: (event: Update) => event },
        styled: {
          subscribe: source,
          resolve: (event: Update, { style }: { style?: string }) =>
            style === 'short' ? { ...event, variants: [] } : event,
        },
        mine: {
          subscribe: source,
          resolve: (event: Update, _args: object, { caller }: BaseContext) =>
            caller.customerId ? event : { ...event, variants: [] },
        },
      },
      Update: {
        serial: () => (serial += 1),
        owner: (_update: unknown, _args: object, { caller }: BaseContext) => ({ name: caller.subject }),
        secret: (_update: unknown, _args: object, { caller }: BaseContext) => {
          if (!caller.scopes.includes('secrets')) throw requestFault('FORBIDDEN', 'No.');
          return 'the secret';
        },
      },
      Any: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    },
  });
  return createSchemaEngine({
    name: 'test',
    schema,
    logger: silentLogger,
    metrics: createMetrics('test'),
    limits: PUBLIC_LIMITS,
    introspection: true,
  });
}

const guest: Caller = { role: 'guest', subject: 'guest', channel: 'web', scopes: [] };
const jana: Caller = { role: 'customer', subject: 'jana', channel: 'web', scopes: [], customerId: 'jana' };
const ruth: Caller = { role: 'customer', subject: 'ruth', channel: 'web', scopes: [] };
const clerk: Caller = { role: 'staff', subject: 'clerk', channel: 'web', scopes: ['secrets'] };

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly caller?: Caller;
}

/** Runs subscriptions at once on one engine. @returns what each was told, in order. */
async function told(events: readonly unknown[], asked: readonly Asked[]) {
  const engine = createEngine(events);
  return Promise.all(
    asked.map(async ({ caller = guest, ...request }, index) => {
      const results = [];
      for await (const result of engine.subscribe(request, { caller, requestId: `request-${index}` }))
        results.push(result);
      return results;
    }),
  );
}

const LIVE =
  'subscription Live($ids: [ID!]!, $since: [String!]) { changed(ids: $ids, since: $since) { snapshot variants { id quantity } } }';
const ids = (...given: string[]) => ({ ids: given });
const shared = () => [shareEvent(update())];

/** Whether the first event of all of them is one object. */
async function areShared(asked: readonly Asked[], events = shared()): Promise<boolean> {
  const [first, ...others] = (await told(events, asked)).map(([result]) => result);
  return others.every((other) => other === first);
}

describe('subscribers that are told the same event', () => {
  it('get one result, written as JSON once, though they asked for other variants and have other versions', async () => {
    const asked = [
      { query: LIVE, variables: ids('tent') },
      { query: LIVE, variables: { ...ids('tent', 'rope'), since: ['1'] } },
      { query: LIVE, variables: { ...ids('rope'), since: null } },
    ];
    const [first, ...others] = (await told(shared(), asked)).map(([result]) => result!);
    expect(first).toBeInstanceOf(SharedResult);
    expect(others.every((other) => other === first)).toBe(true);
    expect(textOf(first!)).toBe(
      '{"data":{"changed":{"snapshot":false,"variants":[{"id":"tent","quantity":3},{"id":"rope","quantity":99}]}}}',
    );
  });

  it('get results of their own when nobody said that the event may be shared', async () => {
    expect(
      await areShared(
        [
          { query: LIVE, variables: ids('a') },
          { query: LIVE, variables: ids('a') },
        ],
        [update() as never],
      ),
    ).toBe(false);
  });

  it.each([
    ['callers of different roles', {}, { caller: ruth }],
    ['callers with different scopes', { caller: clerk }, { caller: { ...clerk, scopes: [] } }],
    ['different documents', {}, { query: LIVE.replace('quantity', 'quantity version') }],
  ])('do not share between %s', async (_what, one: Partial<Asked>, other: Partial<Asked>) => {
    const ask = { query: LIVE, variables: ids('tent') };
    expect(
      await areShared([
        { ...ask, ...one },
        { ...ask, ...other },
      ]),
    ).toBe(false);
  });

  it('do not share where a variable below the field has another value, is null or absent', async () => {
    const query =
      'subscription L($detail: Boolean! = true, $first: Int) { changed(ids: []) { snapshot variants(first: $first) @include(if: $detail) { id } } }';
    const values: Record<string, unknown>[] = [
      {},
      { detail: true },
      { detail: false },
      { first: null },
      { first: 1 },
      { first: 2 },
    ];
    const results = (
      await told(
        shared(),
        values.map((variables) => ({ query, variables })),
      )
    ).map(([result]) => result!);
    expect(new Set(results).size).toBe(values.length);
    expect(textOf(results[2]!)).toBe('{"data":{"changed":{"snapshot":false}}}');
  });

  it('share between operations of one document only where it is the same operation', async () => {
    const query =
      'subscription A { changed(ids: []) { snapshot } } subscription B { changed(ids: []) { variants { id } } }';
    const [a, b, again] = (
      await told(
        shared(),
        ['A', 'B', 'A'].map((operationName) => ({ query, operationName })),
      )
    ).map(([result]) => result);
    expect(again).toBe(a);
    expect(Object.keys(b!.data!['changed'] as object)).toEqual(['variants']);
  });

  it.each([
    ['a resolver below the field', 'subscription { changed(ids: []) { owner { name } } }', jana, ruth],
    ['a resolver below the field that looks at nobody', 'subscription { changed(ids: []) { serial } }', guest, guest],
    [
      'a resolver below the field, in a fragment',
      'subscription { changed(ids: []) { ...F } } fragment F on Update { owner { name } }',
      jana,
      ruth,
    ],
    [
      'a type that is only known while executing',
      'subscription { changed(ids: []) { any { __typename } } }',
      guest,
      guest,
    ],
    [
      'the arguments of a field that looks at them',
      'subscription S($style: String) { styled(style: $style) { variants { id } } }',
      guest,
      guest,
    ],
    ['a field that looks at its caller', 'subscription { mine { variants { id } } }', jana, ruth],
    [
      'a field that is asked for twice',
      'subscription { changed(ids: []) { snapshot } changed(ids: []) { variants { id } } }',
      guest,
      guest,
    ],
  ])('each have their own execution because of %s', async (_what, query, one, other) => {
    expect(
      await areShared([
        { query, caller: one },
        { query, caller: other },
      ]),
    ).toBe(false);
  });

  it('are told by a field that looks at its arguments or its caller what it says to each', async () => {
    const styled = 'subscription S($style: String) { styled(style: $style) { variants { id } } }';
    const mine = 'subscription { mine { variants { id } } }';
    const results = await told(shared(), [
      { query: styled, variables: { style: 'long' } },
      { query: styled, variables: { style: 'short' } },
      { query: mine, caller: jana },
      { query: mine, caller: ruth },
    ]);
    const all = [{ id: 'tent' }, { id: 'rope' }];
    expect(
      results.map(([result]) => Object.values(result!.data as Record<string, { variants: unknown }>)[0]!.variants),
    ).toEqual([all, [], all, []]);
  });

  it('each get the error of a resolver for their own caller and request', async () => {
    const query = 'subscription { changed(ids: []) { secret } }';
    const [staff, stranger] = await told(shared(), [{ query, caller: clerk }, { query }]);
    expect(staff).toEqual([{ data: { changed: { secret: 'the secret' } } }]);
    expect(stranger![0]!.data).toEqual({ changed: { secret: null } });
    expect(stranger![0]!.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requestId: 'request-1' } }]);
  });

  it('each get the fault of an event that does not fit the schema, with their own request', async () => {
    const broken = [
      { id: 'tent', quantity: 'many' },
      { id: 'tent', quantity: 1, note: {} },
    ];
    for (const variant of broken) {
      const ask = { query: LIVE.replace('quantity', 'quantity note'), variables: ids('a') };
      const results = await told([shareEvent(update({ variants: [variant] }))], [ask, ask]);
      expect(results.map(([result]) => result!.errors![0]!.extensions!['requestId'])).toEqual([
        'request-0',
        'request-1',
      ]);
    }
  });
});

describe('a shared result', () => {
  const LEAVES = ['id', 'status', 'quantity', 'version', 'note', '__typename'];
  const directive = fc.constantFrom(
    '',
    '',
    ' @include(if: $yes)',
    ' @skip(if: $no)',
    ' @include(if: $no)',
    ' @skip(if: false)',
  );
  const alias = fc.constantFrom('', '', 'a: ', 'constructor: ', '__proto__: ');
  const leaf = fc
    .tuple(alias, fc.constantFrom(...LEAVES), directive)
    .map((parts) => [parts[0] + parts[1], parts[1], parts[2]] as const);
  /** Selections of a variant in which one name means one field. */
  const variantFields = fc
    .uniqueArray(leaf, { minLength: 1, maxLength: 5, selector: ([text]) => text.split(':')[0] })
    .map((leaves) => leaves.map(([text, , suffix]) => text + suffix).join(' '));
  const selection = fc.record({
    fields: variantFields,
    nested: fc.option(variantFields),
    fragment: fc.constantFrom('plain', 'inline', 'spread'),
    snapshot: directive,
  });
  const variables = fc.record({ yes: fc.boolean(), no: fc.boolean() });

  const documentOf = ({
    fields,
    nested,
    fragment,
    snapshot,
  }: typeof selection extends fc.Arbitrary<infer S> ? S : never) => {
    const all = nested === null ? fields : `${fields} next { ${nested} }`;
    const inside =
      fragment === 'plain'
        ? all
        : fragment === 'inline'
          ? `... on Variant @include(if: $yes) { ${all} } id`
          : `...F @skip(if: $no) version`;
    return `subscription S($yes: Boolean!, $no: Boolean!) { changed(ids: []) { snapshot${snapshot} variants { ${inside} } unused: snapshot @include(if: $yes) @skip(if: $no) } }
      ${fragment === 'spread' ? `fragment F on Variant { ${all} }` : ''}`;
  };
  const isPossible = (query: string) => {
    parse(query);
    return query;
  };

  it('is what each subscriber would have got from an execution of its own, whatever it selects', async () => {
    let sharedResults = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(selection, variables), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(guest, jana, clerk),
        async (all, caller) => {
          const asked = all.flatMap(([chosen, values]) => {
            const ask = { query: isPossible(documentOf(chosen)), variables: values, caller };
            return [ask, { ...ask, variables: { ...values, yes: !values.yes } }, { ...ask }];
          });
          const given = await told(shared(), asked);
          sharedResults += given.flat().filter((result) => result instanceof SharedResult).length;
          const together = given.map((results) => results.map(textOf));
          const alone = (await told([update()], asked)).map((results) =>
            results.map((result) => JSON.stringify(result)),
          );
          // What is refused names its request, which is the same in both.
          expect(together).toEqual(alone);
        },
      ),
      { numRuns: 150, seed: 4_711 },
    );
    expect(sharedResults).toBeGreaterThan(500);
  });
});
