import { encodeCursor } from '@kontor/kit/src/connection.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  differences,
  makeChannel,
  makeVariant,
  productsWith,
  run,
  startStock,
  traceOf,
  upTo,
  type Json,
} from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let service: Service;
let here: string;
let there: string;
const staff = asStaff(['stock:read', 'stock:write']);

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  service = await startStock(testDb.open('stock'), createMemoryBus(), productsWith([]));
  [here, there] = (await makeChannel(db, 2)).locationIds as [string, string];
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await service.stop();
  await testDb.drop();
});

const REFUSAL =
  '... on UserError { code message path } ... on QuantityMismatch { currentQuantity } ... on NotEnoughUnits { state currentQuantity }';
const CHANGED =
  '... on StockChanged { level { variant { id } location { id } available reserved safety damaged inspection onHand } }';

/** Sends one mutation. */
async function mutate(name: string, type: string, input: Json, selection = `${CHANGED} ${REFUSAL}`): Promise<Json> {
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${selection} } }`;
  return (await run(service, staff, document, { input }))[name];
}

const at = (variantId: string, given: Json = {}) => ({
  variantId,
  locationId: here,
  idempotencyKey: newId(),
  ...given,
});
const TRANSFER =
  'transfer { id status from { id } to { id } expectedAt note createdBy closedAt lines { variant { id } quantity receivedQuantity lostQuantity openQuantity } }';

describe('operations', () => {
  it('book what they say', async () => {
    const variantId = newId();
    const level = async (name: string, type: string, given: Json) =>
      (await mutate(name, type, at(variantId, given))).level;
    await level('stockReceive', 'StockReceiveInput', { quantity: 10 });
    expect(await level('stockAdjust', 'StockAdjustInput', { quantity: -1, reason: 'missing' })).toEqual({
      variant: { id: variantId },
      location: { id: here },
      available: 9,
      reserved: 0,
      safety: 0,
      damaged: 0,
      inspection: 0,
      onHand: 9,
    });
    expect(
      await level('stockAdjust', 'StockAdjustInput', { quantity: 2, state: 'SAFETY', reason: 'found' }),
    ).toMatchObject({ available: 9, safety: 2 });
    expect(await level('stockDamage', 'StockDamageInput', { quantity: 1 })).toMatchObject({ available: 8, damaged: 1 });
    expect(await level('stockReturn', 'StockReturnInput', { quantity: 1, resellable: true })).toMatchObject({
      available: 9,
    });
    expect(await level('stockReturn', 'StockReturnInput', { quantity: 4, resellable: false })).toMatchObject({
      inspection: 4,
    });
    expect(
      await level('stockReturn', 'StockReturnInput', { quantity: 1, resellable: false, state: 'DAMAGED' }),
    ).toMatchObject({ inspection: 4, damaged: 2 });
    expect(await level('stockInspect', 'StockInspectInput', { quantity: 3, resellable: true })).toMatchObject({
      available: 12,
      inspection: 1,
    });
    expect(await level('stockInspect', 'StockInspectInput', { quantity: 1, resellable: false })).toMatchObject({
      inspection: 0,
      damaged: 3,
    });
    expect(await level('stockSafetySet', 'StockSafetySetInput', { quantity: 5, expectedQuantity: 2 })).toMatchObject({
      available: 9,
      safety: 5,
    });
    expect(await level('stockWriteOff', 'StockWriteOffInput', { quantity: 3, reason: 'scrap' })).toMatchObject({
      damaged: 0,
    });
    expect(await level('stockCount', 'StockCountInput', { countedQuantity: 13, expectedQuantity: 14 })).toMatchObject({
      available: 8,
      safety: 5,
      onHand: 13,
    });
  });

  it('are refused with a code and the path of the field, and change nothing', async () => {
    const variantId = await makeVariant(db, here, 10);
    const before = await traceOf(db, variantId);
    const refusals = [
      ['stockReceive', 'StockReceiveInput', { quantity: 0 }, 'InvalidInput', 'INVALID_QUANTITY', ['quantity']],
      ['stockAdjust', 'StockAdjustInput', { quantity: 1, reason: ' ' }, 'InvalidInput', 'INVALID_REASON', ['reason']],
      [
        'stockReturn',
        'StockReturnInput',
        { quantity: 1, resellable: true, state: 'DAMAGED' },
        'InvalidInput',
        'INVALID_STATE',
        ['state'],
      ],
      [
        'stockReturn',
        'StockReturnInput',
        { quantity: 1, resellable: false, state: 'SAFETY' },
        'InvalidInput',
        'INVALID_STATE',
        ['state'],
      ],
      [
        'stockDamage',
        'StockDamageInput',
        { quantity: 1, locationId: newId() },
        'NotFound',
        'NOT_FOUND',
        ['locationId'],
      ],
      [
        'stockDamage',
        'StockDamageInput',
        { quantity: 1, variantId: '__proto__' },
        'NotFound',
        'NOT_FOUND',
        ['variantId'],
      ],
      [
        'stockInspect',
        'StockInspectInput',
        { quantity: 1, resellable: true },
        'NotEnoughUnits',
        'NOT_ENOUGH_UNITS',
        ['quantity'],
      ],
      [
        'stockSafetySet',
        'StockSafetySetInput',
        { quantity: 1, expectedQuantity: 1 },
        'QuantityMismatch',
        'QUANTITY_MISMATCH',
        ['expectedQuantity'],
      ],
      [
        'stockCount',
        'StockCountInput',
        { countedQuantity: -1 },
        'InvalidInput',
        'INVALID_QUANTITY',
        ['countedQuantity'],
      ],
    ] as const;
    for (const [name, type, given, __typename, code, path] of refusals)
      expect(await mutate(name, type, at(variantId, given))).toMatchObject({
        __typename,
        code,
        path: ['input', ...path],
      });
    for (const quantity of [1.5, 2 ** 31, '1', null])
      await expect(mutate('stockDamage', 'StockDamageInput', at(variantId, { quantity }))).rejects.toThrow();
    expect(await traceOf(db, variantId)).toEqual(before);
  });

  it('need the scope to write', async () => {
    const variantId = newId();
    const document = `mutation ($input: StockReceiveInput!) { stockReceive(input: $input) { __typename } }`;
    for (const call of [asGuest(), asStaff(['stock:read'])])
      await expect(run(service, call, document, { input: at(variantId, { quantity: 1 }) })).rejects.toThrow(
        'FORBIDDEN',
      );
    expect(await traceOf(db, variantId)).toMatchObject({ levels: null, versions: null });
  });
});

describe('stockApply', () => {
  const apply = (operations: Json) =>
    mutate(
      'stockApply',
      'StockApplyInput',
      { operations },
      `... on StockApplied { results { __typename ${CHANGED} ${REFUSAL} } } ... on UserError { code path }`,
    );

  it('answers each line where it stands, with the path of what was wrong', async () => {
    const variantId = newId();
    const { results } = await apply([
      { kind: 'RECEIVE', ...at(variantId, { quantity: 5 }) },
      { kind: 'RETURN', ...at(variantId, { quantity: 5 }) },
      { kind: 'ADJUST', ...at(variantId, { quantity: 2, state: 'INSPECTION', reason: 'found' }) },
      { kind: 'WRITE_OFF', ...at(variantId, { quantity: 1, reason: 'scrap' }) },
      { kind: 'COUNT', ...at(variantId, { quantity: 4, expectedQuantity: 4 }) },
    ]);
    expect(results).toMatchObject([
      { __typename: 'StockChanged', level: { available: 5 } },
      { __typename: 'InvalidInput', path: ['input', 'operations', '1', 'state'] },
      { __typename: 'StockChanged', level: { available: 5, inspection: 2 } },
      {
        __typename: 'NotEnoughUnits',
        state: 'DAMAGED',
        currentQuantity: 0,
        path: ['input', 'operations', '3', 'quantity'],
      },
      { __typename: 'QuantityMismatch', currentQuantity: 5, path: ['input', 'operations', '4', 'expectedQuantity'] },
    ]);
  });

  it('refuses none and more than 500 operations as a whole', async () => {
    const variantId = newId();
    const line = { kind: 'RECEIVE', ...at(variantId, { quantity: 1 }) };
    for (const operations of [[], upTo(501).map(() => line)])
      expect(await apply(operations)).toMatchObject({ code: 'INVALID_OPERATIONS', path: ['input', 'operations'] });
    expect(await traceOf(db, variantId)).toMatchObject({ levels: null });
  });
});

describe('transfers', () => {
  it('are sent, listed, received and closed', async () => {
    const variantId = await makeVariant(db, here, 10);
    const { transfer } = await mutate(
      'stockTransferDispatch',
      'StockTransferDispatchInput',
      {
        fromLocationId: here,
        toLocationId: there,
        lines: [{ variantId, quantity: 6 }],
        expectedAt: '2031-02-03T04:05:06Z',
        idempotencyKey: newId(),
      },
      `... on StockTransferDispatched { ${TRANSFER} }`,
    );
    expect(transfer).toMatchObject({
      status: 'IN_TRANSIT',
      from: { id: here },
      to: { id: there },
      expectedAt: '2031-02-03T04:05:06.000Z',
      note: null,
      lines: [{ variant: { id: variantId }, quantity: 6, receivedQuantity: 0, lostQuantity: 0, openQuantity: 6 }],
    });
    const receipt = (given: Json) =>
      mutate(
        'stockTransferReceive',
        'StockTransferReceiveInput',
        { transferId: transfer.id, lines: [], idempotencyKey: newId(), ...given },
        `... on StockTransferReceived { ${TRANSFER} } ... on TransferSurplus { lines { variantId arrived onItsWay } } ... on UserError { code path }`,
      );
    expect(await receipt({ lines: [{ variantId, quantity: 7 }] })).toMatchObject({
      code: 'TRANSFER_SURPLUS',
      path: ['input', 'lines'],
      lines: [{ variantId, arrived: 7, onItsWay: 6 }],
    });
    expect(await receipt({})).toMatchObject({ code: 'INVALID_LINES', path: ['input', 'lines'] });
    expect(await receipt({ transferId: newId(), close: true })).toMatchObject({ code: 'NOT_FOUND' });
    await receipt({ lines: [{ variantId, quantity: 3, damagedQuantity: 1 }] });
    expect(await receipt({ close: true })).toMatchObject({
      transfer: { status: 'CLOSED', lines: [{ receivedQuantity: 4, lostQuantity: 2, openQuantity: 0 }] },
    });
    const { stockTransfer, none } = await run(
      service,
      staff,
      `query ($id: ID!) { stockTransfer(id: $id) { id status closedAt createdAt } none: stockTransfer(id: "x") { id } }`,
      { id: transfer.id },
    );
    expect(stockTransfer).toMatchObject({ id: transfer.id, status: 'CLOSED' });
    expect(none).toBeNull();
  });

  it('say what is short', async () => {
    const variantId = await makeVariant(db, here, 1);
    expect(
      await mutate(
        'stockTransferDispatch',
        'StockTransferDispatchInput',
        { fromLocationId: here, toLocationId: there, lines: [{ variantId, quantity: 6 }], idempotencyKey: newId() },
        '... on TransferShort { code path lines { variantId requested available } }',
      ),
    ).toEqual({
      __typename: 'TransferShort',
      code: 'TRANSFER_SHORT',
      path: ['input', 'lines'],
      lines: [{ variantId, requested: 6, available: 1 }],
    });
  });

  it('are paged by cursors that stay right, and refuse one that is none', async () => {
    const [place] = (await makeChannel(db)).locationIds as [string];
    const sent: string[] = [];
    for (const { toLocationId, variantId } of upTo(3).map(() => ({ toLocationId: place, variantId: newId() }))) {
      const input = { toLocationId, lines: [{ variantId, quantity: 1 }], idempotencyKey: newId() };
      const answer = await mutate(
        'stockTransferDispatch',
        'StockTransferDispatchInput',
        input,
        `... on StockTransferDispatched { ${TRANSFER} }`,
      );
      expect(answer.transfer.from).toBeNull();
      sent.unshift(answer.transfer.id);
    }
    const document = `query ($place: ID, $after: Cursor) { stockTransfers(first: 2, after: $after, locationId: $place, status: IN_TRANSIT) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const page = async (variables: Json) => (await run(service, staff, document, variables)).stockTransfers;
    const first = await page({ place });
    expect(first.edges.map((edge: Json) => edge.node.id)).toEqual(sent.slice(0, 2));
    expect(first.pageInfo.hasNextPage).toBe(true);
    const last = await page({ place, after: first.pageInfo.endCursor });
    expect(last).toMatchObject({ edges: [{ node: { id: sent[2] } }], pageInfo: { hasNextPage: false } });
    expect((await page({ place: 'x' })).edges).toEqual([]);
    for (const after of ['x', encodeCursor(['x']), encodeCursor([1])])
      await expect(page({ place, after })).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('exceptions', () => {
  const raise = async (): Promise<string> => {
    const id = newId();
    await db.sql`insert into stock.exceptions (exception_id, kind, variant_id, location_id, quantity, reference, raised_at)
      values (${id}, 'OFFLINE_OVERSELL', ${newId()}, ${here}, 2, 'sale:1', stock.app_now())`;
    return id;
  };
  const list = async (variables: Json) =>
    (
      await run(
        service,
        staff,
        `query ($open: Boolean, $first: Int, $after: Cursor) { stockExceptions(open: $open, first: $first, after: $after) {
          edges { node { id kind quantity reference location { id } resolvedAt resolvedBy note } } pageInfo { hasNextPage endCursor } } }`,
        variables,
      )
    ).stockExceptions;
  const resolve = (exceptionId: string, note = 'Bought two more') =>
    mutate(
      'stockExceptionResolve',
      'StockExceptionResolveInput',
      { exceptionId, note },
      '... on StockExceptionResolved { exception { id resolvedBy resolvedAt note } } ... on UserError { code path }',
    );

  it('are listed newest first, resolved once, and then listed apart', async () => {
    const [a, b, c] = [await raise(), await raise(), await raise()];
    const idsOf = (page: Json) => page.edges.map((edge: Json) => edge.node.id);
    const first = await list({ open: true, first: 2 });
    expect(idsOf(first)).toEqual([c, b]);
    expect(first.edges[0].node).toEqual({
      id: c,
      kind: 'OFFLINE_OVERSELL',
      quantity: 2,
      reference: 'sale:1',
      location: { id: here },
      resolvedAt: null,
      resolvedBy: null,
      note: null,
    });
    expect(idsOf(await list({ open: true, first: 2, after: first.pageInfo.endCursor }))).toEqual([a]);
    const [one, other] = await Promise.all([resolve(b, 'One'), resolve(b, 'Other')]);
    expect(one).toEqual(other);
    expect(one.exception).toMatchObject({ id: b, resolvedBy: expect.stringMatching(/^staff:/) as string });
    expect(['One', 'Other']).toContain(one.exception.note);
    expect(idsOf(await list({ open: true }))).toEqual([c, a]);
    expect(idsOf(await list({ open: false }))).toEqual([b]);
    expect(idsOf(await list({}))).toEqual([c, b, a]);
  });

  it('that are unknown or get no note stay as they are', async () => {
    const id = await raise();
    expect(await resolve(newId())).toMatchObject({ __typename: 'NotFound', path: ['input', 'exceptionId'] });
    expect(await resolve('x')).toMatchObject({ __typename: 'NotFound' });
    for (const note of ['', ' ', 'a\nb', 'x'.repeat(501)])
      expect(await resolve(id, note)).toMatchObject({ code: 'INVALID_NOTE', path: ['input', 'note'] });
    expect((await list({ open: true })).edges[0].node).toMatchObject({ id, resolvedAt: null });
  });
});
