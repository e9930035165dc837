import { asGuest } from '@kontor/testkit/src/callers.ts';
import { expect, it } from 'vitest';
import type { Call, GraphClient, GraphRequest, GraphResult } from '../graph/graph.ts';
import { silentLogger } from '../logger.ts';
import { createBffContext } from './context.ts';

/** The context of a request whose router gives one answer. */
function contextWith(answer: GraphResult, call: Call = asGuest()) {
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
        edge: undefined as never,
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
