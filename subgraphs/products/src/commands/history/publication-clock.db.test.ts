import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refreshLive } from '../../data/publications.ts';
import { makeChannels, product } from '../../fixture.ts';
import { changeProduct } from '../change-product.ts';
import { serviceAuthor } from '../../domain/author.ts';
import { setPublication } from '../set-publication.ts';
import { upsertProducts } from '../upsert-products.ts';
import { publishDue } from './publication-clock.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
});
// Each test has clocks of its own: what is due by one is not by another.
afterEach(() => db.sql`delete from products.publications`);
afterAll(() => test.drop());

const MINUTE = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();
/** The database that many minutes later. */
const after = (minutes: number) => test.open('products', { nowOffset: `${minutes} minutes`, max: 2 });
const make = async (handle: string) => (await upsertProducts(db, [product(handle)], []))[0]!.productId!;
const publish = (productId: string, startsAt: string | null, endsAt: string | null, channel = 'web') =>
  setPublication(db, { channel, productIds: [productId], published: true, startsAt, endsAt });
/** The channels that show a product, by each event of it, oldest first. */
const toldOf = async (productId: string) =>
  (
    await db.sql<{ codes: string[] }[]>`
      select payload->'channelCodes' as codes from products.outbox where key = ${productId} and topic = 'products.product.changed' order by seq`
  ).map(({ codes }) => codes);
const liveIn = async (productId: string) =>
  (
    await db.sql<{ code: string }[]>`
      select channel_code as code from products.publications where product_id = ${productId} and is_live order by 1`
  ).map(({ code }) => code);
const versionOf = async (productId: string) =>
  (await db.sql<{ version: number }[]>`select version from products.products where product_id = ${productId}`)[0]!
    .version;
/** Changes the status as a command does. */
const setStatus = (productId: string, status: string) =>
  changeProduct(db, { productId, expectedVersion: null }, serviceAuthor('productUpdate'), async (tx) => {
    await tx.execute(`update products.products set status = '${status}' where product_id = '${productId}'`);
    await refreshLive(tx, [productId]);
    return { kind: 'changed' };
  });

describe('publishDue', () => {
  it('begins and ends a publication when the time has come, each with a version, a revision of the service and an event', async () => {
    const productId = await make('season');
    expect(await publish(productId, inMinutes(10), inMinutes(20))).toMatchObject({ changedCount: 1 });
    expect(await liveIn(productId)).toEqual([]);
    expect(await publishDue(db)).toBe(0);

    expect(await publishDue(after(11))).toBe(1);
    expect(await liveIn(productId)).toEqual(['web']);
    expect(await publishDue(after(12))).toBe(0);
    expect(await publishDue(after(21))).toBe(1);
    expect(await liveIn(productId)).toEqual([]);
    expect(await publishDue(after(22))).toBe(0);

    expect(await toldOf(productId)).toEqual([[], [], ['web'], []]);
    expect(await versionOf(productId)).toBe(4);
    expect([
      ...(await db.sql`select version, action, role, subject from products.product_revisions where product_id = ${productId} order by version offset 2`),
    ]).toEqual([
      { version: 3, action: 'publicationDue', role: 'service', subject: 'products' },
      { version: 4, action: 'publicationDue', role: 'service', subject: 'products' },
    ]);
  });

  it('announces each product once, however many processes find it at the same time and in however many channels', async () => {
    const productIds: string[] = [];
    for (let number = 0; number < 12; number += 1) productIds.push(await make(`many-${number}`));
    for (const channel of ['web', 'pos'])
      await setPublication(db, { channel, productIds, published: true, startsAt: inMinutes(10) });
    const processes = Array.from({ length: 4 }, () => after(11));
    const counts = await Promise.all(processes.map((process) => publishDue(process)));
    const rest = await publishDue(processes[0]!);
    expect(counts.reduce((sum, count) => sum + count, rest)).toBe(12);
    for (const productId of productIds) expect(await toldOf(productId)).toEqual([[], [], [], ['pos', 'web']]);
  });

  it('leaves everything as it was when it dies before it commits, and the next one announces it once', async () => {
    const productId = await make('killed');
    await publish(productId, inMinutes(10), null);
    const later = after(11);
    const dying: Database = {
      ...later,
      orm: Object.assign(Object.create(later.orm) as Database['orm'], {
        transaction: (work: Parameters<Database['orm']['transaction']>[0]) =>
          later.orm.transaction(async (tx) => {
            await work(tx);
            throw new Error('killed');
          }),
      }),
    };
    await expect(publishDue(dying)).rejects.toThrow('killed');
    expect(await liveIn(productId)).toEqual([]);
    expect(await toldOf(productId)).toEqual([[], []]);
    expect(await publishDue(later)).toBe(1);
    expect(await toldOf(productId)).toEqual([[], [], ['web']]);
  });

  it('passes by a product that somebody is changing, and finds it in the next turn', async () => {
    const [busy, idle] = [await make('busy'), await make('idle')];
    await publish(busy, inMinutes(10), null);
    await publish(idle, inMinutes(10), null);
    const later = after(11);
    await db.orm.transaction(async (tx) => {
      await tx.execute(`select 1 from products.products where product_id = '${busy}' for no key update`);
      expect(await publishDue(later)).toBe(1);
    });
    expect(await liveIn(idle)).toEqual(['web']);
    expect(await publishDue(later)).toBe(1);
    expect(await liveIn(busy)).toEqual(['web']);
  });

  it('looks back a day in most turns and at everything in some', async () => {
    const productId = await make('slept');
    await publish(productId, inMinutes(10), null);
    const days = after(3 * 24 * 60);
    expect(await publishDue(days, 'lately')).toBe(0);
    expect(await publishDue(days, 'ever')).toBe(1);
  });
});

describe('setPublication with dates', () => {
  let dated = 0;
  it.each([
    [
      'an end before the beginning',
      { startsAt: '2030-01-02T00:00:00.000Z', endsAt: '2030-01-01T00:00:00.000Z' },
      'endsAt',
    ],
    ['an end at the beginning', { startsAt: '2030-01-01T00:00:00.000Z', endsAt: '2030-01-01T00:00:00.000Z' }, 'endsAt'],
    ['a beginning that PostgreSQL does not know', { startsAt: '+010000-01-01T04:59:00.000Z' }, 'startsAt'],
    ['a beginning of what is hidden', { published: false, startsAt: '2030-01-01T00:00:00.000Z' }, 'startsAt'],
    ['an end of what is hidden', { published: false, endsAt: '2030-01-01T00:00:00.000Z' }, 'endsAt'],
  ])('refuses %s and changes nothing', async (_, dates, field) => {
    const productId = await make(`dated-${(dated += 1)}`);
    await publish(productId, null, null, 'pos');
    expect(
      await setPublication(db, { channel: 'pos', productIds: [productId], published: true, ...dates }),
    ).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_DATES', path: ['input', field] });
    expect(await liveIn(productId)).toEqual(['pos']);
    expect(await versionOf(productId)).toBe(2);
  });

  it('sets the dates that are named and no others, and keeps the version when they are so already', async () => {
    const productId = await make('redated');
    const [startsAt, endsAt] = [inMinutes(-10), inMinutes(10)];
    await publish(productId, startsAt, endsAt);
    expect(await liveIn(productId)).toEqual(['web']);
    expect(await publish(productId, startsAt, endsAt)).toMatchObject({ changedCount: 0 });
    expect(await publish(productId, null, null)).toMatchObject({ changedCount: 1 });
    expect(await publishDue(after(11))).toBe(0);
    expect(await liveIn(productId)).toEqual(['web']);
    expect(await publish(productId, inMinutes(-10), inMinutes(-5))).toMatchObject({ changedCount: 1 });
    expect(await liveIn(productId)).toEqual([]);
    expect((await toldOf(productId)).at(-1)).toEqual([]);
  });
});

describe('refreshLive', () => {
  it('shows an archived product nowhere, and as it was when it is active again', async () => {
    const productId = await make('archived');
    await publish(productId, null, null, 'pos');
    await publish(productId, inMinutes(10), inMinutes(20));
    await setStatus(productId, 'ARCHIVED');
    expect(await liveIn(productId)).toEqual([]);
    expect((await toldOf(productId)).at(-1)).toEqual([]);

    expect(await publishDue(after(11))).toBe(0);
    await publish(productId, null, null);
    expect(await liveIn(productId)).toEqual([]);

    await publish(productId, inMinutes(10), null);
    await setStatus(productId, 'ACTIVE');
    expect(await liveIn(productId)).toEqual(['pos']);
    expect((await toldOf(productId)).at(-1)).toEqual(['pos']);
    expect(await publishDue(after(11))).toBe(1);
    expect(await liveIn(productId)).toEqual(['pos', 'web']);
  });

  it('names each product once that changes, and none that does not', async () => {
    const [moving, resting] = [await make('moving'), await make('resting')];
    for (const channel of ['web', 'pos']) await publish(moving, null, null, channel);
    await publish(resting, null, null);
    await db.orm.transaction(async (tx) => {
      await tx.execute(`update products.products set status = 'DRAFT' where product_id = '${moving}'`);
      expect(await refreshLive(tx, [moving, resting])).toEqual([moving]);
      expect(await refreshLive(tx, [moving, resting])).toEqual([]);
      expect(await refreshLive(tx, [])).toEqual([]);
    });
  });
});
