import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { callAs } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, makeChannel, makeVariant, productsWith, startStock, traceOf, type Json } from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let service: Service;
let channel: string;
let here: string;
let there: string;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  service = await startStock(testDb.open('stock'), createMemoryBus(), productsWith([]));
  const made = await makeChannel(db, 2);
  channel = made.channel;
  [here, there] = made.locationIds as [string, string];
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await service.stop();
  await testDb.drop();
});

const SCOPES = ['stock:read', 'stock:write', 'stock:policy'];
/** Staff at the register of the first location. */
const bound = (...more: string[]): Call =>
  callAs({ role: 'staff', subject: 'staff-1', channel, scopes: [...SCOPES, ...more], locationId: here });

const ask = async (call: Call, name: string, input: Json) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on UserError { code path } } }`;
  return service.graph().execute<Json>({ query, variables: { input } }, call);
};
const done = async (call: Call, name: string, input: Json) => (await ask(call, name, input)).data?.[name].__typename;
const codes = async (call: Call, name: string, input: Json) =>
  (await ask(call, name, input)).errors?.map(({ extensions }) => extensions?.['code']);

const level = (variantId: string, locationId: string, given: Json = { quantity: 1 }) => ({
  ...{ variantId, locationId, idempotencyKey: newId() },
  ...given,
});
const OPERATIONS: readonly (readonly [name: string, given: Json])[] = [
  ['stockReceive', { quantity: 1 }],
  ['stockCount', { countedQuantity: 3 }],
  ['stockAdjust', { quantity: 1, reason: 'found' }],
  ['stockReturn', { quantity: 1, resellable: true }],
  ['stockDamage', { quantity: 1 }],
  ['stockInspect', { quantity: 1, resellable: true }],
  ['stockSafetySet', { quantity: 1 }],
  ['stockWriteOff', { quantity: 1, reason: 'scrap' }],
];

describe('staff who are bound to a location', () => {
  it.each(OPERATIONS)(
    'cannot do %s at another one, whether or not it is there, and nothing changes',
    async (name, given) => {
      const variantId = await makeVariant(db, there, 10);
      const before = await traceOf(db, variantId);
      for (const locationId of [there, there.toUpperCase(), newId(), 'none'])
        expect(await codes(bound(), name, level(variantId, locationId, given))).toEqual(['FORBIDDEN']);
      expect(await traceOf(db, variantId)).toEqual(before);
    },
  );

  it.each(OPERATIONS)('can do %s at their own', async (name, given) => {
    const variantId = await makeVariant(db, here, 10);
    await done(bound(), 'stockDamage', level(variantId, here));
    await done(bound(), 'stockReturn', level(variantId, here, { quantity: 1, resellable: false }));
    expect(await done(bound(), name, level(variantId, here.toUpperCase(), given))).toBe('StockChanged');
  });

  it.each(OPERATIONS)('can do %s anywhere with stock:any-location', async (name, given) => {
    const variantId = await makeVariant(db, there, 10);
    const call = bound('stock:any-location');
    await done(call, 'stockDamage', level(variantId, there));
    await done(call, 'stockReturn', level(variantId, there, { quantity: 1, resellable: false }));
    expect(await done(call, name, level(variantId, there, given))).toBe('StockChanged');
  });

  it('are refused many operations as a whole when one is at another location', async () => {
    const variantId = await makeVariant(db, here, 10);
    const before = await traceOf(db, variantId);
    const operations = [level(variantId, here), level(variantId, there)].map((each) => ({ kind: 'RECEIVE', ...each }));
    expect(await codes(bound(), 'stockApply', { operations })).toEqual(['FORBIDDEN']);
    expect(await traceOf(db, variantId)).toEqual(before);
    expect(await done(bound(), 'stockApply', { operations: operations.slice(0, 1) })).toBe('StockApplied');
  });

  it('send goods of their own location only, and announce deliveries to it only', async () => {
    const mine = await makeVariant(db, here, 10);
    const theirs = await makeVariant(db, there, 10);
    const before = await traceOf(db, mine, theirs);
    const lines = (variantId: string) => [{ variantId, quantity: 1 }];
    const sending = (fromLocationId: string | null, toLocationId: string, variantId: string) => ({
      ...{ fromLocationId, toLocationId, lines: lines(variantId), idempotencyKey: newId() },
    });
    expect(await codes(bound(), 'stockTransferDispatch', sending(there, here, theirs))).toEqual(['FORBIDDEN']);
    expect(await codes(bound(), 'stockTransferDispatch', sending(null, there, theirs))).toEqual(['FORBIDDEN']);
    expect(await traceOf(db, mine, theirs)).toEqual(before);
    for (const input of [sending(here, there, mine), sending(null, here, mine)])
      expect(await done(bound(), 'stockTransferDispatch', input)).toBe('StockTransferDispatched');
  });

  it('receive what goes to their own location only; other transfers look as if there were none', async () => {
    const variantId = await makeVariant(db, here, 10);
    const sent = async (toLocationId: string) => {
      const query = `mutation ($input: StockTransferDispatchInput!) { stockTransferDispatch(input: $input) {
        ... on StockTransferDispatched { transfer { id } } } }`;
      const input = { toLocationId, lines: [{ variantId, quantity: 1 }], idempotencyKey: newId() };
      const call = bound('stock:any-location');
      const { data } = await service.graph().execute<Json>({ query, variables: { input } }, call);
      return data!.stockTransferDispatch.transfer.id as string;
    };
    const [toHere, toThere] = [await sent(here), await sent(there)];
    const before = await traceOf(db, variantId);
    const receipt = (transferId: string) => ({
      ...{ transferId, lines: [{ variantId, quantity: 1 }], idempotencyKey: newId() },
    });
    expect(await ask(bound(), 'stockTransferReceive', receipt(toThere))).toEqual(
      await ask(bound(), 'stockTransferReceive', receipt(newId())),
    );
    expect(await traceOf(db, variantId)).toEqual(before);
    expect(await done(bound(), 'stockTransferReceive', receipt(toHere.toUpperCase()))).toBe('StockTransferReceived');
    expect(await done(bound('stock:any-location'), 'stockTransferReceive', receipt(toThere))).toBe(
      'StockTransferReceived',
    );
  });

  it('resolve exceptions of their own location only; others look as if there were none', async () => {
    const raise = async (locationId: string) => {
      const id = newId();
      await db.sql`insert into stock.exceptions (exception_id, kind, variant_id, location_id, quantity, reference, raised_at)
        values (${id}, 'OFFLINE_OVERSELL', ${newId()}, ${locationId}, 2, 'sale:1', stock.app_now())`;
      return id;
    };
    const [mine, theirs] = [await raise(here), await raise(there)];
    const resolve = (exceptionId: string, call = bound()) =>
      ask(call, 'stockExceptionResolve', { exceptionId, note: 'Seen' });
    expect(await resolve(theirs)).toEqual(await resolve(newId()));
    const [left] = await db.sql`select resolved_at from stock.exceptions where exception_id = ${theirs}`;
    expect(left).toEqual({ resolved_at: null });
    expect((await resolve(mine)).data?.stockExceptionResolve.__typename).toBe('StockExceptionResolved');
    const any = await resolve(theirs, bound('stock:any-location'));
    expect(any.data?.stockExceptionResolve.__typename).toBe('StockExceptionResolved');
  });

  it('set what a channel leaves at their own location only', async () => {
    const leave = (locationId: string) => ({ channel, locationId, quantity: 1 });
    for (const locationId of [there, newId()])
      expect(await codes(bound(), 'channelSafetyStockSet', leave(locationId))).toEqual(['FORBIDDEN']);
    expect(await db.sql`select from stock.safety_stocks where location_id = ${there}`).toHaveLength(0);
    expect(await done(bound(), 'channelSafetyStockSet', leave(here))).toBe('SafetyStockSaved');
    expect(await done(bound('stock:any-location'), 'channelSafetyStockSet', leave(there))).toBe('SafetyStockSaved');
  });

  it('read levels and the ledger of all locations, to tell customers where else something is', async () => {
    const variantId = await makeVariant(db, there, 10);
    const { data, errors } = await service.graph().execute<Json>(
      {
        query: `query ($variantId: ID!, $locationId: ID!) { stockLevels(variantId: $variantId) { available location { id } }
          stockLedger(variantId: $variantId, locationId: $locationId) { edges { node { quantity } } } }`,
        variables: { variantId, locationId: there },
      },
      bound(),
    );
    expect(errors).toBeUndefined();
    expect(data!.stockLevels).toEqual([{ available: 10, location: { id: there } }]);
    expect(data!.stockLedger.edges).toEqual([{ node: { quantity: 10 } }]);
  });
});
