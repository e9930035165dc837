import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { setPublication } from './commands/set-publication.ts';
import { updateProduct } from './commands/update-product.ts';
import { upsertProducts } from './commands/upsert-products.ts';
import { makeChannels, product } from './fixture.ts';

interface Change {
  readonly productId: string;
  readonly product: { readonly title: string; readonly variants?: { readonly title: string }[] } | null;
}

let test: TestDatabase;
let db: Database;
let bus: EventBus;
/** Two processes on one bus. */
let first: Service;
let second: Service;
/** Says to both that events may have been missed. */
const gaps: (() => void)[] = [];

const withGaps = (inner: EventBus): EventBus => ({
  ...inner,
  listen: (topics, handler, onGap) => {
    gaps.push(onGap);
    return inner.listen(topics, handler, onGap);
  },
});

/** A group has one consumer in a process: on such a bus a second process only listens. */
const listeningOnly = (inner: EventBus): EventBus => ({
  ...inner,
  consume: () => Promise.resolve({ stop: () => Promise.resolve() }),
});

const start = async (identity: Identity, own: EventBus): Promise<Service> => {
  const service = createApp({ db: test.open('products'), identity, bus: own, logger: silentLogger });
  await service.start();
  return service;
};

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
  bus = withGaps(createMemoryBus());
  const { products } = await createTestIdentities(['products']);
  [first, second] = [await start(products, bus), await start(products, listeningOnly(bus))];
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await test.drop();
});

const WATCH = `subscription ($ids: [ID!]!) { productChanged(ids: $ids) { productId product { title variants { title } } } }`;
const watch = (service: Service, ids: string[], call = asGuest(), query = WATCH) =>
  service.graph().subscribe<{ productChanged: Change }>({ query, variables: { ids } }, call)[Symbol.asyncIterator]();
async function next(events: AsyncIterator<GraphResult<{ productChanged: Change }>>): Promise<unknown> {
  const { value, done } = await events.next();
  return done ? 'done' : JSON.parse(JSON.stringify(value.data?.productChanged ?? value));
}
const make = async (...handles: string[]): Promise<string[]> =>
  (
    await upsertProducts(
      db,
      handles.map((handle) => product(handle)),
      ['web'],
    )
  ).map(({ productId }) => productId!);
const told = (productId: string, title: string | null) => ({
  productId,
  product: title === null ? null : { title, variants: [{ title: 'S' }, { title: 'M' }] },
});
const settled = () =>
  eventually(async () => expect(await db.sql`select from products.outbox where published_at is null`).toHaveLength(0));

it('begins with what each product is, and tells each change in both processes', async () => {
  const [known, other] = (await make('kettle', 'cup')) as [string, string];
  const unknown = newId();
  await settled();
  const clients = [watch(first, [known, unknown, other, known]), watch(second, [known, unknown, other])];
  for (const client of clients) {
    expect(await next(client)).toEqual(told(known, 'kettle'));
    expect(await next(client)).toEqual(told(unknown, null));
    expect(await next(client)).toEqual(told(other, 'cup'));
  }
  await updateProduct(db, { productId: other, title: 'Mug' });
  for (const client of clients) expect(await next(client)).toEqual(told(other, 'Mug'));
  await setPublication(db, { channel: 'web', productIds: [known], published: false });
  for (const client of clients) expect(await next(client)).toEqual(told(known, null));
  // Hidden changes are nobody's business; the next one is that it is shown again.
  await updateProduct(db, { productId: known, title: 'Secret' });
  await setPublication(db, { channel: 'web', productIds: [known], published: true });
  for (const client of clients) expect(await next(client)).toEqual(told(known, 'Secret'));
  for (const client of clients) expect((await client.return!()).done).toBe(true);
});

it('gives who is slow the latest of each product, not every change', async () => {
  const [id] = (await make('slow')) as [string];
  await settled();
  const client = watch(first, [id]);
  expect(await next(client)).toEqual(told(id, 'slow'));
  for (let turn = 0; turn < 20; turn += 1) await updateProduct(db, { productId: id, title: `Turn ${turn}` });
  await settled();
  expect(await next(client)).toEqual(told(id, 'Turn 19'));
  await client.return!();
});

it('reads everything again after a gap, and tells what differs', async () => {
  const [id, same] = (await make('gap', 'same')) as [string, string];
  await settled();
  const client = watch(first, [id, same]);
  await next(client);
  await next(client);
  // Changed without an event.
  await db.sql`update products.products set title = 'Missed', version = version + 1 where product_id = ${id}`;
  for (const each of gaps) each();
  expect(await next(client)).toEqual(told(id, 'Missed'));
  await client.return!();
});

it('reads the product’s own things anew with each event', async () => {
  const [id] = (await make('parts')) as [string];
  await settled();
  const client = watch(second, [id]);
  expect(await next(client)).toEqual(told(id, 'parts'));
  await upsertProducts(db, [product('parts', { variants: [{ optionValues: ['XL'] }] })], ['web']);
  expect(await next(client)).toEqual({ productId: id, product: { title: 'parts', variants: [{ title: 'XL' }] } });
  await client.return!();
});

it('ends at once when the client goes while it waits', async () => {
  const [id] = (await make('going')) as [string];
  const client = watch(first, [id]);
  await next(client);
  const waiting = client.next();
  await client.return!();
  expect((await waiting).done).toBe(true);
});

it('refuses more than a hundred products', async () => {
  const client = watch(first, Array.from({ length: 101 }, newId));
  expect(await next(client)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

it('answers for the channel of the caller', async () => {
  const [id] = (await make('web-only')) as [string];
  const client = watch(first, [id], asGuest('pos'));
  expect(await next(client)).toEqual(told(id, null));
  await client.return!();
});
