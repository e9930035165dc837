import { asGuest } from '@kontor/testkit/src/callers.ts';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../auth/caller.ts';
import type { EdgeAuthenticator } from '../auth/edge.ts';
import { requestFault } from '../errors.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from '../graph/graph.ts';
import { silentLogger } from '../logger.ts';
import { createBffContext } from './context.ts';

/** The context of a request whose router gives one answer. */
function contextWith(answer: GraphResult, call: Call = asGuest(), edge: Partial<EdgeAuthenticator> = {}) {
  const sent: { request: GraphRequest; call: Call }[] = [];
  const router = {
    execute: (request: GraphRequest, by: Call) => (sent.push({ request, call: by }), Promise.resolve(answer)),
  } as unknown as GraphClient;
  return {
    sent,
    ctx: createBffContext(
      {
        router,
        hub: undefined as never,
        edge: edge as EdgeAuthenticator,
        logger: silentLogger,
        program: { name: 'bff-web', version: '' },
      },
      call,
    ),
  };
}

const outage = (path: (string | number)[]) => ({
  message: 'stock cannot be reached.',
  path,
  extensions: { code: 'SERVICE_UNAVAILABLE' },
});

it('asks the router as the caller, under the request id and as a step of the trace, in its own name', async () => {
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const call: Call = { ...asGuest('mobile'), client: { name: 'ios-app', version: '7.1' }, trace };
  const { ctx, sent } = contextWith({ data: { product: null } }, call);
  expect(await ctx.upstream('query Q { product }', { id: '1' })).toEqual({ product: null });
  expect(sent).toEqual([
    {
      request: { query: 'query Q { product }', variables: { id: '1' } },
      call: { caller: call.caller, requestId: call.requestId, client: { name: 'bff-web', version: '' }, trace },
    },
  ]);
});

it('calls a query off when its client is gone, but never a mutation', async () => {
  const { signal } = new AbortController();
  const { ctx, sent } = contextWith({ data: {} }, { ...asGuest(), signal });
  await ctx.upstream('query Q { product }', {});
  await ctx.upstream('mutation M { checkout }', {});
  expect(sent.map(({ call }) => call.signal)).toEqual([signal, undefined]);
});

it('answers what there is when fields failed, and notes each once without its positions', async () => {
  const data = { product: { variants: [{ availability: null }, { availability: null }] } };
  const { ctx } = contextWith({
    data,
    errors: [outage(['product', 'variants', 0, 'availability']), outage(['product', 'variants', 1, 'availability'])],
  });
  expect(await ctx.upstream('query Q { product }', {})).toEqual(data);
  expect([...ctx.degraded.values()]).toEqual([{ path: 'product.variants.availability', code: 'SERVICE_UNAVAILABLE' }]);
});

it.each([
  ['a root field is null because of it', { data: { product: null }, errors: [outage(['product'])] }],
  [
    'it lies deeper and cost the root field',
    { data: { product: null }, errors: [outage(['product', 'variants', 3, 'title'])] },
  ],
  ['there is no data', { data: null, errors: [outage(['product'])] }],
])('throws the error when %s: an outage is not an absence', async (_when, answer) => {
  const { ctx } = contextWith(answer);
  await expect(ctx.upstream('query Q { product }', {})).rejects.toMatchObject({
    message: 'stock cannot be reached.',
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  });
});

describe('as who has just signed in', () => {
  const ada: Caller = { role: 'customer', subject: 'ada', channel: 'web', scopes: [], customerId: 'ada' };
  const authenticate: EdgeAuthenticator['authenticate'] = ({ authorization }) =>
    authorization === 'Bearer token-of-ada'
      ? Promise.resolve(ada)
      : Promise.reject(requestFault('UNAUTHENTICATED', 'No such token.'));

  it('asks the router as the holder whom the edge finds, in the same request, and notes what failed alone', async () => {
    const data = { cartMerge: { cart: { total: null } } };
    const { ctx, sent } = contextWith({ data, errors: [outage(['cartMerge', 'cart', 'total'])] }, asGuest(), {
      authenticate,
    });
    expect(await ctx.upstreamAs('token-of-ada', 'mutation M { cartMerge }', {})).toEqual(data);
    expect(sent.map(({ call }) => [call.caller, call.requestId])).toEqual([[ada, ctx.requestId]]);
    expect([...ctx.degraded.values()]).toEqual([{ path: 'cartMerge.cart.total', code: 'SERVICE_UNAVAILABLE' }]);
    await ctx.upstream('mutation M { signOut }', {}).catch(() => undefined);
    expect(sent.at(-1)!.call.caller.role).toBe('guest');
  });

  it('asks nobody when the edge refuses the token', async () => {
    const { ctx, sent } = contextWith({ data: {} }, asGuest(), { authenticate });
    await expect(ctx.upstreamAs('token-of-eve', 'mutation M { cartMerge }', {})).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(sent).toEqual([]);
  });
});

it('notes what a resolver did without, by the code of the fault or of the refusal, and nothing of a fault without one', () => {
  const { ctx } = contextWith({ data: {} });
  ctx.doWithout('cartMerge', requestFault('TIMEOUT', 'orders did not answer.'));
  ctx.doWithout('cartMerge', 'NOT_FOUND');
  ctx.doWithout('cartMerge.cart', new Error('a secret'));
  expect([...ctx.degraded.values()]).toEqual([
    { path: 'cartMerge', code: 'TIMEOUT' },
    { path: 'cartMerge', code: 'NOT_FOUND' },
    { path: 'cartMerge.cart', code: 'INTERNAL' },
  ]);
});
