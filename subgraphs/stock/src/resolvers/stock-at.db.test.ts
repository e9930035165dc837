import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archiveLedger } from '../commands/archive-ledger.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { findLevelsAt } from '../data/stock-at.ts';
import { locationValues, makeVariant, productsWith, run, startStock } from '../fixture.ts';
import { LEDGER_NOW, openLedger, writeLedger } from '../ledger-fixture.ts';

let testDb: TestDatabase;
let db: Database;
let service: Service;
let berlin: string;
let hamburg: string;
const variantId = newId();
const staff = asStaff(['stock:read']);

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  const open = await openLedger(testDb);
  db = open();
  const { locationIds } = await upsertLocations(db, [locationValues('hamburg'), locationValues('berlin')]);
  [hamburg, berlin] = locationIds as [string, string];
  await writeLedger(db, [
    { variantId, locationId: berlin, at: '2025-02-10T08:00:00.123456Z', quantity: 5, from: null, to: 'AVAILABLE' },
    { variantId, locationId: hamburg, at: '2025-04-01T00:00:00Z', quantity: 2, from: null, to: 'DAMAGED' },
  ]);
  // Only now: it closes the months that are over, and nothing is written into those any more.
  service = await startStock(open(), createMemoryBus(), productsWith([]));
});
afterAll(async () => {
  await service.stop();
  await testDb.drop();
});

const DOCUMENT = `query ($variantId: ID!, $locationId: ID, $time: DateTime!) {
  stockAt(variantId: $variantId, locationId: $locationId, time: $time) { __typename
    ... on StockAt { time levels { location { code } variant { id } available damaged onHand } }
    ... on UserError { code path message }
    ... on StockHistoryArchived { since } } }`;
const ask = async (time: string, given: { variantId?: string; locationId?: string } = {}) =>
  (await run(service, staff, DOCUMENT, { variantId, ...given, time })).stockAt;
const level = (code: string, available: number, damaged: number) => ({
  location: { code },
  variant: { id: variantId },
  available,
  damaged,
  onHand: available + damaged,
});

it('tells each location that ever had the variant, zeros before its first entry', async () => {
  const at = (time: string, ...levels: unknown[]) => ({ __typename: 'StockAt', time, levels });
  expect(await ask('1999-01-01T00:00:00.000Z')).toEqual(
    at('1999-01-01T00:00:00.000Z', level('berlin', 0, 0), level('hamburg', 0, 0)),
  );
  expect(await ask('2025-02-10T08:00:00.122Z')).toMatchObject({
    levels: [level('berlin', 0, 0), level('hamburg', 0, 0)],
  });
  expect(await ask('2025-02-10T08:00:00.123Z')).toMatchObject({
    levels: [level('berlin', 5, 0), level('hamburg', 0, 0)],
  });
  expect(await ask('2025-03-31T23:59:59.999Z', { locationId: hamburg })).toMatchObject({
    levels: [level('hamburg', 0, 0)],
  });
  expect(await ask('2025-04-01T00:00:00.000Z', { locationId: hamburg })).toMatchObject({
    levels: [level('hamburg', 0, 2)],
  });
});

it('tells of nothing for variants and locations that there are not', async () => {
  for (const given of [
    { variantId: 'x' },
    { variantId: newId() },
    { locationId: newId() },
    { locationId: '__proto__' },
  ])
    expect(await ask('2025-04-10T00:00:00.000Z', given)).toMatchObject({ levels: [] });
});

it('refuses a moment that is not over and callers without the scope', async () => {
  for (const time of [new Date(Date.parse(LEDGER_NOW) + 3_600_000).toISOString(), '9999-12-31T23:59:59.999Z'])
    await expect(ask(time)).rejects.toThrow('BAD_USER_INPUT');
  const asked = run(service, asGuest(), DOCUMENT, { variantId, time: LEDGER_NOW });
  await expect(asked).rejects.toThrow('FORBIDDEN');
});

it('waits for whoever books the variant at a moment that has just passed', async () => {
  const booked = await makeVariant(db, berlin, 3);
  let answer: Promise<unknown> | undefined;
  await db.sql.begin(async (tx) => {
    await tx`select stock.lock_variants(${[booked]}::uuid[])`;
    await tx`
      select stock.book(array[row(${booked}::text, ${berlin}::text, 'RECEIVED', 4, null, 'AVAILABLE', null, 'test', null, null)::stock.entry])`;
    let time = '';
    for (let hasPassed = false; !hasPassed;) {
      const [entry] = await tx<{ time: string; hasPassed: boolean }[]>`
        select date_trunc('milliseconds', max(booked_at)) as time, max(booked_at) + interval '1 millisecond' <= stock.app_clock() as "hasPassed"
        from stock.movements where variant_id = ${booked}`;
      time = new Date(entry!.time).toISOString();
      hasPassed = entry!.hasPassed;
    }
    answer = findLevelsAt(db, { variantId: booked, locationId: berlin, time });
    for (let waits = false; !waits;) {
      const [waiting] = await tx<{ waits: boolean }[]>`
        select exists (select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid) as waits`;
      waits = waiting?.waits ?? false;
    }
  });
  expect(await answer).toMatchObject({ kind: 'known', levels: [{ available: 7 }] });
});

it('says since when it can be told when the moment is archived, and tells of later ones what it told before', async () => {
  const later = ['2025-03-01T00:00:00.000Z', '2025-04-01T00:00:00.000Z', '2025-05-01T00:00:00.000Z'];
  const before = await Promise.all(later.map((time) => ask(time)));
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    await archiveLedger(db, { before: '2025-03-01', folder });
  } finally {
    await rm(folder, { recursive: true });
  }

  expect(await ask('2025-02-10T08:00:00.123Z')).toEqual({
    __typename: 'StockHistoryArchived',
    code: 'STOCK_HISTORY_ARCHIVED',
    path: ['time'],
    message: 'The entries of this moment are archived. Stock can be told from 2025-03-01T00:00:00.000Z on.',
    since: '2025-03-01T00:00:00.000Z',
  });
  expect(await Promise.all(later.map((time) => ask(time)))).toEqual(before);
  const { verifyStock } = await run(service, staff, '{ verifyStock { levelCount differenceCount } }');
  expect(verifyStock).toEqual({ levelCount: 3, differenceCount: 0 });
});
