import { ERROR_CATALOGUE, type ErrorCode } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { startAttackedChannel } from './fixture/channels.ts';
import { ANYWHERE, type CostlyDocument } from './fixture/costly-documents.ts';
import { codesOf, expectNothingLeaks } from './fixture/expect-refusal.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket, type Message, type RawSocket } from './fixture/raw-socket.ts';
import { noteCpu, reportCpu } from './fixture/report-cpu.ts';

const MESSAGE_BYTES = 64 * 1024;
/** RFC 6455, 7.4.1: a message is too big. */
const TOO_BIG = 1009;
const BAD_REQUEST = 4400;
const UNAUTHORIZED = 4401;
const TOO_MANY_INITIALISATIONS = 4429;
const ALREADY_EXISTS = 4409;

/** The codes of an answer, however the protocol carries it. */
function told(messages: readonly Message[]): ErrorCode[] {
  const [first] = messages;
  expectNothingLeaks(JSON.stringify(messages));
  const payload = first!.payload as { readonly errors?: unknown; readonly data?: unknown };
  expect(payload).not.toHaveProperty('data');
  return [...new Set(codesOf(first!.type === 'error' ? payload : payload.errors))];
}

const isTooBig = ({ body }: CostlyDocument): boolean =>
  Buffer.byteLength(JSON.stringify({ type: 'subscribe', id: 'attack', payload: body })) > MESSAGE_BYTES;

/** A socket with a subscription on it that an attack must not disturb. */
interface Watched {
  readonly url: string;
  readonly key: string | undefined;
  readonly subscription: object;
  /** Makes the next event happen, and gives what its data must be. */
  happen(): object;
}

function attackWith(watched: () => Watched, title: string): void {
  describe(title, () => {
    let socket: RawSocket;
    beforeAll(async () => {
      socket = await openRawSocket(watched().url, watched().key);
      socket.send({ type: 'subscribe', id: 'bystander', payload: watched().subscription });
      expect((await socket.next('bystander')).type).toBe('next');
    });
    afterAll(() => socket.close());

    const expectUndisturbed = async () => {
      const data = watched().happen();
      expect(await socket.next('bystander')).toEqual({ type: 'next', id: 'bystander', payload: { data } });
      expect(socket.isOpen).toBe(true);
    };

    test.each(ANYWHERE.filter((attack) => !isTooBig(attack)))(
      'refuses $what as one operation: the socket and its other subscription live on',
      async ({ what, body, code }) => {
        expect(told(await noteCpu(`socket: ${what}`, () => socket.run('attack', body as object)))).toEqual([code]);
        const subscription = { ...(body as object), query: `subscription ${(body as { query: string }).query}` };
        const messages = await socket.run('attack-as-subscription', subscription);
        expect(ERROR_CATALOGUE[told(messages)[0]!].status).toBe(400);
        await expectUndisturbed();
      },
    );

    test('refuses a hundred attacks at once, each as one operation', async () => {
      const attacks = ANYWHERE.filter((attack) => !isTooBig(attack));
      const codes = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const { body, code } = attacks[index % attacks.length]!;
          return [told(await socket.run(`attack-${index}`, body as object)), code];
        }),
      );
      for (const [given, code] of codes) expect(given).toEqual([code]);
      await expectUndisturbed();
    });

    test('refuses the fifty-first subscription at once, and keeps the fifty', async () => {
      const crowded = await openRawSocket(watched().url, watched().key);
      for (let index = 0; index < 50; index += 1)
        crowded.send({ type: 'subscribe', id: `many-${index}`, payload: watched().subscription });
      for (let index = 0; index < 50; index += 1) expect((await crowded.next(`many-${index}`)).type).toBe('next');
      const [refusal] = await crowded.run('one-too-many', watched().subscription);
      expect(refusal!.type).toBe('error');
      expect(codesOf(refusal!.payload)).toEqual(['RATE_LIMITED']);
      expect(crowded.isOpen).toBe(true);
      await crowded.close();
      await expectUndisturbed();
    });

    test.each([
      [
        'a message of more than 64 KiB',
        JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(MESSAGE_BYTES) } }),
        TOO_BIG,
      ],
      ['what is no JSON', '{', BAD_REQUEST],
      ['a message without a type', '{}', BAD_REQUEST],
      ['a message of a type that there is not', '{"type":"__proto__"}', BAD_REQUEST],
      ['an operation without a query', '{"type":"subscribe","id":"1","payload":{}}', BAD_REQUEST],
      ['an operation without an id', '{"type":"subscribe","payload":{"query":"{ __typename }"}}', BAD_REQUEST],
      [
        'variables that are a list',
        '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":[]}}',
        BAD_REQUEST,
      ],
      [
        'JSON that nests 30,000 levels',
        `{"type":"subscribe","id":"1","payload":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
        BAD_REQUEST,
      ],
      ['a second initialisation', '{"type":"connection_init"}', TOO_MANY_INITIALISATIONS],
    ])('closes a socket that sends %s with its code, and no other socket', async (_what, message, code) => {
      const attacker = await openRawSocket(watched().url, watched().key);
      attacker.send(message);
      expect(await attacker.closed).toBe(code);
      await expectUndisturbed();
    });

    test('closes a socket that uses one id for two operations, or does not say who it is, and no other socket', async () => {
      const attacker = await openRawSocket(watched().url, watched().key);
      for (let round = 0; round < 2; round += 1)
        attacker.send({ type: 'subscribe', id: 'same', payload: watched().subscription });
      expect(await attacker.closed).toBe(ALREADY_EXISTS);
      const silent = await openRawSocket(watched().url, watched().key, { init: false });
      silent.send({ type: 'subscribe', id: '1', payload: watched().subscription });
      expect(await silent.closed).toBe(UNAUTHORIZED);
      await expectUndisturbed();
    });

    test('refuses a document by a hash that is not known or not its own, and answers it by its own', async () => {
      const byHash = (sha256Hash: string, query = '') => ({
        query,
        extensions: { persistedQuery: { version: 1, sha256Hash } },
      });
      expect(told(await socket.run('hash', byHash('0'.repeat(64))))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
      expect(told(await socket.run('hash', byHash('0'.repeat(64), '{ __typename }')))).toEqual(['BAD_REQUEST']);
      expect(told(await socket.run('hash', byHash('__proto__', '{ __typename }')))).toEqual(['BAD_REQUEST']);
      expect(told(await socket.run('hash', byHash('__proto__')))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
      await expectUndisturbed();
    });
  });
}

afterAll(reportCpu);

describe('a socket', () => {
  const variantId = newId();
  let quantity = 1;
  let channel: Channel;
  let router: ProjectRouter;
  beforeAll(async () => {
    channel = await startAttackedChannel('web');
    channel.stock.set(variantId, quantity);
    router = await startProjectRouter();
  });
  afterAll(async () => {
    await channel.stop();
    await router.stop();
  });

  attackWith(
    () => ({
      url: channel.url,
      key: undefined,
      subscription: {
        query:
          'subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids) { variants { sellableQuantity } } }',
        variables: { ids: [variantId] },
      },
      happen() {
        quantity += 1;
        channel.stock.set(variantId, quantity);
        return { availabilityChanged: { variants: [{ sellableQuantity: quantity }] } };
      },
    }),
    'at a BFF',
  );

  attackWith(
    () => ({
      url: router.url,
      key: KEYS.partner,
      subscription: {
        query: 'subscription { availabilityChanged(variantIds: ["1"]) { snapshot variants { version } } }',
      },
      happen() {
        const update = { snapshot: false, variants: [{ version: (quantity += 1) }] };
        router.emit({ availabilityChanged: { __typename: 'AvailabilityUpdate', ...update } });
        return { availabilityChanged: update };
      },
    }),
    'at the router',
  );
});
