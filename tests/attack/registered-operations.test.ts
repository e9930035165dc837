import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import { createSchemaEndpoint } from '@kontor/kit/src/graph/endpoint.ts';
import { PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createMetrics } from '@kontor/kit/src/metrics.ts';
import { createOperationManifest, parseManifest } from '@kontor/kit/src/operations/operation-manifest.ts';
import { createOperations } from '@kontor/kit/src/operations/operations-mode.ts';
import { createService, type Service } from '@kontor/kit/src/service.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { sha256 } from '@kontor/kit/src/operations/operation-request.ts';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp as createWeb } from '../../bffs/web/src/app.ts';
import { startChannel } from '../contract/channels/channel.ts';
import { openEventStream } from './fixture/event-stream.ts';
import { codesOf, expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { openRawSocket } from './fixture/raw-socket.ts';

const REGISTERED = 'query Kind { __typename }';
const manifest = createOperationManifest(parseManifest(JSON.stringify({ kind: REGISTERED }), 'manifest.json'));

/** Operations that are not registered, in every form that names one. */
const OTHERS: readonly (readonly [string, object])[] = [
  ['a text', { query: '{ __typename }' }],
  ['a text under the name of a registered one', { query: 'query Kind { kind: __typename }', operationName: 'Kind' }],
  [
    'a text that holds the registered one',
    { query: `${REGISTERED} query Other { __typename }`, operationName: 'Other' },
  ],
  ['an unknown id', { query: '', documentId: 'other' }],
  ['an id of the prototype', { query: '', id: '__proto__' }],
  ['an unknown hash', { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }],
];

describe('an endpoint of registered operations', () => {
  let service: Service;
  let url: string;
  beforeAll(async () => {
    const metrics = createMetrics('registered');
    const endpoint = createSchemaEndpoint({
      name: 'registered',
      logger: silentLogger,
      metrics,
      limits: PUBLIC_LIMITS,
      introspection: false,
      schema: buildSchema('type Query { secret: String }'),
      context: (call): BaseContext => call,
    });
    service = createService({
      name: 'registered',
      logger: silentLogger,
      metrics,
      mounts: [
        {
          path: '/graphql',
          endpoint,
          authenticate: () => Promise.resolve(guestOf('web')),
          operations: createOperations({ mode: 'registered', manifest }),
        },
      ],
    });
    url = `http://127.0.0.1:${await service.listen(0, '127.0.0.1')}/graphql`;
  });
  afterAll(() => service.stop());

  test.each(OTHERS)('answers nothing else by %s, over HTTP, a socket and as events', async (_what, body) => {
    expectRefused(await send(url, body), 'OPERATION_NOT_REGISTERED');
    expectRefused(await send(url, body, undefined, { accept: 'application/json;q=0.9' }), 'OPERATION_NOT_REGISTERED');
    const socket = await openRawSocket(url);
    const [refusal] = await socket.run('1', body);
    expect(refusal!.type).toBe('error');
    expect(codesOf(refusal!.payload)).toEqual(['OPERATION_NOT_REGISTERED']);
    expect(socket.isOpen).toBe(true);
    await socket.close();
    const stream = await openEventStream(url, body);
    expect(codesOf(((await stream.next()) as { errors: unknown }).errors)).toEqual(['OPERATION_NOT_REGISTERED']);
  });

  test('answers what is registered, by its text and its id, in each way', async () => {
    const data = { __typename: 'Query' };
    for (const body of [{ query: REGISTERED }, { query: '', documentId: 'kind' }]) {
      expect(await ask(url, body)).toEqual({ data });
      const socket = await openRawSocket(url);
      expect((await socket.run('1', body))[0]).toMatchObject({ type: 'next', payload: { data } });
      await socket.close();
      const stream = await openEventStream(url, body);
      expect(await stream.next()).toEqual({ data });
    }
  });
});

test('a channel that is told to answer registered operations answers those of its folder, by text or hash, and no others', async () => {
  const channel = await startChannel(
    'web',
    (deps) => createWeb({ ...deps, operations: { mode: 'registered', manifests: [] } }),
    {},
  );
  try {
    const folder = new URL('../../schema/operations/web/', import.meta.url);
    const [example] = loadExamples(folder);
    const hash = sha256(example!.query);
    for (const body of [
      { query: example!.query },
      { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    ])
      expect(JSON.stringify(await ask(channel.url, { ...body, variables: {} }))).not.toContain('NOT_REGISTERED');
    expectRefused(await send(channel.url, { query: '{ __schema { types { name } } }' }), 'OPERATION_NOT_REGISTERED');
  } finally {
    await channel.stop();
  }
});
