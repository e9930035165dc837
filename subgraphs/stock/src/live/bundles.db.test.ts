import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAvailability } from '../availability.ts';
import { importLevels } from '../commands/import-levels.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import {
  differences,
  type Json,
  listeningOnly,
  locationValues,
  makeVariant,
  productsWith,
  startStock,
  upTo,
} from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
/** Who writes beside it, over connections of its own. */
let otherDb: Database;
/** Two processes on one bus. */
let processes: Service[];
let place: string;
let other: string;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  otherDb = testDb.open('stock');
  const { locationIds } = await upsertLocations(db, [locationValues('berlin'), locationValues('hamburg')]);
  [place, other] = locationIds as [string, string];
  const web = { code: 'web', revision: 1, locationIds };
  await saveChannel(db, web);
  const bus = createMemoryBus();
  processes = [
    await startStock(testDb.open('stock'), bus, productsWith([web])),
    await startStock(testDb.open('stock'), listeningOnly(bus), productsWith([web])),
  ];
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await Promise.all(processes.map((each) => each.stop()));
  await testDb.drop();
});

const set = (through: Database, variantId: string, quantity: number, locationId = place) =>
  importLevels(through, locationId, [{ variantId, quantity, reference: newId() }]);
const define = (variantId: string, revision: number, components: Readonly<Record<string, number>>) =>
  saveBundles(db, [
    {
      variantId,
      revision,
      components: Object.entries(components).map(([id, quantity]) => ({ variantId: id, quantity })),
    },
  ]);

/** A client of each process, which remembers what it was told of one variant. */
function watchAll(variantId: string) {
  const query = `subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids) { variants { sellableQuantity version } } }`;
  const clients = processes.map((service) => {
    const events = service.graph().subscribe<Json>({ query, variables: { ids: [variantId] } }, asGuest());
    const seen: { sellableQuantity: number; version: number }[] = [];
    const iterator = events[Symbol.asyncIterator]();
    const following = (async () => {
      for (let step = await iterator.next(); !step.done; step = await iterator.next())
        seen.push(step.value.data.availabilityChanged.variants[0]);
    })();
    return { seen, stop: () => Promise.all([iterator.return?.(), following]) };
  });
  return {
    /** Waits until every client was told what is there now, each version higher than the one before. */
    async agree(sellableQuantity: number) {
      await eventually(async () => {
        const [now] = await readAvailability(db, 'web', [variantId]);
        expect(now?.sellableQuantity).toBe(sellableQuantity);
        for (const { seen } of clients) expect(seen.at(-1)).toEqual({ sellableQuantity, version: now?.version });
      });
      for (const { seen } of clients) {
        const versions = seen.map(({ version }) => version);
        expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
      }
    },
    stop: () => Promise.all(clients.map((client) => client.stop())),
  };
}

describe('a bundle', () => {
  it('is told when a component changes, in every process', async () => {
    const [cup, saucer, set1] = [await makeVariant(db, place, 5), await makeVariant(db, place, 9), newId()];
    await define(set1, 1, { [cup]: 1, [saucer]: 2 });
    const clients = watchAll(set1);
    await clients.agree(4);
    await set(db, saucer, 2);
    await clients.agree(1);
    await set(db, cup, 0);
    await clients.agree(0);
    await set(db, cup, 3, other);
    await clients.agree(0);
    await set(db, saucer, 6, other);
    await clients.agree(3);
    await clients.stop();
  });

  it('ends as what is there when components change at once over connections of two pools, with versions that only rise', async () => {
    const [cup, saucer, bundle] = [await makeVariant(db, place, 1), await makeVariant(db, place, 1), newId()];
    await define(bundle, 1, { [cup]: 1, [saucer]: 1 });
    const clients = watchAll(bundle);
    await clients.agree(1);
    for (const round of upTo(15)) {
      // Neither transaction sees what the other one does.
      await Promise.all([set(db, cup, round + 1), set(otherDb, saucer, round + 1)]);
      if (round % 5 === 0) await clients.agree(round + 1);
    }
    await clients.agree(16);
    await clients.stop();
  });

  it('goes on with higher versions when it is made of other components, of none, and of some again', async () => {
    const [cup, saucer, spoon] = [await makeVariant(db, place, 3), await makeVariant(db, place, 8), newId()];
    const bundle = await makeVariant(db, place, 50);
    const clients = watchAll(bundle);
    await clients.agree(50);
    for (const quantity of upTo(20)) await set(db, saucer, quantity);
    await define(bundle, 1, { [cup]: 1, [saucer]: 1 });
    await clients.agree(3);
    await define(bundle, 2, { [cup]: 3 });
    await clients.agree(1);
    // Of what never had stock.
    await define(bundle, 3, { [spoon]: 1 });
    await clients.agree(0);
    await set(db, spoon, 2);
    await clients.agree(2);
    // It is sold by itself again, from the units that it had all the time.
    await define(bundle, 4, {});
    await clients.agree(50);
    await set(db, bundle, 49);
    await clients.agree(49);
    await define(bundle, 5, { [saucer]: 2 });
    await clients.agree(10);
    // Its own units are not what is sold.
    await set(db, bundle, 7);
    await set(db, saucer, 6);
    await clients.agree(3);
    await clients.stop();
  });

  it('is told when it shares a component with another one', async () => {
    const [cup, first, second] = [await makeVariant(db, place, 6), newId(), newId()];
    await define(first, 1, { [cup]: 2 });
    await define(second, 1, { [cup]: 3 });
    const clients = [watchAll(first), watchAll(second)];
    await set(db, cup, 12);
    await clients[0]?.agree(6);
    await clients[1]?.agree(4);
    await Promise.all(clients.map((each) => each.stop()));
  });
});
