import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction, type Database } from '../database.ts';
import { silentLogger } from '../logger.ts';
import type { DomainEvent } from './event.ts';
import { createMemoryBus } from './memory-bus.ts';
import { appendEvents, consumeOnce } from './outbox.ts';
import { createRelay } from './relay.ts';

const SCHEMA = 'prices';

describe('the outbox and its relay', () => {
  let test: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    test = await createTestDatabase([SCHEMA]);
    db = test.open(SCHEMA);
  });
  afterAll(() => test.drop());
  beforeEach(() => db.sql`truncate prices.outbox, prices.inbox`);

  const append = (count: number, from = 0) =>
    inTransaction(db, (tx) =>
      appendEvents(
        tx,
        SCHEMA,
        Array.from({ length: count }, (_, index) => ({
          topic: 'test.happened',
          key: 'k',
          payload: { number: from + index },
        })),
      ),
    );
  const numbers = (events: readonly DomainEvent[]) =>
    events.map((event) => (event.payload as { number: number }).number);
  const relayTo = (bus: ReturnType<typeof createMemoryBus>) =>
    createRelay({ db, schema: SCHEMA, bus, logger: silentLogger });

  it('publishes what was committed, once, in order', async () => {
    const bus = createMemoryBus();
    const seen: number[] = [];
    await bus.consume('test', ['test.happened'], (events) => Promise.resolve(void seen.push(...numbers(events))));
    const relay = relayTo(bus);
    relay.start();
    await append(1200);
    await append(3, 1200);
    await eventually(() => expect(seen).toHaveLength(1203));
    await relay.stop();
    expect(seen).toEqual(Array.from({ length: 1203 }, (_, index) => index));
    expect(await db.sql`select 1 from prices.outbox where published_at is null`).toHaveLength(0);
  });

  it('publishes nothing of a transaction that was rolled back', async () => {
    await expect(
      inTransaction(db, async (tx) => {
        await appendEvents(tx, SCHEMA, [{ topic: 'test.happened', key: 'k', payload: { number: 1 } }]);
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(await db.sql`select 1 from prices.outbox`).toHaveLength(0);
  });

  it('is led by one of two processes, and by the other when the first is gone', async () => {
    const bus = createMemoryBus();
    const seen: number[] = [];
    await bus.consume('test', ['test.happened'], (events) => Promise.resolve(void seen.push(...numbers(events))));
    const other = test.open(SCHEMA);
    const first = relayTo(bus);
    first.start();
    await append(1);
    await eventually(() => expect(seen).toEqual([0]));
    const second = createRelay({ db: other, schema: SCHEMA, bus, logger: silentLogger });
    second.start();
    await append(50, 1);
    await eventually(() => expect(seen).toHaveLength(51));
    await first.stop();
    await append(1, 51);
    await eventually(() => expect(seen).toHaveLength(52));
    await second.stop();
    expect(new Set(seen).size).toBe(52);
  });

  it('is led again after PostgreSQL ended its session, and loses nothing', async () => {
    const bus = createMemoryBus();
    const seen: number[] = [];
    await bus.consume('test', ['test.happened'], (events) => Promise.resolve(void seen.push(...numbers(events))));
    const relay = relayTo(bus);
    relay.start();
    await append(1);
    await eventually(() => expect(seen).toEqual([0]));
    const [lock] = await db.sql<
      { pid: number }[]
    >`select pid from pg_locks where locktype = 'advisory' and classid = 7103 and database = (select oid from pg_database where datname = current_database())`;
    await db.sql`select pg_terminate_backend(${lock!.pid}, 5000)`;
    await append(2, 1);
    await eventually(() => expect(new Set(seen)).toEqual(new Set([0, 1, 2])));
    await relay.stop();
  });

  it('offers events again when a consumer failed, and the consumer’s effect happens once', async () => {
    const bus = createMemoryBus();
    const effects: number[] = [];
    let failures = 1;
    await bus.consume('effects', ['test.happened'], (events) =>
      consumeOnce(db, SCHEMA, 'effects', events, (_tx, fresh) => Promise.resolve(void effects.push(...numbers(fresh)))),
    );
    await bus.consume('shaky', ['test.happened'], () =>
      failures-- > 0 ? Promise.reject(new Error('not now')) : Promise.resolve(),
    );
    const relay = relayTo(bus);
    await append(2);
    relay.start();
    await eventually(async () =>
      expect(await db.sql`select 1 from prices.outbox where published_at is null`).toHaveLength(0),
    );
    await relay.stop();
    expect(effects).toEqual([0, 1]);
  });
});
