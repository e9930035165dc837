import { runRouter, KEYS, type RunningRouter } from '@kontor/router/src/fixture/running-router.ts';
import { createShop, SUBGRAPHS, type Shop } from '@kontor/router/src/fixture/shop.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let shop: Shop;
let router: RunningRouter;

beforeAll(async () => {
  const identities = await createTestIdentities(['router', ...SUBGRAPHS]);
  shop = await createShop('in memory', identities);
  router = await runRouter(shop, identities.router);
});
afterAll(async () => {
  await router.service.stop();
  await shop.stop();
});

/** As a partner. A request without a body has to show that no other site made a browser send it. */
const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${KEYS.partner}`);
  if (init.body === undefined) headers.set('apollo-require-preflight', '1');
  return fetch(url, { ...init, headers });
};

/** An audit may have read the body already. */
const textOf = async (response: Response): Promise<string> => (response.bodyUsed ? '(read)' : response.text());

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${router.url}/graphql`, fetchFn });

  test.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id: $name', async ({ fn }) => {
    const result = await fn();
    if (result.status === 'ok') return;
    expect.fail(`${result.reason} (${result.response.status}): ${await textOf(result.response)}`);
  });
});
