import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { corruptLevel, openLedger, writeLedger } from '@kontor/stock/src/ledger-fixture.ts';
import { makeChannel } from '@kontor/stock/src/fixture.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStockLedger } from './run.ts';

let testDb: TestDatabase;
let db: Database;
let level: { readonly variantId: string; readonly locationId: string };

beforeEach(async () => {
  testDb = await createTestDatabase(['stock']);
  db = (await openLedger(testDb))();
  level = { variantId: newId(), locationId: (await makeChannel(db)).locationIds[0]! };
  await writeLedger(db, [
    { ...level, at: '2025-01-10T00:00:00Z', quantity: 5, from: null, to: 'AVAILABLE' },
    { ...level, at: '2025-02-10T00:00:00Z', quantity: 2, from: 'AVAILABLE', to: 'DAMAGED' },
  ]);
});
afterEach(() => testDb.drop());

/** Runs the command as it would be typed. */
async function run(...words: string[]) {
  const out: string[] = [];
  const complaints: string[] = [];
  let closed = 0;
  const code = await runStockLedger(words, {
    connect: () => Promise.resolve({ db, close: () => Promise.resolve(void (closed += 1)) }),
    progress: { update: () => undefined, stop: () => undefined },
    operator: 'operator:test',
    print: (line) => void out.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, out, complaints, closed };
}

describe('verify', () => {
  it('exits with 0 and says what was compared when nothing differs', async () => {
    expect(await run('verify')).toEqual({
      code: 0,
      out: ['1 variant and 1 level compared: no difference'],
      complaints: [],
      closed: 1,
    });
  });

  it('exits with 1 and lists what differs, of one variant when asked for, as JSON when asked for', async () => {
    await corruptLevel(db, level, 'available', 2);

    const { code, out } = await run('verify', '--variant', level.variantId.toUpperCase());
    expect(code).toBe(1);
    expect(out).toEqual([
      `level against ledger: variant ${level.variantId}, location ${level.locationId}, AVAILABLE, is 5, should be 3`,
      '1 variant and 1 level compared: 1 difference',
    ]);
    expect((await run('verify', '--variant', newId())).code).toBe(0);
    const asJson = await run('verify', '--json');
    expect(JSON.parse(asJson.out.join(''))).toEqual({
      variantCount: 1,
      levelCount: 1,
      differenceCount: 1,
      differences: [{ what: 'LEVEL', ...level, reservationId: null, state: 'AVAILABLE', expected: 3, actual: 5 }],
    });
  });

  it('lists the first hundred differences and counts the others', async () => {
    const { locationIds } = await makeChannel(db, 60);
    await writeLedger(
      db,
      locationIds.flatMap((locationId) => {
        const entry = { variantId: level.variantId.replace(/^./, 'f'), locationId, quantity: 1, from: null };
        return [{ ...entry, at: '2025-03-10T00:00:00Z', to: 'AVAILABLE' as const }];
      }),
    );
    await db.sql.begin(async (tx) => {
      await tx`select set_config('stock.booking', 'on', true)`;
      await tx`update stock.levels set safety = safety + 1, available = available + 1`;
    });

    const { code, out } = await run('verify');

    expect(code).toBe(1);
    expect(out).toHaveLength(102);
    expect(out.slice(-2)).toEqual(['… and 22 more', '2 variants and 61 levels compared: 122 differences']);
  });
});

describe('repair', () => {
  it('only shows what it would do without --yes', async () => {
    await corruptLevel(db, level, 'available', 2);

    const { code, out } = await run('repair', '--reason', 'disk');

    expect(code).toBe(1);
    expect(out.slice(1)).toEqual([
      "    → set the level back to the ledger's 3",
      '1 variant and 1 level compared: 1 difference',
      'Nothing was changed. Repeat with --yes to repair.',
    ]);
    expect((await run('verify')).code).toBe(1);
  });

  it('repairs with --yes, compares again, and leaves a record', async () => {
    await corruptLevel(db, level, 'available', 2);

    const { code, out } = await run('repair', '--reason', ' disk ', '--yes');

    expect(code).toBe(0);
    expect(out.at(-1)).toBe('1 variant and 1 level compared: no difference');
    expect((await run('verify')).code).toBe(0);
    const [record] = await db.sql`select subject_id, reason, repaired_by, differences from stock.ledger_repairs`;
    expect({ ...record }).toEqual({
      subject_id: level.variantId,
      reason: 'disk',
      repaired_by: 'operator:test',
      differences: [{ what: 'LEVEL', state: 'AVAILABLE', locationId: level.locationId, expected: 3, actual: 5 }],
    });
    expect((await run('repair', '--reason', 'disk', '--yes')).out).toHaveLength(1);
  });

  it('exits with 1 when something cannot be repaired', async () => {
    await db.sql`update stock.variant_versions set version = 9`;

    const { code, out } = await run('repair', '--reason', 'disk', '--yes');

    expect(code).toBe(1);
    expect(out.slice(-2)).toEqual([
      '    → cannot be repaired: restore what is missing',
      '1 variant and 1 level compared: 1 difference',
    ]);
  });
});

describe('archive', () => {
  it('archives the months before, after which levels verify', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    try {
      const { code, out } = await run('archive', '--before', '2025-03', '--to', folder);
      expect(code).toBe(0);
      expect(out.map((line) => line.replace(/[0-9a-f]{64}/, '…'))).toEqual([
        '2025-01  1 entry → movements_2025_01.jsonl.gz  sha256 …',
        '2025-02  1 entry → movements_2025_02.jsonl.gz  sha256 …',
        '2 months archived.',
      ]);
      expect(await readdir(folder)).toEqual(['movements_2025_01.jsonl.gz', 'movements_2025_02.jsonl.gz']);
      expect((await run('verify')).code).toBe(0);
      expect((await run('archive', '--before', '2025-03', '--to', folder)).out).toEqual(['Nothing to archive.']);
      expect((await run('archive', '--before', '2025-09', '--to', folder)).out.at(-1)).toBe(
        '2025-05 is not closed yet, and so it stays.',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('exits with 1 and keeps the month when sums do not agree, with 2 when the folder cannot be made', async () => {
    await run('archive', '--before', '2025-01', '--to', tmpdir());
    await db.sql`update stock.ledger_openings set safety = 1`;

    const wrong = await run('archive', '--before', '2025-03', '--to', tmpdir());
    expect(wrong).toMatchObject({ code: 1, closed: 1 });
    expect(wrong.complaints).toEqual(['What 1 levels were when 2025-01-01 ended is not what its entries come to.']);
    expect((await run('archive', '--before', '2025-03', '--to', '/dev/null/x')).code).toBe(2);
  });
});
