import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sha256 } from './operation-request.ts';
import { createPersistedQueries } from './persisted-queries.ts';

const QUERY = '{ channel { code } }';
/** `printf '{ channel { code } }' | sha256sum` */
const HASH = '3232669d4c3466c1536b0aef33f6cf90fa0cd22707aede718b180b7177c54f01';
const extensions = (sha256Hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash } });
const codeOf = (result: unknown) =>
  result instanceof GraphQLError ? [result.extensions['code'], result.message] : result;

describe('automatic persisted queries', () => {
  it('say that a hash is not known as Apollo Server says it, then remember the document that comes with it', () => {
    const queries = createPersistedQueries();
    const hash = sha256(QUERY);
    const unknown = queries.resolve({ extensions: extensions(hash) });
    expect(codeOf(unknown)).toEqual(['PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound']);
    const { status, headers } = (unknown as GraphQLError).extensions['http'] as {
      status: number;
      headers: Map<string, string>;
    };
    expect(status).toBe(200);
    expect([...headers]).toEqual([['cache-control', 'private, no-cache, must-revalidate']]);
    const found = { query: QUERY, registered: false };
    expect(queries.resolve({ query: QUERY, extensions: extensions(hash) })).toEqual(found);
    expect(queries.resolve({ extensions: extensions(hash) })).toEqual(found);
    // graphql-ws does not let the text be absent.
    expect(queries.resolve({ query: '', extensions: extensions(hash) })).toEqual(found);
  });

  it('refuse a document under the hash of another, also when that one is known', () => {
    const queries = createPersistedQueries();
    const hash = sha256(QUERY);
    const refusal = ['BAD_REQUEST', 'provided sha does not match query'];
    const other = { query: '{ me { id } }', extensions: extensions(hash) };
    expect(codeOf(queries.resolve(other))).toEqual(refusal);
    expect(codeOf(queries.resolve({ extensions: extensions(hash) }))).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
      'PersistedQueryNotFound',
    ]);
    queries.resolve({ query: QUERY, extensions: extensions(hash) });
    expect(codeOf(queries.resolve(other))).toEqual(refusal);
    expect(codeOf(queries.resolve({ query: QUERY, extensions: extensions(hash.toUpperCase()) }))).toEqual(refusal);
  });

  it('let a document without a hash pass, and do not remember it', () => {
    const queries = createPersistedQueries();
    expect(queries.resolve({ query: QUERY })).toEqual({ query: QUERY, registered: false });
    expect(queries.resolve({ query: QUERY, extensions: { tracing: true } })).toEqual({
      query: QUERY,
      registered: false,
    });
    expect(codeOf(queries.resolve({ extensions: extensions(sha256(QUERY)) }))).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
      'PersistedQueryNotFound',
    ]);
  });

  it.each([
    [{}, 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.'],
    [{ query: '' }, 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.'],
    [{ query: 7 }, '`query` must be a string.'],
    [{ query: QUERY, extensions: [] }, '`extensions` must be an object.'],
    [{ extensions: { persistedQuery: 'x' } }, '`extensions.persistedQuery` must be an object.'],
    [{ extensions: extensions('x', 2) }, 'Unsupported persisted query version'],
    [{ extensions: extensions('x', '1') }, 'Unsupported persisted query version'],
    [{ extensions: extensions(undefined) }, '`extensions.persistedQuery.sha256Hash` must be a string.'],
    [{ extensions: extensions({}) }, '`extensions.persistedQuery.sha256Hash` must be a string.'],
    [{ extensions: extensions('x'.repeat(513)) }, '`extensions.persistedQuery.sha256Hash` must be a string.'],
  ])('refuse %j', (request, message) => {
    expect(codeOf(createPersistedQueries().resolve(request))).toEqual(['BAD_REQUEST', message]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('do not know the hash %s', (hash) => {
    expect(codeOf(createPersistedQueries().resolve({ extensions: extensions(hash) }))).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
      'PersistedQueryNotFound',
    ]);
  });

  it('remember a bounded number of documents, the last used', () => {
    const queries = createPersistedQueries({ queries: 2 });
    const send = (query: string) => queries.resolve({ query, extensions: extensions(sha256(query)) });
    const isKnown = (query: string) =>
      !(queries.resolve({ extensions: extensions(sha256(query)) }) instanceof GraphQLError);
    send('{ a }');
    send('{ b }');
    expect(isKnown('{ a }')).toBe(true);
    send('{ c }');
    expect(['{ a }', '{ b }', '{ c }'].map(isKnown)).toEqual([true, false, true]);
  });

  it('remember a bounded number of bytes, and answer a longer document all the same', () => {
    const queries = createPersistedQueries({ bytes: 100 });
    const send = (query: string) => queries.resolve({ query, extensions: extensions(sha256(query)) });
    const isKnown = (query: string) =>
      !(queries.resolve({ extensions: extensions(sha256(query)) }) instanceof GraphQLError);
    const long = (name: string) => `{ ${name.repeat(20)} }`;
    for (const name of ['aa', 'bb', 'cc']) send(long(name));
    expect([long('aa'), long('bb'), long('cc')].map(isKnown)).toEqual([false, true, true]);
    const tooLong = `{ ${'é'.repeat(60)} }`;
    expect(send(tooLong)).toEqual({ query: tooLong, registered: false });
    expect([long('bb'), long('cc'), tooLong].map(isKnown)).toEqual([true, true, false]);
  });
});

it('hashes as other programs do', () => expect(sha256(QUERY)).toBe(HASH));
