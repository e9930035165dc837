import { requireScope } from '@kontor/kit/src/auth/policy.ts';
import { PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import type { GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { describe, expect, test } from 'vitest';
import { collect } from './fixture/collect.ts';
import { readOwnership } from './ownership.ts';
import { createPolicyCheck } from './policy.ts';
import { forwardSubscriptions, type SubscriptionOptions } from './subscriptions.ts';
import { shopSupergraph } from './fixture/shop.ts';
import { apiSchemaOf } from './supergraph.ts';

const supergraphSdl = shopSupergraph();
const schema = apiSchemaOf(supergraphSdl);
const forwarded: GraphRequest[] = [];
const stock: GraphClient = {
  execute: () => Promise.reject(new Error('not a query')),
  async *subscribe(request) {
    forwarded.push(request);
    yield { data: { seen: true } as never };
  },
};
const options: SubscriptionOptions = {
  schema,
  ownership: readOwnership(supergraphSdl),
  subgraphs: { stock },
  limitsOf: () => PUBLIC_LIMITS,
  policy: createPolicyCheck(schema),
};
const subscribe = forwardSubscriptions(options);

async function events(query: string, call = asGuest(), operationName?: string): Promise<GraphResult[]> {
  forwarded.length = 0;
  return collect(subscribe({ query, operationName }, call));
}
const refusal = (query: string, call = asGuest()) =>
  events(query, call).then(
    () => 'not refused',
    (error: { extensions: { code: string }; message: string }) => `${error.extensions.code}: ${error.message}`,
  );

describe('a subscription', () => {
  test('goes to the subgraph without the other operations and fragments of its document', async () => {
    const query = `
      query Unrelated { channel { ...Code } }
      fragment Code on Channel { code }
      fragment Stocked on ProductVariant { __typename id availability }
      subscription Live { availabilityChanged(variantIds: []) { variants { ...Stocked } } }`;
    expect(await events(query, asGuest(), 'Live')).toEqual([{ data: { seen: true } }]);
    expect(forwarded[0]?.query).toContain('fragment Stocked');
    expect(forwarded[0]?.query).not.toMatch(/Unrelated|Code/);
  });

  test('is refused by the first field that its subgraph cannot answer, also through fragments', async () => {
    expect(
      await refusal(
        'subscription { availabilityChanged(variantIds: []) { variants { id price { currency } title } } }',
      ),
    ).toMatch(
      /^SUBSCRIPTION_NOT_SUPPORTED: Subscription\.availabilityChanged comes from stock, which does not answer ProductVariant\.price:/,
    );
    const spread =
      'subscription { availabilityChanged(variantIds: []) { variants { ...V } } } fragment V on ProductVariant { ... on ProductVariant { title } }';
    expect(await refusal(spread)).toContain('ProductVariant.title');
    expect(forwarded).toEqual([]);
  });

  test.each([
    [
      'has several root fields',
      'subscription { a: availabilityChanged(variantIds: []) { snapshot } b: availabilityChanged(variantIds: []) { snapshot } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'selects a field that does not exist',
      'subscription { availabilityChanged(variantIds: []) { nothing } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['is not GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
  ])('is answered with errors alone when it %s', async (_case, query, code) => {
    const [event, ...more] = await events(query);
    expect(event).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code, requestId: 'test-request' }) })],
    });
    expect(more).toEqual([]);
    expect(forwarded).toEqual([]);
  });

  test('is refused by the policy before its subgraph hears of it', async () => {
    const strict = forwardSubscriptions({
      ...options,
      policy: (_document, _operation, caller) => requireScope(caller, 'stock:read'),
    });
    const query = 'subscription { availabilityChanged(variantIds: []) { snapshot } }';
    forwarded.length = 0;
    await expect(collect(strict({ query }, asGuest()))).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN', scope: 'stock:read' },
    });
    expect(forwarded).toEqual([]);
    expect(await collect(strict({ query }, asStaff(['stock:read'])))).toHaveLength(1);
  });

  test('is held to the limits of its caller', async () => {
    const aliases = Array.from({ length: PUBLIC_LIMITS.aliases + 1 }, (_, index) => `a${index}: snapshot`).join(' ');
    expect(await refusal(`subscription { availabilityChanged(variantIds: []) { ${aliases} } }`)).toMatch(
      /^DOCUMENT_TOO_COMPLEX.*aliases/,
    );
    const tokens = 'snapshot '.repeat(PUBLIC_LIMITS.tokens);
    expect(await refusal(`subscription { availabilityChanged(variantIds: []) { ${tokens} } }`)).toMatch(
      /^DOCUMENT_TOO_COMPLEX.*tokens/,
    );
  });

  test('is no way to send a query', async () => {
    expect(await refusal('{ channel { code } }')).toMatch(/^BAD_REQUEST/);
  });
});
