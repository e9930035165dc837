import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEYS, runRouter, type RunningRouter } from '../fixture/running-router.ts';
import { createShop, SUBGRAPHS, type Shop } from '../fixture/shop.ts';
import type { UsageReport } from './field-usage.ts';
import type { ToldPlan } from './plan-report.ts';

const identities = await createTestIdentities(['web', 'router', ...SUBGRAPHS]);

const LISTING = 'query Listing($ids: [ID!]!) { variants(ids: $ids) { title price { minorUnits } } }';
const PARTNER = `Bearer ${KEYS.partner}`;

let shop: Shop;
let router: RunningRouter;
const start = async (exposePlans: boolean) => {
  router = await runRouter(shop, identities.router, { exposePlans, share: 'requests' });
};
beforeEach(async () => void (shop = await createShop('in memory', identities)));
afterEach(async () => {
  await router.service.stop();
  await shop.stop();
});
const body = { query: LISTING, variables: { ids: ['v1', 'v2'] } };
const metrics = async (name: string) =>
  (await (await fetch(`${router.url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('the plan of a request', () => {
  const planOf = ({ body: answer }: Awaited<ReturnType<RunningRouter['post']>>) =>
    (answer as { extensions?: { queryPlan?: ToldPlan } }).extensions?.queryPlan;

  test('is told to whoever asks, with what each fetch took, beside the answer as ever', async () => {
    await start(true);
    const plain = await router.post(PARTNER, body);
    const told = await router.post(PARTNER, { ...body, extensions: { queryPlan: true } });
    expect(told.body.data).toEqual(plain.body.data);
    expect(planOf(plain)).toBeUndefined();
    const { text, node } = planOf(told)!;
    expect(node).toMatchObject({
      kind: 'Sequence',
      nodes: [
        { kind: 'Fetch', subgraph: 'products', requires: null, timings: [{ representations: 0, errors: 0 }] },
        {
          kind: 'Flatten',
          path: 'variants.@',
          node: {
            kind: 'Fetch',
            subgraph: 'prices',
            requires: '{ ... on ProductVariant { __typename id } }',
            timings: [{ representations: 2, shared: false, errors: 0 }],
          },
        },
      ],
    });
    expect(text).toMatch(/^Sequence \{\n {2}Fetch products \{\n {4}# \d+\.\d\d ms, from /);
    expect((told.body as { extensions?: object }).extensions).toHaveProperty('cost');
  });

  test('is told in memory as over HTTP', async () => {
    await start(true);
    const { extensions } = await router.service
      .graph()
      .execute({ ...body, extensions: { queryPlan: true } }, asGuest());
    expect(extensions).toHaveProperty('queryPlan.node.kind', 'Sequence');
  });

  test('has times from the beginning of the request, in order', async () => {
    await start(true);
    const { node } = planOf(await router.post(PARTNER, { ...body, extensions: { queryPlan: true } }))!;
    const [first, then] = (node as unknown as { nodes: [{ timings: never[] }, { node: { timings: never[] } }] }).nodes;
    const [a, b] = [first.timings[0]!, then.node.timings[0]!] as { startMs: number; endMs: number }[];
    expect(a!.startMs).toBeGreaterThanOrEqual(0);
    expect(a!.endMs).toBeGreaterThanOrEqual(a!.startMs);
    expect(b!.startMs).toBeGreaterThanOrEqual(a!.endMs);
  });

  test('is told of an operation that asks nobody, and shows which fetch failed', async () => {
    await start(true);
    const asked = { extensions: { queryPlan: true } };
    expect(planOf(await router.post(PARTNER, { query: '{ __typename }', ...asked }))).toEqual({
      text: 'Nothing had to be asked.\n',
      node: null,
    });
    await shop.halt('prices');
    const { text } = planOf(await router.post(PARTNER, { ...body, ...asked }))!;
    expect(text).toMatch(/Fetch prices \{\n +# [^\n]*; 2 entities; [12] errors?\n/);
  });

  test('is not told where it is not exposed', async () => {
    await start(false);
    const answer = await router.post(PARTNER, { ...body, extensions: { queryPlan: true } });
    expect(answer.body.data).toBeDefined();
    expect(planOf(answer)).toBeUndefined();
  });

  test('is of the request itself: it does not share the answer of another', async () => {
    await start(true);
    const guest = `Bearer ${await identities.web.sign(asGuest().caller, 'router')}`;
    const answers = await Promise.all([
      router.post(guest, body),
      router.post(guest, { ...body, extensions: { queryPlan: true } }),
      router.post(guest, body),
    ]);
    expect(answers.map((answer) => planOf(answer) !== undefined)).toEqual([false, true, false]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body.data))).size).toBe(1);
  });
});

describe('what a router counts', () => {
  test('is the use of each field by client, which GET /usage tells', async () => {
    await start(false);
    const client = { 'apollographql-client-name': 'portal', 'apollographql-client-version': '4' };
    await router.post(PARTNER, body, client);
    await router.post(PARTNER, body, client);
    await router.post(PARTNER, { query: '{ nothing }' }, client);
    const report = (await (await fetch(`${router.url}/usage`)).json()) as UsageReport;
    const of = (coordinate: string) => report.coordinates.find((each) => each.coordinate === coordinate);
    expect(of('ProductVariant.price')).toMatchObject({
      deprecated: null,
      count: 2,
      clients: [{ name: 'portal', version: '4', count: 2 }],
    });
    expect(of('Query.variants(ids:)')?.count).toBe(2);
    expect(of('ProductVariant.availability')).toMatchObject({ count: 0, lastSeen: null });
    expect(report.complete).toBe(true);
  });

  test('is operations by name, channel and client, fetches by subgraph, and plans', async () => {
    await start(false);
    await router.post(PARTNER, body, { 'graphql-client-name': 'portal' });
    await router.post(PARTNER, body);
    expect(await metrics('graphql_operation_seconds_count')).toEqual([
      'graphql_operation_seconds_count{graph="router",operation="query",name="Listing",channel="marketplace",outcome="ok",service="router"} 2',
    ]);
    expect(
      (await metrics('graphql_client_operations_total')).map((line) => /client_name="(\w+)"/.exec(line)![1]),
    ).toEqual(['portal', 'unknown']);
    expect(await metrics('subgraph_fetch_seconds_count')).toEqual([
      'subgraph_fetch_seconds_count{subgraph="products",outcome="ok",service="router"} 2',
      'subgraph_fetch_seconds_count{subgraph="prices",outcome="ok",service="router"} 2',
    ]);
    expect(await metrics('plan_cache_misses_total')).toEqual(['plan_cache_misses_total{service="router"} 1']);
    expect(await metrics('plan_cache_hits_total')).toEqual(['plan_cache_hits_total{service="router"} 1']);
    expect(await metrics('plan_cache_size')).toEqual(['plan_cache_size{service="router"} 1']);
    expect(await metrics('planner_waiting')).toEqual(['planner_waiting{service="router"} 0']);
  });

  test('is the use of what is deprecated', async () => {
    const sdl = shop.supergraphSdl.replace('list: String!', 'list: String! @deprecated(reason: "there is one")');
    router = await runRouter({ ...shop, supergraphSdl: sdl }, identities.router);
    const { body: answer } = await router.post(PARTNER, { query: '{ variants(ids: ["v1"]) { list } }' });
    expect(answer.errors).toBeUndefined();
    expect(await metrics('graphql_deprecated_field_requests_total')).toEqual([
      'graphql_deprecated_field_requests_total{coordinate="ProductVariant.list",client_name="unknown",client_version="",service="router"} 1',
    ]);
  });
});
