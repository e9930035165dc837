/**
 * The same things through the router: what is asked there crosses subgraphs, and an object that one of them names by its key is shown by
 * another. By whichever way somebody comes to an object, it is shown as its owner decides.
 */
import { readFileSync } from 'node:fs';
import { lineOf, SCOPES } from '@kontor/kit/src/auth/policy.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createMemoryRateLimiter } from '@kontor/kit/src/rate-limit/memory-rate-limiter.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { SUBGRAPHS } from '@kontor/stack/src/services.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import type { GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedAccess } from '../../router/src/access.ts';
import { createApp, type Router } from '../../router/src/app.ts';
import { apiSchemaOf } from '../../router/src/composition/api-schema.ts';
import { composeSubgraphs } from '../../router/src/composition/compose-subgraphs.ts';
import { codesOf, isNothing, leaked, told } from './idor-answers.ts';
import { callerOf, STRANGERS, verdictOf } from './idor-callers.ts';
import { documentOf } from './idor-documents.ts';
import { BUSINESS } from './idor-registry-business.ts';
import { CATALOGUE } from './idor-registry-catalogue.ts';
import { ORDERS } from './idor-registry-orders.ts';
import { PEOPLE } from './idor-registry-people.ts';
import { SHOP } from './idor-registry-shop.ts';
import { startIdorSystem, type IdorSystem, type Json } from './idor-system.ts';
import { makeWorld, unknownIds, type Ids, type World } from './idor-world.ts';

const read = (path: string) => ({ path, text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8') });

/** Composed anew, so that a field that is not in the committed supergraph yet is tried as well. */
const { supergraphSdl, errors } = composeSubgraphs(
  SUBGRAPHS.map((name) => ({
    name,
    routingUrl: `http://127.0.0.1:1/${name}`,
    files: [read('packages/kit/schema/common.graphql'), read(`subgraphs/${name}/schema.graphql`)],
  })),
  SCOPES,
);
if (supergraphSdl === null) throw new Error(errors.join('\n'));
const API: GraphQLSchema = apiSchemaOf(supergraphSdl);

let system: IdorSystem;
let world: World;
let unknown: Ids;
let router: Router;
beforeAll(async () => {
  system = await startIdorSystem();
  world = await makeWorld(system);
  unknown = unknownIds(world.ids);
  await system.pause();
  const client = (name: (typeof SUBGRAPHS)[number], path: string) =>
    createMemoryClient(name, () => system.stack.services[name].graph(path), true);
  const { router: identity } = await createTestIdentities(['router']);
  router = await createApp({
    logger: silentLogger,
    supergraphSdl,
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, () => client(name, '/graphql')])),
    access: guardedAccess({
      identity,
      customers: client('customers', INTERNAL_PATH),
      limiter: createMemoryRateLimiter({ quota: 1_000_000, windowSeconds: 60 }),
    }),
  });
});
afterAll(async () => {
  await router.stop();
  await system.stop();
});

async function ask(query: string, variables: object, call: Call): Promise<GraphResult<Json>> {
  await system.sql`delete from customers.attempts`;
  return router.graph().execute<Json>({ query, variables: variables as never }, { ...call, issuer: 'bff-web' });
}

const QUESTIONS = Object.entries({ ...CATALOGUE, ...SHOP, ...ORDERS, ...PEOPLE, ...BUSINESS }).filter(([coordinate]) =>
  coordinate.startsWith('Query.'),
);

describe.each(QUESTIONS)('%s', (coordinate, probes) => {
  it('tells strangers nothing of anybody, by all that the whole graph has behind it', async () => {
    const name = coordinate.split('.')[1]!;
    const field = API.getQueryType()!.getFields()[name]!;
    const query = documentOf(API, { subgraph: 'orders', coordinate, field }, 3);
    for (const probe of probes)
      for (const stranger of STRANGERS) {
        const verdict = verdictOf(stranger, world.ids, coordinate, probe.owners);
        const call = callerOf(stranger, world.ids, coordinate);
        const sent = probe.args(world.ids);
        const answer = await ask(query, sent, call);
        const said = `${stranger} (${verdict}): ${JSON.stringify(answer).slice(0, 900)}`;
        expect(codesOf(answer), said).not.toContain('GRAPHQL_VALIDATION_FAILED');
        expect(codesOf(answer), said).not.toContain('DOCUMENT_TOO_COMPLEX');
        expect(codesOf(answer), said).not.toContain('INTERNAL');
        // What the line opens to a stranger by a scope is what the scope is for.
        if (verdict === 'open' && lineOf(coordinate).scope !== 'catalogue:read') continue;
        const found = leaked(answer, world, stranger, call, sent);
        const theirs = verdict === 'open' ? found.filter((each) => world.marks.includes(each)) : found;
        expect(theirs, said).toEqual([]);
        if (verdict === 'open') continue;
        expect(isNothing('customers', answer.data?.[name]), said).toBe(true);
        const none = await ask(query, probe.args(unknown), call);
        expect(told(answer, world.ids, unknown), said).toBe(told(none, world.ids, unknown));
      }
  });
});

const PROFILE =
  'id email givenName familyName phone addresses { street } identities { value } notes { body } cart { id }';
const ORDERS_OF = 'orders { edges { node { id number email shippingAddress { street } } } }';

/** What a profile says of somebody. */
const PERSONAL = ['guest.mark', 'victim.mark', 'second.mark', 'Markgiven', 'Markfamily', 'Markstreet', '4930555077'];

/** Ways to a profile, of which the asker sees that it is there at most. */
const WAYS: readonly (readonly [name: string, query: string, variables: (ids: Ids) => object])[] = [
  [
    'an order that a guest holds by its token',
    `query ($id: ID!, $token: String) { order(id: $id, token: $token) { id customer { ${PROFILE} ${ORDERS_OF} } } }`,
    (ids) => ({ id: ids['guestOrder'], token: ids['guestOrderToken'] }),
  ],
  [
    'the order of a cart that a guest holds',
    `query ($id: ID!, $token: String) { cart(id: $id, token: $token) { id order { customer { ${PROFILE} ${ORDERS_OF} } } } }`,
    (ids) => ({ id: ids['guestBoughtCart'], token: ids['guestOrderToken'] }),
  ],
  [
    'a named fragment within a named fragment',
    `query ($id: ID!, $token: String) { order(id: $id, token: $token) { ...A } }
     fragment A on Order { customer { ...B } } fragment B on Customer { ${PROFILE} ${ORDERS_OF} }`,
    (ids) => ({ id: ids['guestOrder'], token: ids['guestOrderToken'] }),
  ],
  [
    'another name for the key',
    `query ($id: ID!, $token: String) { order(id: $id, token: $token) { customer { id: email who: id phone ${ORDERS_OF} } } }`,
    (ids) => ({ id: ids['guestOrder'], token: ids['guestOrderToken'] }),
  ],
  ['oneself', `{ me { ${PROFILE} ${ORDERS_OF} } }`, () => ({})],
];

describe('a profile', () => {
  it.each(WAYS)('is not shown to strangers by %s', async (_name, query, variables) => {
    // A key with every scope but one has what shows orders or what shows profiles: that is for the questions above.
    for (const name of STRANGERS.filter((each) => each !== 'wrongKey')) {
      const call = callerOf(name, world.ids, 'Customer');
      const answer = await ask(query, variables(world.ids), call);
      const said = `${name}: ${JSON.stringify(answer).slice(0, 900)}`;
      expect(codesOf(answer), said).not.toContain('GRAPHQL_VALIDATION_FAILED');
      const found = leaked(answer, world, name, call, variables(world.ids));
      expect(
        found.filter((each) => PERSONAL.includes(each)),
        said,
      ).toEqual([]);
    }
  });

  it('is shown to a register that found it as far as the table says, whatever subgraph has the rest', async () => {
    const call = callerOf('register', world.ids, 'Query.customerSearch');
    const found = `found: customer { id givenName email phone ${ORDERS_OF} cart { id } company { id } companyLocation { id }
      addresses { street } identities { value } consents { purpose } groups { code } sessions { id } loyalty { balance available } }`;
    const answer = await ask(`{ customerSearch(query: "Markgiven Markfamily") { ${found} } }`, {}, call);
    expect(answer.data?.customerSearch).toEqual([
      {
        found: {
          ...{ id: world.ids['victim'], givenName: 'Markgiven', email: null, phone: null, orders: null, cart: null },
          ...{ company: null, companyLocation: null, addresses: null, identities: null, consents: null, groups: null },
          ...{ sessions: null, loyalty: { balance: expect.any(Number) as number, available: null } },
        },
      },
    ]);
  });
});
