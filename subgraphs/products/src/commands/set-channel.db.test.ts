import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChannels } from '../data/channels.ts';
import type { ServiceLevel } from '../domain/service-levels.ts';
import { setChannel } from './set-channel.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
});
afterAll(() => test.drop());

const STANDARD: ServiceLevel = { code: 'standard', name: 'Standard', kind: 'DELIVERY', minHours: 24, maxHours: 72 };
const COLLECT: ServiceLevel = { code: 'collect', name: 'Collect', kind: 'PICKUP', minHours: 2, maxHours: 2 };
const set = (code: string, serviceLevels?: readonly ServiceLevel[] | null) =>
  setChannel(
    db,
    { code, name: code, currencies: ['EUR'], countries: ['DE'], locales: ['de'], locationIds: [], serviceLevels },
    null,
  );
const levelsOf = async (code: string) => (await findChannels(db.sql, [code]))[0]!.serviceLevels;
const eventsOf = async (code: string) =>
  (await db.sql<{ payload: object }[]>`select payload from products.outbox where key = ${code} order by seq`).map(
    ({ payload }) => payload,
  );

describe('setChannel with service levels', () => {
  it('makes a channel without any when none are named, and tells those that it has', async () => {
    await set('bare');
    expect(await levelsOf('bare')).toEqual([]);
    await set('bare', [STANDARD, COLLECT]);
    expect(await levelsOf('bare')).toEqual([STANDARD, COLLECT]);
    expect(await eventsOf('bare')).toMatchObject([
      { revision: 1, serviceLevels: [] },
      { revision: 2, serviceLevels: [STANDARD, COLLECT] },
    ]);
  });

  it('leaves them as they are for null, removes them for none, and counts no version when they are so already', async () => {
    await set('kept', [STANDARD, COLLECT]);
    for (const same of [null, undefined, [STANDARD, COLLECT]])
      expect(await set('kept', same)).toMatchObject({
        __typename: 'ChannelSaved',
        channel: { version: 1, serviceLevels: [STANDARD, COLLECT] },
      });
    // The first is the default.
    expect(await set('kept', [COLLECT, STANDARD])).toMatchObject({ channel: { version: 2 } });
    expect(await set('kept', [])).toMatchObject({ channel: { version: 3, serviceLevels: [] } });
    expect(await eventsOf('kept')).toHaveLength(3);
  });

  it('refuses what breaks a rule, names the field, and changes nothing', async () => {
    await set('ruled', [STANDARD]);
    expect(await set('ruled', [{ ...STANDARD, minHours: 100 }])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_HOURS',
      path: ['input', 'serviceLevels'],
    });
    expect(await levelsOf('ruled')).toEqual([STANDARD]);
    expect(await eventsOf('ruled')).toHaveLength(1);
  });
});
