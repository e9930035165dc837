import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestOf } from '../auth/caller.ts';
import { requestFault } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createService, type Service } from '../service.ts';
import { createSchemaEndpoint } from './endpoint.ts';
import { PUBLIC_LIMITS } from './limits.ts';

function graph(): GraphQLSchema {
  const schema = buildSchema(`
    type Query { greet(name: String! = "you", times: Int): String  fails: String  refuses: String  must: String!  channel: String }
    type Mutation { count: Int! }`);
  let counted = 0;
  Object.assign(schema.getQueryType()!.getFields()['greet']!, {
    resolve: (_: unknown, { name, times = 1 }: { name: string; times?: number }) => `Hello ${name}`.repeat(times),
  });
  const fail = (error: Error) => ({
    resolve: () => {
      throw error;
    },
  });
  const fields = schema.getQueryType()!.getFields();
  Object.assign(fields['fails']!, fail(new Error('select * from secrets')));
  Object.assign(fields['refuses']!, fail(requestFault('FORBIDDEN', 'Not you.', { scope: 'more' })));
  Object.assign(fields['must']!, { resolve: () => null });
  Object.assign(fields['channel']!, {
    resolve: (_: unknown, _args: unknown, { caller }: { caller: { channel: string } }) => caller.channel,
  });
  Object.assign(schema.getMutationType()!.getFields()['count']!, { resolve: () => (counted += 1) });
  return schema;
}

let service: Service;
let url: string;
beforeAll(async () => {
  const metrics = createMetrics('greeter');
  const endpoint = createSchemaEndpoint({
    name: 'greeter',
    schema: graph(),
    logger: silentLogger,
    metrics,
    limits: PUBLIC_LIMITS,
    introspection: true,
    context: (call) => call,
    finish: ({ requestId }) => ({ headers: { 'cache-control': 'no-store' }, extensions: { for: requestId } }),
  });
  service = createService({
    name: 'greeter',
    logger: silentLogger,
    metrics,
    mounts: [
      {
        path: '/graphql',
        endpoint,
        authenticate: async ({ authorization }) => {
          if (authorization === 'Bearer wrong') throw requestFault('UNAUTHENTICATED', 'This key is unknown.');
          if (authorization === 'Bearer broken') throw new GraphQLError('the key service gave nonsense');
          return guestOf('web');
        },
      },
    ],
  });
  url = `http://127.0.0.1:${await service.listen(0, '127.0.0.1')}/graphql`;
});
afterAll(() => service.stop());

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'request-of-test', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: JSON.parse(text) as unknown,
    type: response.headers.get('content-type'),
    requestId: response.headers.get('x-request-id'),
    cache: response.headers.get('cache-control'),
  };
}

/** A quality value is for Apollo Server to weigh. */
const THROUGH_APOLLO = { accept: 'application/json;q=1' };

describe('a POST of JSON', () => {
  test.each([
    ['a query', { query: '{ greet }' }],
    ['variables', { query: 'query ($n: String!) { greet(name: $n) }', variables: { n: 'Ada' } }],
    ['nulls for what may be left out', { query: '{ greet }', variables: null, operationName: null, extensions: null }],
    ['one of several operations', { query: 'query A { greet } query B { channel }', operationName: 'B' }],
    ['introspection', { query: '{ __schema { queryType { name } } __typename }' }],
    ['a resolver that breaks', { query: '{ greet fails }' }],
    ['a resolver that refuses', { query: '{ greet refuses }' }],
    ['a null that the schema does not allow', { query: '{ must }' }],
    ['a document that is not GraphQL', { query: '{ greet' }],
    ['a field that does not exist', { query: '{ greeet }' }],
    ['a variable of the wrong type', { query: 'query ($t: Int) { greet(times: $t) }', variables: { t: 'three' } }],
    ['a variable that is missing', { query: 'query ($n: String!) { greet(name: $n) }' }],
    ['several operations and no name', { query: 'query A { greet } query B { channel }' }],
    ['a name that no operation has', { query: 'query A { greet }', operationName: 'C' }],
    ['too many aliases', { query: `{ ${Array.from({ length: 16 }, (_, index) => `a${index}: greet`).join(' ')} }` }],
  ])('is answered with %s exactly as Apollo Server answers it', async (_what, body) => {
    const direct = await post(body);
    const apollo = await post(body, THROUGH_APOLLO);
    expect(direct).toEqual(apollo);
    expect(direct.requestId).toBe('request-of-test');
    expect(direct.cache).toBe('no-store');
  });

  test('masks what broke, and tells the id under which it is logged', async () => {
    const { body } = await post({ query: '{ fails }' });
    expect(JSON.stringify(body)).not.toContain('secrets');
    expect(body).toMatchObject({
      data: { fails: null },
      errors: [{ path: ['fails'], extensions: { code: 'INTERNAL', requestId: 'request-of-test' } }],
      extensions: { for: 'request-of-test' },
    });
  });

  test('executes a mutation once', async () => {
    const first = await post({ query: 'mutation { count }' });
    const second = await post({ query: 'mutation { count }' });
    expect([first.body, second.body]).toMatchObject([{ data: { count: 1 } }, { data: { count: 2 } }]);
  });

  test.each([
    ['wrong', 401, 'UNAUTHENTICATED'],
    ['broken', 500, 'INTERNAL'],
  ])('is refused with a key that is %s', async (key, status, code) => {
    const answer = await post({ query: '{ greet }' }, { authorization: `Bearer ${key}` });
    expect(answer).toMatchObject({
      status,
      requestId: 'request-of-test',
      body: { errors: [{ extensions: { code, requestId: 'request-of-test' } }] },
    });
    expect(answer.body).not.toHaveProperty('data');
  });

  test.each([
    [undefined, 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/graphql-response+json, application/json', 'application/graphql-response+json; charset=utf-8'],
  ])('is answered in the media type that is accepted first: %s', async (accept, type) => {
    const answer = await post({ query: '{ greet }' }, accept === undefined ? {} : { accept });
    expect(answer).toMatchObject({ status: 200, type, body: { data: { greet: 'Hello you' } } });
  });

  test.each([
    ['an accepted type that is not JSON', { query: '{ greet }' }, { accept: 'text/csv' }, 406],
    ['a batch', [{ query: '{ greet }' }], {}, 400],
    ['a document that is no text', { query: { kind: 'Document' } }, {}, 400],
    ['variables that are text', { query: '{ greet }', variables: '{}' }, {}, 400],
    ['variables that are a list', { query: '{ greet }', variables: [] }, {}, 400],
    ['an operation name that is a number', { query: '{ greet }', operationName: 1 }, {}, 400],
    ['no document', { variables: {} }, {}, 400],
    ['an empty document', { query: '' }, {}, 400],
    ['a body that is not JSON', '{ greet }', {}, 400],
    ['a form that a browser could be tricked into sending', 'query={greet}', { 'content-type': 'text/plain' }, 400],
  ])('is refused with %s', async (_what, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: expect.any(String) as string } }] });
    expect(answer.body).not.toHaveProperty('data');
  });
});
