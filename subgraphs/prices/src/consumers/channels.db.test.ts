import { silentLogger } from '@kontor/kit/src/logger.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import type { DomainEvent, EventBus } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import type { ChannelProjection } from '../domain/channel-projection.ts';
import { changedPrices, listDraft, priceChange, savedList } from '../testing/list-drafts.ts';

let testDb: TestDatabase;
let db: Database;
let bus: EventBus;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  testDb = await createTestDatabase(['prices']);
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  db = testDb.open('prices');
  bus = createMemoryBus();
  await db.sql`truncate prices.channels, prices.outbox`;
});
afterEach(() => stop?.());

const state = (code: string, revision: number, ...currencies: string[]): ChannelProjection => ({
  code,
  revision,
  currencies,
  countries: ['DE'],
});
const event = (payload: ChannelProjection): DomainEvent => ({
  eventId: newId(),
  topic: 'products.channel.changed',
  key: payload.code,
  occurredAt: '2026-01-01T00:00:00.000Z',
  payload,
});
const kept = async () => [
  ...(await db.sql`select code, revision::int, currencies, countries from prices.channels order by code`),
];

/** Products, which answers its channels or fails first. */
function productsWith(answers: (() => readonly ChannelProjection[])[]): GraphClient {
  return {
    execute: async <Data>() => ({
      data: { channelStates: (answers.length > 1 ? answers.shift()! : answers[0]!)() } as Data,
    }),
    subscribe: () => {
      throw new Error('prices subscribes to nothing');
    },
  };
}

async function start(products: GraphClient) {
  const identity = (await createTestIdentities(['prices'])).prices;
  const app = createApp({
    db,
    bus,
    identity,
    logger: silentLogger,
    peers: { products, customers: createMemoryClient('customers', () => null) },
  });
  await app.start();
  stop = () => app.stop();
}

describe('the projection of channels', () => {
  test('takes what is newer and ignores what is late or repeated', async () => {
    await start(productsWith([() => []]));
    await bus.publish([event(state('web', 2, 'EUR', 'USD')), event(state('pos', 1, 'EUR'))]);
    await bus.publish([event(state('web', 1, 'GBP')), event(state('pos', 1, 'GBP'))]);
    await bus.publish([event(state('pos', 3, 'USD')), event(state('pos', 2, 'GBP'))]);
    expect(await kept()).toEqual([
      { code: 'pos', revision: 3, currencies: ['USD'], countries: ['DE'] },
      { code: 'web', revision: 2, currencies: ['EUR', 'USD'], countries: ['DE'] },
    ]);
  });

  test('is caught up from products at the start, as soon as products answers, and does not undo what an event brought', async () => {
    const fail = () => {
      throw requestFault('SERVICE_UNAVAILABLE', 'products is not running.');
    };
    await start(productsWith([fail, fail, () => [state('web', 1, 'EUR'), state('b2b', 1, 'EUR')]]));
    await bus.publish([event(state('web', 2, 'USD'))]);
    await eventually(async () =>
      expect(await kept()).toMatchObject([
        { code: 'b2b', revision: 1 },
        { code: 'web', revision: 2, currencies: ['USD'] },
      ]),
    );
  });

  test('does not keep the service from stopping while products is away', async () => {
    await start(
      productsWith([
        () => {
          throw requestFault('SERVICE_UNAVAILABLE', 'products is not running.');
        },
      ]),
    );
    await expect(stop?.()).resolves.toBeUndefined();
    stop = undefined;
    db = testDb.open('prices');
    expect(await kept()).toEqual([]);
  });
});

test('a change of prices reaches the bus', async () => {
  const heard: DomainEvent[] = [];
  await start(productsWith([() => []]));
  await bus.listen(
    ['prices.prices.changed'],
    (events) => heard.push(...events),
    () => undefined,
  );
  const id = newId();
  await savedList(db, listDraft('base-eur'));
  await changedPrices(db, 'base-eur', [priceChange(id, 1)]);
  await eventually(() =>
    expect(heard).toMatchObject([{ payload: { priceListCode: 'base-eur', revision: 2, variantIds: [id] } }]),
  );
});
