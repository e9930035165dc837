import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAvailability } from '../availability.ts';
import { importLevels } from '../commands/import-levels.ts';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import { makeChannel, makeVariant } from '../fixture.ts';
import { createBundleReader } from './bundles.ts';
import { createConfigurationWatch } from './configuration.ts';
import { createHub, type AvailabilityHub } from './hub.ts';
import { isBehind } from './log-cursor.ts';
import { createLogFollower, type LogFollower } from './log-follower.ts';
import type { Mail } from './mailbox.ts';

let testDb: TestDatabase;
let db: Database;
let channel: string;
let place: string;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  const made = await makeChannel(db);
  channel = made.channel;
  place = made.locationIds[0] as string;
});
afterAll(() => testDb.drop());

/** A process whose bus tells it nothing. */
let hub: AvailabilityHub;
let follower: LogFollower;
beforeEach(async () => {
  hub = createHub();
  const bundles = createBundleReader({ db, hub, logger: silentLogger });
  const configuration = createConfigurationWatch({ bundles, hub, logger: silentLogger });
  follower = createLogFollower({ db, hub, configuration, logger: silentLogger });
  await follower.follow();
});

const set = (variantId: string, quantity: number) =>
  importLevels(db, place, [{ variantId, quantity, reference: newId() }]);
/** Follows until everything that was committed is settled: elsewhere in the cluster transactions may be running. */
const catchUp = () =>
  eventually(async () => {
    await follower.follow();
    const [row] = await db.sql<{ open: boolean }[]>`
      select exists (select from stock.availability_log where transaction_id >= ${hub.settled?.transaction ?? '0'}::text::xid8) as open`;
    expect(row?.open).toBe(false);
  });
const quantities = (mail: Mail | null) =>
  mail?.changes.map(({ variantId, sellableQuantity }) => [variantId, sellableQuantity]);
const told = async (variantId: string, version: number, sellableQuantity: number) => {
  const variants = [{ variantId, version, sellable: { [channel]: sellableQuantity } }];
  return hub.changed([{ asOf: new Date().toISOString(), variants }]);
};

describe('the follower of the log', () => {
  it('hands out what the bus lost, with a position that says so', async () => {
    const variantId = await makeVariant(db, place, 5);
    await catchUp();
    const [client, feed] = [hub.watch(channel, [variantId]), hub.watch(channel)];
    const before = hub.settled;
    await set(variantId, 3);
    await catchUp();
    for (const watch of [client, feed]) {
      const mail = await watch.mailbox.take();
      expect(quantities(mail)).toEqual([[variantId, 3]]);
      expect(mail?.settled && before && isBehind(mail.settled, before)).toBe(true);
    }
  });

  it('says nothing of what the bus told, and lets nothing of the bus through that is older than what it read', async () => {
    const [heard, late, end] = [await makeVariant(db, place, 5), await makeVariant(db, place, 5), newId()];
    await catchUp();
    const feed = hub.watch(channel);
    await set(heard, 4);
    const [{ version } = { version: 0 }] = await readAvailability(db, channel, [heard]);
    await told(heard, version, 4);
    expect(quantities(await feed.mailbox.take())).toEqual([[heard, 4]]);
    await set(late, 3);
    await set(late, 2);
    await catchUp();
    expect(quantities(await feed.mailbox.take())).toEqual([[late, 2]]);
    await told(late, version, 3);
    await told(late, version + 1, 2);
    await told(end, 1, 1);
    expect(quantities(await feed.mailbox.take())).toEqual([[end, 1]]);
  });

  it('reads bundles of what changed', async () => {
    const [part, bundle] = [await makeVariant(db, place, 6), newId()];
    await saveBundles(db, [{ variantId: bundle, revision: 1, components: [{ variantId: part, quantity: 2 }] }]);
    await catchUp();
    const client = hub.watch(channel, [bundle]);
    await set(part, 9);
    await catchUp();
    expect(quantities(await client.mailbox.take())).toEqual([[bundle, 4]]);
  });

  it('asks everyone to read again when it finds that the configuration changed, once', async () => {
    await catchUp();
    const client = hub.watch(channel, [newId()]);
    await saveChannel(db, { code: `other-${newId()}`, revision: 1, locationIds: [place] });
    await catchUp();
    expect(await client.mailbox.take()).toMatchObject({ resync: true });
    const variantId = await makeVariant(db, place, 1);
    const feed = hub.watch(channel);
    await set(variantId, 2);
    await catchUp();
    expect(await feed.mailbox.take()).toMatchObject({ resync: false });
  });

  it('passes by what happened while nobody watched', async () => {
    const variantId = await makeVariant(db, place, 1);
    await catchUp();
    const client = hub.watch(channel, [variantId, newId()]);
    await set(variantId, 2);
    await catchUp();
    expect(quantities(await client.mailbox.take())).toEqual([[variantId, 2]]);
  });

  it('goes on behind what it could not read', async () => {
    const variantId = await makeVariant(db, place, 1);
    await catchUp();
    const broken: Database = { ...db, sql: (() => Promise.reject(new Error('no database'))) as never };
    const bundles = createBundleReader({ db: broken, hub, logger: silentLogger });
    const configuration = createConfigurationWatch({ bundles, hub, logger: silentLogger });
    const failing = createLogFollower({ db: broken, hub, configuration, logger: silentLogger });
    const client = hub.watch(channel, [variantId]);
    await set(variantId, 7);
    await expect(failing.follow()).rejects.toThrow('no database');
    await catchUp();
    expect(quantities(await client.mailbox.take())).toEqual([[variantId, 7]]);
  });
});
