import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnv } from '../env.ts';
import { createOperationManifest, parseManifest } from './operation-manifest.ts';
import { sha256 } from './operation-request.ts';
import { createOperations, operationsEnv } from './operations-mode.ts';

const BODY = 'query Channel { channel { code } }';
const OTHER = 'query Me { me { id } }';
const FREE = '{ products { id } }';
const manifest = createOperationManifest(
  parseManifest(JSON.stringify({ channel: BODY, again: BODY, me: OTHER }), 'm.json'),
);
const open = () => createOperations({ mode: 'open', manifest });
const registered = () => createOperations({ mode: 'registered', manifest });
const byHash = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } });
const codeOf = (result: unknown) => (result instanceof GraphQLError ? result.extensions['code'] : result);
const found = { query: BODY, registered: true };

describe.each([
  ['open', open],
  ['registered', registered],
] as const)('operations in %s mode', (_mode, create) => {
  it.each([
    ['the hash of its text', byHash(BODY)],
    ['the hash of its text as graphql-js prints it', byHash('query Channel {\n  channel {\n    code\n  }\n}')],
    ["Relay's doc_id", { doc_id: 'channel' }],
    ['an id', { id: 'again' }],
    ['a documentId', { documentId: 'channel' }],
    ['a documentId with a hash', { documentId: `sha256:${sha256(BODY)}` }],
    ['its text', { query: BODY }],
    ['its text without what GraphQL ignores', { query: 'query Channel{channel{code}}' }],
    ['its id and its text', { id: 'again', query: BODY }],
    ['its id and an empty text', { id: 'channel', query: '' }],
  ])('answer a registered operation by %s', (_how, request) => {
    expect(create().resolve(request)).toEqual(found);
  });

  it('refuse an id beside the text of another operation, or beside another id', () => {
    expect(codeOf(create().resolve({ id: 'channel', query: OTHER }))).toBe('BAD_REQUEST');
    expect(codeOf(create().resolve({ id: 'channel', query: FREE }))).toBe('BAD_REQUEST');
    expect(codeOf(create().resolve({ ...byHash(BODY), query: FREE }))).toBe('BAD_REQUEST');
    expect(codeOf(create().resolve({ id: 'channel', doc_id: 'me' }))).toBe('BAD_REQUEST');
    expect(codeOf(create().resolve({ ...byHash(OTHER), id: 'channel' }))).toBe('BAD_REQUEST');
  });

  it('refuse what is no id', () => {
    for (const id of [7, '', {}, ['channel'], 'x'.repeat(513)])
      expect(codeOf(create().resolve({ id }))).toBe('BAD_REQUEST');
  });

  it('do not know an id that is not registered', () => {
    expect(codeOf(create().resolve({ id: 'constructor' }))).toBe('OPERATION_NOT_REGISTERED');
    expect(codeOf(create().resolve({ doc_id: '__proto__' }))).toBe('OPERATION_NOT_REGISTERED');
  });
});

describe('operations in open mode', () => {
  it('answer free text, and automatic persisted queries beside registered operations', () => {
    const operations = open();
    expect(operations.resolve({ query: FREE })).toEqual({ query: FREE, registered: false });
    expect(operations.resolve({ query: FREE, id: 'unknown' })).toEqual({ query: FREE, registered: false });
    expect(codeOf(operations.resolve(byHash(FREE)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(operations.resolve({ ...byHash(FREE), query: FREE })).toEqual({ query: FREE, registered: false });
    expect(operations.resolve(byHash(FREE))).toEqual({ query: FREE, registered: false });
    expect(codeOf(operations.resolve({}))).toBe('BAD_REQUEST');
  });
});

describe('operations in registered mode', () => {
  it('refuse free text, and neither answer nor remember a persisted query', () => {
    const operations = registered();
    for (const request of [{ query: FREE }, byHash(FREE), { ...byHash(FREE), query: FREE }, byHash(FREE), {}])
      expect(codeOf(operations.resolve(request))).toBe('OPERATION_NOT_REGISTERED');
    expect(codeOf(operations.resolve({ query: `${BODY} ` }))).toBe('OPERATION_NOT_REGISTERED');
  });

  it('tell clients what to send, with status 403', () => {
    const refusal = registered().resolve({ query: FREE }) as GraphQLError;
    expect(refusal.message).toBe(
      'This operation is not registered here. Send the id of a registered operation, or its text exactly as it was registered.',
    );
    expect(refusal.extensions['http']).toEqual({ status: 403 });
  });

  it('answer nothing when nothing is registered', () => {
    expect(codeOf(createOperations({ mode: 'registered' }).resolve({ query: BODY }))).toBe('OPERATION_NOT_REGISTERED');
  });
});

it('is chosen in the environment, open when nothing is said', () => {
  const shape = z.object(operationsEnv);
  expect(parseEnv(shape, {})).toEqual({ OPERATIONS: 'open', OPERATION_MANIFESTS: [] });
  expect(parseEnv(shape, { OPERATIONS: 'registered', OPERATION_MANIFESTS: 'a.json, b/' })).toEqual({
    OPERATIONS: 'registered',
    OPERATION_MANIFESTS: ['a.json', 'b/'],
  });
  expect(() => parseEnv(shape, { OPERATIONS: 'closed' })).toThrow(
    /^These environment values cannot be used:\n {2}OPERATIONS: .+$/,
  );
});
