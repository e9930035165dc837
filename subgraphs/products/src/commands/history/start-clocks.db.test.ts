import type { Database } from '@kontor/kit/src/database.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setDraft } from './set-draft.ts';
import { startClocks } from './start-clocks.ts';
import { setPublication } from '../set-publication.ts';
import { upsertProducts } from '../upsert-products.ts';
import { serviceAuthor } from '../../domain/author.ts';
import { makeChannels, product } from '../../fixture.ts';
import { readChange } from '../../resolvers/history/read-change.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());

describe('startClocks', () => {
  it('makes what is due without being asked, and ends when it is stopped', async () => {
    const [published] = await upsertProducts(db, [product('published')], []);
    const [drafted] = await upsertProducts(db, [product('drafted')], []);
    const soon = new Date(Date.now() + 60_000).toISOString();
    await setPublication(db, { channel: 'web', productIds: [published!.productId!], published: true, startsAt: soon });
    const change = { productId: drafted!.productId!, title: 'Prepared' };
    await setDraft(db, { change, publishAt: soon }, serviceAuthor('productDraftSet'));

    const later = test.open('products', { nowOffset: '1 hour' });
    const isDone = async () =>
      (
        await db.sql`
          select 1 where exists (select 1 from products.publications where is_live) and exists (select 1 from products.products where title = 'Prepared')`
      ).length > 0;
    const done = new Promise<void>((resolve) => {
      later.onCommit(() => void isDone().then((is) => is && resolve()));
    });
    const stop = startClocks(later, silentLogger, readChange);
    await done;
    await stop();
    expect(await isDone()).toBe(true);
  });
});
