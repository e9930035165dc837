import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readArchive } from '../archive/archive-file.ts';
import { listMonths } from '../data/ledger-months.ts';
import type { StockState } from '../data/movements.ts';
import { findLevelsAt } from '../data/stock-at.ts';
import { makeChannel, makeVariant, upTo } from '../fixture.ts';
import { LEDGER_NOW, openLedger, writeLedger, type PlannedEntry } from '../ledger-fixture.ts';
import { archiveLedger, ArchiveError } from './archive-ledger.ts';
import { verifyStock } from './verify-stock.ts';

let testDb: TestDatabase;
let open: () => Database;
let db: Database;
let folder: string;
let locationIds: string[];

beforeEach(async () => {
  testDb = await createTestDatabase(['stock']);
  open = await openLedger(testDb);
  db = open();
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  ({ locationIds } = await makeChannel(db, 2));
});
afterEach(async () => {
  await testDb.drop();
  await rm(folder, { recursive: true });
});

const entry = (variantId: string, at: string, given: Partial<PlannedEntry> = {}): PlannedEntry => ({
  variantId,
  locationId: locationIds[0]!,
  at,
  quantity: 1,
  from: null,
  to: 'AVAILABLE',
  ...given,
});

const partitions = () =>
  db.sql<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'stock.movements'::regclass and c.relname like 'movements_2025%' order by 1`.then((rows) =>
    rows.map((row) => row.name),
  );
const count = () =>
  db.sql<{ count: number }[]>`select count(*)::int as count from stock.movements`.then(([row]) => row!.count);
const linesOf = async (file: string) => gunzipSync(await readFile(join(folder, file))).toString();

it('moves closed months to files that hold every entry as it was, and keeps their checksums', async () => {
  const variantId = newId();
  await writeLedger(db, [
    entry(variantId, '2025-01-10T08:00:00.123456Z', { quantity: 5 }),
    entry(variantId, '2025-02-10T08:00:00Z', { quantity: 2, from: 'AVAILABLE', to: 'DAMAGED' }),
    entry(variantId, '2025-03-10T08:00:00Z', { quantity: 4 }),
  ]);
  const hostile = 'quote " backslash \\ line\nfeed \u0001 \u0002 end';
  await db.sql`
    insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reference, reason, booked_at)
    values (${variantId}, 2, 2, ${locationIds[0]!}, 'ADJUSTED', 1, 'DAMAGED', null, 'x', ${hostile}, '2025-02-10T08:00:00Z'),
      (${variantId}, 2, 3, ${locationIds[0]!}, 'ADJUSTED', 1, null, 'DAMAGED', 'x', ${hostile}, '2025-02-10T08:00:00Z')`;
  const entries = () =>
    db.sql<{ json: unknown }[]>`
      select row_to_json(m) as json from stock.movements m where booked_at >= '2025-02-01Z' and booked_at < '2025-03-01Z' order by version, entry`.then(
      (rows) => rows.map((row) => row.json),
    );
  const before = await entries();
  const progress: unknown[] = [];

  const archiving = await archiveLedger(db, {
    before: '2025-03-01',
    folder,
    onProgress: (...told) => void progress.push(told),
  });

  const checksums = await Promise.all(
    ['movements_2025_01.jsonl.gz', 'movements_2025_02.jsonl.gz'].map(async (file) =>
      createHash('sha256')
        .update(await readFile(join(folder, file)))
        .digest('hex'),
    ),
  );
  const months = [
    { month: '2025-01-01', file: 'movements_2025_01.jsonl.gz', entryCount: 1, checksum: checksums[0]! },
    { month: '2025-02-01', file: 'movements_2025_02.jsonl.gz', entryCount: 3, checksum: checksums[1]! },
  ];
  expect(archiving).toEqual({ kind: 'done', months, openMonth: null });
  expect((await listMonths(db.sql)).map(({ state, archive, checksum }) => [state, archive, checksum])).toEqual([
    ['archived', 'movements_2025_01.jsonl.gz', checksums[0]],
    ['archived', 'movements_2025_02.jsonl.gz', checksums[1]],
    ['closed', null, null],
    ['closed', null, null],
  ]);
  expect(await readdir(folder)).toEqual(months.map(({ file }) => file));
  const lines = (await linesOf('movements_2025_02.jsonl.gz')).trimEnd().split('\n');
  const [restored] = await db.sql<{ rows: unknown }[]>`
    select jsonb_agg(row_to_json(r)) as rows from jsonb_populate_recordset(null::stock.movements, ${`[${lines.join(',')}]`}::jsonb) r`;
  expect(restored?.rows).toEqual(before);
  expect(progress.at(-1)).toEqual(['2025-02-01', 3, 3]);
  expect(await partitions()).toEqual(['movements_2025_03', 'movements_2025_04', 'movements_2025_05']);
  expect((await verifyStock(db, { variantId: null })).differenceCount).toBe(0);
});

it('says which month is not over, and archives none twice', async () => {
  await writeLedger(db, [entry(newId(), '2025-01-10T08:00:00Z')]);

  expect(await archiveLedger(db, { before: '2025-08-01', folder })).toMatchObject({
    months: [{ month: '2025-01-01' }, { month: '2025-02-01' }, { month: '2025-03-01' }, { month: '2025-04-01' }],
    openMonth: '2025-05-01',
  });
  expect(await archiveLedger(db, { before: '2025-05-01', folder })).toEqual({
    kind: 'done',
    months: [],
    openMonth: null,
  });
});

it('lets one of several archive at a time', async () => {
  const variantId = newId();
  await writeLedger(db, [entry(variantId, '2025-01-10T08:00:00Z'), entry(variantId, '2025-05-10T08:00:00Z')]);

  const all = await Promise.all(upTo(4).map(() => archiveLedger(open(), { before: '2025-05-01', folder })));

  const months = all.flatMap((each) => (each.kind === 'done' ? each.months.map(({ month }) => month) : []));
  expect(months).toEqual(['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01']);
  expect(await count()).toBe(1);
  expect((await verifyStock(db, { variantId: null })).differenceCount).toBe(0);
});

it('begins a month anew that it was killed at, wherever that was', async () => {
  await writeLedger(db, [entry(newId(), '2025-01-10T08:00:00Z'), entry(newId(), '2025-02-10T08:00:00Z')]);
  const options = { before: '2025-03-01', folder };
  // Half of a file; then a whole one whose month was not dropped.
  await writeFile(join(folder, 'movements_2025_01.jsonl.gz.partial-killed'), 'half');
  const refusal = 'no month is dropped in this test yet';
  await db.sql.unsafe(`
    create function stock.refuse_drop() returns trigger language plpgsql as $$ begin raise exception '${refusal}'; end $$;
    create trigger refuse_drop before update on stock.ledger_months for each row execute function stock.refuse_drop()`);

  await expect(archiveLedger(db, options)).rejects.toThrow(refusal);

  expect(await readdir(folder)).toEqual(['movements_2025_01.jsonl.gz']);
  expect(await count()).toBe(2);
  expect((await partitions())[0]).toBe('movements_2025_01');
  await db.sql.unsafe('drop function stock.refuse_drop() cascade');
  const archiving = await archiveLedger(db, options);
  expect(archiving).toMatchObject({ months: [{ month: '2025-01-01' }, { month: '2025-02-01' }] });
  expect(await readdir(folder)).toEqual(['movements_2025_01.jsonl.gz', 'movements_2025_02.jsonl.gz']);
  expect(await count()).toBe(0);
});

it("leaves somebody else's file of the same name, and the month, as they are", async () => {
  await writeLedger(db, [entry(newId(), '2025-01-10T08:00:00Z')]);
  const path = join(folder, 'movements_2025_01.jsonl.gz');
  await writeFile(path, 'mine');

  await expect(archiveLedger(db, { before: '2025-02-01', folder })).rejects.toThrow('holds something else');

  expect(await readFile(path, 'utf8')).toBe('mine');
  expect(await count()).toBe(1);
});

it('gives up nothing when what was kept of the month is not what its entries come to', async () => {
  const variantId = newId();
  await writeLedger(db, [entry(variantId, '2025-01-10T08:00:00Z')]);
  await archiveLedger(db, { before: '2025-01-01', folder });
  await db.sql`update stock.ledger_openings set available = 2`;

  await expect(archiveLedger(db, { before: '2025-02-01', folder })).rejects.toThrow(ArchiveError);
  expect(await count()).toBe(1);

  await db.sql`update stock.ledger_openings set available = 1`;
  await db.sql`update stock.ledger_months set entry_count = 2 where month = '2025-01-01'`;
  await expect(archiveLedger(db, { before: '2025-02-01', folder })).rejects.toThrow('closed with 2 entries and has 1');
  expect(await count()).toBe(1);
});

it('finds a broken file when it is read back', async () => {
  await writeLedger(db, [entry(newId(), '2025-01-10T08:00:00Z')]);
  await archiveLedger(db, { before: '2025-02-01', folder });
  const path = join(folder, 'movements_2025_01.jsonl.gz');
  const bytes = await readFile(path);
  expect(await readArchive(path)).toMatchObject({ entryCount: 1, sums: { AVAILABLE: 1 } });

  await writeFile(path, bytes.subarray(0, -9));

  await expect(readArchive(path)).rejects.toThrow('cannot be read back');
});

it('takes no entry of an archived month any more', async () => {
  const variantId = newId();
  await writeLedger(db, [entry(variantId, '2025-01-10T08:00:00Z')]);
  await archiveLedger(db, { before: '2025-02-01', folder });

  const late = db.sql`
    insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, to_state, reference, booked_at)
    values (${variantId}, 2, 1, ${locationIds[0]!}, 'RECEIVED', 4, 'AVAILABLE', 'late', '2025-01-20T00:00:00Z')`;
  expect(await late.then(String, brokenConstraint)).toBe('movements_month_open');
});

it('archives a month of 50,000 entries while others book and verify', { timeout: 60_000 }, async () => {
  await db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`insert into stock.variant_versions (variant_id, version) select gen_random_uuid(), 100 from generate_series(1, 500)`;
    await tx`
      insert into stock.movements (variant_id, version, entry, location_id, kind, quantity, to_state, reference, booked_at)
      select v.variant_id, n, 1, ${locationIds[0]!}, 'RECEIVED', 1, 'AVAILABLE', 'test', '2025-01-10T00:00Z'::timestamptz + n * interval '1 hour'
      from stock.variant_versions v cross join generate_series(1, 100) as n`;
    await tx`insert into stock.levels (variant_id, location_id, available) select variant_id, ${locationIds[0]!}, 100 from stock.variant_versions`;
  });
  // Statistics as a running system has them: what was written a moment ago has none yet.
  await db.sql`analyze stock.movements, stock.levels, stock.variant_versions`;
  let archiving = true;
  const archived = archiveLedger(open(), { before: '2025-02-01', folder }).finally(() => (archiving = false));
  const found: number[] = [];
  const booked: string[] = [];
  // Not for ever: dropping a month wants a second without a reader, which a slow machine that verifies all the time never has.
  while (archiving && found.length < 12) {
    found.push((await verifyStock(db, { variantId: null })).differenceCount);
    booked.push(await makeVariant(db, locationIds[1]!, 1));
  }

  expect(await archived).toMatchObject({ months: [{ month: '2025-01-01', entryCount: 50_000 }] });
  expect(found).toEqual(found.map(() => 0));
  expect(await count()).toBe(booked.length);
  expect((await linesOf('movements_2025_01.jsonl.gz')).trimEnd().split('\n')).toHaveLength(50_000);
  expect((await verifyStock(db, { variantId: null })).differenceCount).toBe(0);
});

const STATES: readonly StockState[] = ['AVAILABLE', 'SAFETY', 'DAMAGED', 'INSPECTION', 'INCOMING'];
/** Moments that matter: where months meet, to the microsecond, and anything between. */
const MOMENTS = ['2025-02-01', '2025-03-01', '2025-04-01', '2025-05-01'].flatMap((day) => {
  const [year, month] = day.split('-').map(Number) as [number, number];
  const lastDay = new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
  return [
    `${lastDay}T23:59:59.999999Z`,
    `${day}T00:00:00.000000Z`,
    `${day}T00:00:00.000999Z`,
    `${day}T00:00:00.001000Z`,
  ];
});
const moment = fc.oneof(
  fc.constantFrom(...MOMENTS),
  fc
    .date({ min: new Date('2025-01-05'), max: new Date('2025-05-14'), noInvalidDate: true })
    .map((date) => date.toISOString().replace('Z', '500Z')),
);
const planned = fc.record({
  variant: fc.nat(2),
  location: fc.nat(1),
  at: moment,
  quantity: fc.integer({ min: 1, max: 9 }),
  to: fc.constantFrom(...STATES),
  wants: fc.constantFrom(null, ...STATES),
});

/** What a level was at the end of the millisecond of a moment: the plain sum over all entries. */
function sumAt(entries: readonly PlannedEntry[], level: { variantId: string; locationId: string }, time: string) {
  const sums = Object.fromEntries([...STATES, 'RESERVED', 'COMMITTED'].map((state) => [state.toLowerCase(), 0]));
  for (const each of entries) {
    const isOf = each.variantId === level.variantId && each.locationId === level.locationId;
    if (!isOf || each.at.slice(0, 23) > time.slice(0, 23)) continue;
    if (each.from) sums[each.from.toLowerCase()]! -= each.quantity;
    if (each.to) sums[each.to.toLowerCase()]! += each.quantity;
  }
  return { ...level, ...sums };
}

it('tells the stock of every moment as the plain sum of entries, before and after months are closed and archived', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(planned, { minLength: 1, maxLength: 40 }),
      fc.array(moment, { minLength: 8, maxLength: 8 }),
      async (plan, others) => {
        const own = await createTestDatabase(['stock']);
        try {
          const mine = (await openLedger(own))();
          const { locationIds: places } = await makeChannel(mine, 2);
          const variantIds = upTo(3).map(() => newId());
          const entries: PlannedEntry[] = [];
          const left = new Map<string, number>();
          for (const { variant, location, at, quantity, to, wants } of plan.toSorted((a, b) =>
            a.at < b.at ? -1 : 1,
          )) {
            const key = (state: string) => `${variant} ${location} ${state}`;
            // Units leave a state that has them: a ledger never goes below zero.
            const from = wants !== to && wants && (left.get(key(wants)) ?? 0) >= quantity ? wants : null;
            if (from) left.set(key(from), left.get(key(from))! - quantity);
            left.set(key(to), (left.get(key(to)) ?? 0) + quantity);
            entries.push({ variantId: variantIds[variant]!, locationId: places[location]!, at, quantity, from, to });
          }
          await writeLedger(mine, entries);
          const times = [...MOMENTS, ...others].map((time) => `${time.slice(0, 23)}Z`);
          const expectSums = async (known: (time: string) => boolean) => {
            for (const time of times)
              for (const variantId of variantIds)
                for (const locationId of places) {
                  const answer = await findLevelsAt(mine, { variantId, locationId, time });
                  if (known(time))
                    expect(answer).toEqual({
                      kind: 'known',
                      levels: [sumAt(entries, { variantId, locationId }, time)],
                    });
                  else expect(answer).toMatchObject({ kind: 'archived' });
                }
          };

          await expectSums(() => true);
          for (const [before, since] of [
            ['2025-01-01', null],
            ['2025-02-01', '2025-01-31T23:59:59.999Z'],
            ['2025-04-01', '2025-03-31T23:59:59.999Z'],
          ] as const) {
            await archiveLedger(mine, { before, folder: join(folder, newId()) });
            await expectSums((time) => since === null || time >= since);
            expect((await verifyStock(mine, { variantId: null })).differences).toEqual([]);
          }
        } finally {
          await own.drop();
        }
      },
    ),
    { numRuns: 6, seed: 20_250_515 },
  );
  expect(Date.parse(LEDGER_NOW)).toBeGreaterThan(Date.parse(MOMENTS.at(-1)!));
});
