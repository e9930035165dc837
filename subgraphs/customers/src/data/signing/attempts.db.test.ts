import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clearAttempts, giveBackAttempt, purgeAttempts, takeAttempt } from './attempts.ts';

let database: TestDatabase;
let db: Database;
const sent: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { onQuery: (query) => void sent.push(query) });
});
afterAll(() => database.drop());

const limit = (kind: string, ...subjects: string[]) => ({ kind, subjects, most: 3, windowS: 60 });
const at = (nowOffset: string) => database.open('customers', { nowOffset });
const take = (kind: string, ...subjects: string[]) => takeAttempt(db.orm, limit(kind, ...subjects));

it('lets exactly as many of many at once through, in one statement each, by two pools', async () => {
  const other = database.open('customers');
  const waits = await Promise.all(
    Array.from({ length: 30 }, (_, index) => takeAttempt((index % 2 ? other : db).orm, limit('race', 'ada'))),
  );
  expect(waits.filter((wait) => wait === null)).toHaveLength(3);
  expect(sent.filter((query) => query.includes('customers.attempts'))).toHaveLength(15);
});

it('tells how long to wait, and begins anew when the window is over', async () => {
  for (let index = 0; index < 3; index += 1) expect(await take('window', 'ada')).toBeNull();
  const wait = (await take('window', 'ada'))!;
  expect(wait).toBeGreaterThan(55_000);
  expect(wait).toBeLessThanOrEqual(60_000);
  expect(await takeAttempt(at('61 seconds').orm, limit('window', 'ada'))).toBeNull();
});

it('counts each subject and each kind for itself, and any of the subjects can refuse', async () => {
  for (let index = 0; index < 3; index += 1) expect(await take('subjects', 'ada')).toBeNull();
  expect(await take('subjects', 'grace')).toBeNull();
  expect(await take('subjects', 'ada', 'grace')).not.toBeNull();
  expect(await take('another kind', 'ada', 'grace')).toBeNull();
  expect(await take('another kind')).toBeNull();
});

it('takes subjects in any order at once without waiting for each other for ever', async () => {
  const subjects = ['a', 'b', 'c', 'd'];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      takeAttempt(db.orm, {
        kind: 'order',
        subjects: index % 2 ? subjects : subjects.toReversed(),
        most: 100,
        windowS: 60,
      }),
    ),
  );
  const rows = await db.sql<{ count: number }[]>`select count from customers.attempts where kind = 'order'`;
  expect(rows.map(({ count }) => count)).toEqual([20, 20, 20, 20]);
});

it('lets one more through for each that was given back, also after refusals', async () => {
  for (let index = 0; index < 3; index += 1) await take('back', 'ada');
  for (let index = 0; index < 5; index += 1) expect(await take('back', 'ada')).not.toBeNull();
  await giveBackAttempt(db.orm, limit('back', 'ada'));
  expect(await take('back', 'ada')).toBeNull();
  expect(await take('back', 'ada')).not.toBeNull();
  await giveBackAttempt(db.orm, limit('back', 'nobody'));
});

it('forgets what was counted when it is cleared', async () => {
  for (let index = 0; index < 4; index += 1) await take('clear', 'ada');
  await clearAttempts(db.orm, limit('clear', 'ada'));
  expect(await take('clear', 'ada')).toBeNull();
});

it('keeps subjects as hashes alone, until the window is over', async () => {
  await take('hashed', 'ada@example.com', `" \\ {,} 'odd`);
  const rows = await db.sql`select a::text as row from customers.attempts a where kind = 'hashed'`;
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toMatch(/ada|odd/);
  expect(await purgeAttempts(db.orm, 100)).toBe(0);
  const later = at('3 minutes');
  expect(await purgeAttempts(later.orm, 1)).toBe(1);
  await purgeAttempts(later.orm, 1_000);
  expect(await db.sql`select 1 from customers.attempts`).toEqual([]);
});
