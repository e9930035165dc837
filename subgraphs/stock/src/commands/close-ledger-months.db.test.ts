import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listMonths } from '../data/ledger-months.ts';
import { findLevelsAt } from '../data/stock-at.ts';
import { makeChannel, makeVariant, upTo } from '../fixture.ts';
import { openLedger, writeLedger } from '../ledger-fixture.ts';
import { closeLedgerMonths, keepLedger } from './close-ledger-months.ts';
import { verifyStock } from './verify-stock.ts';

let testDb: TestDatabase;
let open: () => Database;
let db: Database;
let locationId: string;

beforeEach(async () => {
  testDb = await createTestDatabase(['stock']);
  open = await openLedger(testDb);
  db = open();
  locationId = (await makeChannel(db)).locationIds[0]!;
});
afterEach(() => testDb.drop());

const received = (variantId: string, at: string, quantity = 1) => ({
  variantId,
  locationId,
  at,
  quantity,
  from: null,
  to: 'AVAILABLE' as const,
});

const openings = () =>
  db.sql`select month::text, variant_id, available::int, version::int from stock.ledger_openings order by month, variant_id`.then(
    (rows) => rows.map((row) => ({ ...row })),
  );

it('closes the months that are over once, when several processes do it at once, and keeps what moved in each', async () => {
  const [first, second] = [newId(), newId()];
  await writeLedger(db, [
    received(first, '2025-01-31T23:59:59.999999Z', 2),
    received(first, '2025-02-01T00:00:00.000000Z', 3),
    received(second, '2025-02-10T00:00:00Z', 7),
    received(first, '2025-04-30T10:00:00Z', 5),
    received(first, '2025-05-02T10:00:00Z', 9),
  ]);

  const closed = await Promise.all(upTo(5).map(() => closeLedgerMonths(open())));

  expect(closed.flat().sort()).toEqual(['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01']);
  expect((await listMonths(db.sql)).map(({ month, entryCount }) => [month, entryCount])).toEqual([
    ['2025-01-01', 1],
    ['2025-02-01', 2],
    ['2025-03-01', 0],
    ['2025-04-01', 1],
  ]);
  expect(await openings()).toEqual([
    { month: '2025-01-01', variant_id: first, available: 2, version: 1 },
    { month: '2025-02-01', variant_id: first, available: 5, version: 2 },
    { month: '2025-02-01', variant_id: second, available: 7, version: 1 },
    { month: '2025-04-01', variant_id: first, available: 10, version: 3 },
  ]);
  expect(await closeLedgerMonths(db)).toEqual([]);
});

it('leaves a month open until it is over for an hour', async () => {
  const at = (time: string) =>
    testDb.open('stock', { nowOffset: `${Date.parse(time) - Date.now()} milliseconds`, max: 1 });

  expect(await closeLedgerMonths(at('2025-02-01T00:59:00Z'))).toEqual([]);
  expect(await closeLedgerMonths(at('2025-02-01T01:01:00Z'))).toEqual(['2025-01-01']);
});

it('waits for whoever books into the month, and refuses who comes later', async () => {
  const variantId = newId();
  await writeLedger(db, [received(variantId, '2025-01-10T00:00:00Z')]);
  const insert = (sql: Database['sql'], version: number, at: string) => sql`
    insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, to_state, reference, booked_at)
    values (${variantId}, ${version}, 1, ${locationId}, 'RECEIVED', 4, 'AVAILABLE', 'late', ${at}::timestamptz)`;
  let closing: Promise<string[]> | undefined;
  await db.sql.begin(async (tx) => {
    await insert(tx as unknown as Database['sql'], 2, '2025-01-31T12:00:00Z');
    closing = closeLedgerMonths(open());
    // It waits for this transaction: the closing has its lock of partitions and none of the partition.
    for (let waits = false; !waits;) {
      const [row] = await tx<{ waits: boolean }[]>`
        select exists (select from pg_locks where not granted and relation = 'stock.movements_2025_01'::regclass) as waits`;
      waits = row?.waits ?? false;
    }
  });
  await closing;

  expect((await openings())[0]).toMatchObject({ month: '2025-01-01', available: 5, version: 2 });
  for (const at of ['2025-01-31T13:00:00Z', '2024-12-31T13:00:00Z'])
    expect(await insert(db.sql, 3, at).then(String, brokenConstraint)).toBe('movements_month_open');
  expect((await listMonths(db.sql))[0]).toMatchObject({ month: '2025-01-01', entryCount: 2 });
});

it('moves entries that came before their partition to it, and goes on refusing to change them', async () => {
  const variantId = newId();
  const partitions = () =>
    db.sql`select tableoid::regclass::text as partition, version::int from stock.movements order by version`.then(
      (rows) => rows.map((row) => ({ ...row })),
    );
  await writeLedger(db, [
    received(variantId, '2025-05-01T00:00:00Z', 1),
    received(variantId, '2025-06-30T23:59:59Z', 2),
    received(variantId, '2025-07-01T00:00:00Z', 3),
    received(variantId, '2025-08-01T00:00:00Z', 4),
  ]);
  expect((await partitions()).map((row) => row['partition'])).toEqual([
    'stock.movements_2025_05',
    ...upTo(3).map(() => 'stock.movements_default'),
  ]);

  await Promise.all(upTo(4).map(() => keepLedger(open())));

  expect(await partitions()).toEqual([
    { partition: 'stock.movements_2025_05', version: 1 },
    { partition: 'stock.movements_2025_06', version: 2 },
    { partition: 'stock.movements_2025_07', version: 3 },
    { partition: 'stock.movements_default', version: 4 },
  ]);
  for (const table of ['movements', 'movements_2025_06', 'movements_default'])
    expect(await db.sql`update ${db.sql(`stock.${table}`)} set quantity = 1`.then(String, brokenConstraint)).toBe(
      'movements_append_only',
    );
  expect(await verifyStock(db, { variantId: null })).toMatchObject({ levelCount: 1, differenceCount: 0 });
});

it('closes a month that nobody had made a partition for, with the entries that it has', async () => {
  const variantId = newId();
  await writeLedger(db, [received(variantId, '2024-11-20T00:00:00Z', 6)]);

  expect((await closeLedgerMonths(db)).slice(0, 3)).toEqual(['2024-11-01', '2024-12-01', '2025-01-01']);

  expect(await openings()).toEqual([{ month: '2024-11-01', variant_id: variantId, available: 6, version: 1 }]);
  expect(await findLevelsAt(db, { variantId, locationId, time: '2025-01-01T00:00:00Z' })).toMatchObject({
    levels: [{ available: 6 }],
  });
});

it('books on while months are prepared and closed', async () => {
  const variants = Promise.all(upTo(40).map(() => makeVariant(db, locationId, 5)));
  await Promise.all([variants, ...upTo(4).map(() => keepLedger(open()))]);

  expect(await verifyStock(db, { variantId: null })).toMatchObject({ levelCount: 40, differenceCount: 0 });
});
