import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTransfer, listTransfers, type TransferRow } from '../data/transfers.ts';
import { demandOf, differences, entriesOf, makeChannel, makeVariant, traceOf, upTo, versionsOf } from '../fixture.ts';
import { dispatchTransfer, type DispatchCommand } from './dispatch-transfer.ts';
import { receiveTransfer, type ReceiptCommand } from './receive-transfer.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
let pools: Database[];
const staff: Caller = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: ['stock:write'] };

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  pools = [db, testDb.open('stock', { max: 4 }), testDb.open('stock', { max: 4 })];
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  await testDb.drop();
});

/** Two locations of a channel, with so much of some variants at the first one. */
async function places(...quantities: number[]) {
  const { channel, locationIds } = await makeChannel(db, 2);
  const [from, to] = locationIds as [string, string];
  const variantIds: string[] = [];
  for (const quantity of quantities) variantIds.push(await makeVariant(db, from, quantity));
  return { channel, from, to, variantIds: variantIds as [string, ...string[]] };
}

const dispatch = (given: Partial<DispatchCommand> & Pick<DispatchCommand, 'toLocationId' | 'lines'>, database = db) =>
  dispatchTransfer(database, staff, {
    fromLocationId: null,
    expectedAt: null,
    note: null,
    idempotencyKey: newId(),
    ...given,
  });

async function sent(...given: Parameters<typeof dispatch>): Promise<TransferRow> {
  const outcome = await dispatch(...given);
  if (outcome.kind !== 'dispatched') throw new Error(JSON.stringify(outcome));
  return outcome.transfer;
}

const receive = (
  transferId: string,
  lines: readonly (readonly [variantId: string, quantity: number, damagedQuantity?: number])[],
  given: Partial<ReceiptCommand> = {},
  database = db,
) =>
  receiveTransfer(database, staff, {
    transferId,
    lines: lines.map(([variantId, quantity, damagedQuantity = 0]) => ({ variantId, quantity, damagedQuantity })),
    close: false,
    idempotencyKey: newId(),
    atLocationId: null,
    ...given,
  });

const levelsOf = async (variantId: string) =>
  Object.fromEntries(
    (
      await db.sql<{ id: string; available: number; damaged: number; incoming: number }[]>`
        select location_id as id, available, damaged, incoming from stock.levels where variant_id = ${variantId}`
    ).map(({ id, available, damaged, incoming }) => [id, [available, damaged, incoming]]),
  );

describe('dispatchTransfer', () => {
  it('takes goods from what is available, and nobody can sell them on their way', async () => {
    const { channel, from, to, variantIds } = await places(10);
    const [variantId] = variantIds;
    const transfer = await sent({
      fromLocationId: from,
      toLocationId: to,
      lines: [
        { variantId, quantity: 4 },
        { variantId: variantId.toUpperCase(), quantity: 3 },
      ],
      expectedAt: '2030-01-02T03:04:05.000Z',
      note: 'On pallet 3',
    });
    expect(transfer).toEqual({
      id: expect.any(String) as string,
      fromLocationId: from,
      toLocationId: to,
      status: 'IN_TRANSIT',
      expectedAt: expect.stringContaining('2030-01-02T03:04:05') as string,
      note: 'On pallet 3',
      createdBy: 'staff:staff-1',
      createdAt: expect.any(String) as string,
      closedAt: null,
      lines: [{ variantId, quantity: 7, receivedQuantity: 0, lostQuantity: 0 }],
    });
    expect(await findTransfer(db, transfer.id)).toEqual(transfer);
    expect(await levelsOf(variantId)).toEqual({ [from]: [3, 0, 0], [to]: [0, 0, 7] });
    const reserve = createReserve(db);
    expect(await reserve(demandOf(channel, [[{ variantId, locationId: to, quantity: 1 }]]))).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 1, available: 3 }],
    });
    const booked = { version: 2, kind: 'TRANSFERRED_OUT', quantity: 7, reference: `transfer:${transfer.id}` };
    expect((await entriesOf(db, variantId)).slice(1)).toEqual([
      { ...booked, from: 'AVAILABLE', to: null, reason: null, actor: 'staff:staff-1' },
      { ...booked, from: null, to: 'INCOMING', reason: null, actor: 'staff:staff-1' },
    ]);
  });

  it('announces the delivery of a supplier, also of a variant that never had stock', async () => {
    const { to } = await places();
    const variantId = newId();
    const { id } = await sent({ toLocationId: to, lines: [{ variantId, quantity: 5 }] });
    expect(await levelsOf(variantId)).toEqual({ [to]: [0, 0, 5] });
    expect(await entriesOf(db, variantId)).toMatchObject([{ reason: 'ANNOUNCED', from: null, to: 'INCOMING' }]);
    await receive(id, [[variantId, 5]]);
    expect(await entriesOf(db, variantId)).toMatchObject([{}, { kind: 'RECEIVED', from: 'INCOMING', to: 'AVAILABLE' }]);
  });

  it('is refused as a whole with all that is short, reserved units included, and changes nothing', async () => {
    const { channel, from, to, variantIds } = await places(10, 10, 10);
    const [a, b, c] = variantIds as [string, string, string];
    await createReserve(db)(demandOf(channel, [[{ variantId: a, locationId: from, quantity: 4 }]]));
    const before = await traceOf(db, a, b, c);
    const idempotencyKey = newId();
    const given = { fromLocationId: from, toLocationId: to, idempotencyKey };
    const lines = [
      { variantId: b, quantity: 10 },
      { variantId: a, quantity: 7 },
      { variantId: c, quantity: 11 },
    ];
    expect(await dispatch({ ...given, lines })).toEqual({
      kind: 'short',
      lines: [
        { variantId: a, requested: 7, available: 6 },
        { variantId: c, requested: 11, available: 10 },
      ],
    });
    expect(await traceOf(db, a, b, c)).toEqual(before);
    expect(await dispatch({ ...given, lines: lines.slice(0, 1) })).toMatchObject({ kind: 'dispatched' });
  });

  it('sends once when fifty equal calls come at once, whatever the order of their lines', async () => {
    const { from, to, variantIds } = await places(100, 100);
    const lines = variantIds.map((variantId) => ({ variantId, quantity: 10 }));
    const idempotencyKey = newId();
    const outcomes = await Promise.all(
      upTo(50).map((index) =>
        dispatch(
          {
            fromLocationId: from,
            toLocationId: to,
            lines: index % 2 ? lines : lines.toReversed(),
            idempotencyKey,
          },
          pools[index % 3],
        ),
      ),
    );
    expect(outcomes).toEqual(upTo(50).map(() => outcomes[0]));
    for (const variantId of variantIds) {
      expect(await levelsOf(variantId)).toEqual({ [from]: [90, 0, 0], [to]: [0, 0, 10] });
      expect(await versionsOf(db, variantId)).toEqual({ ledger: [1, 2], events: [1, 2], current: 2 });
    }
    expect(await dispatch({ fromLocationId: from, toLocationId: to, lines: lines.slice(1), idempotencyKey })).toEqual({
      kind: 'keyReused',
    });
  });

  it('never sends more than there is when many send the same variants at once, in both directions', async () => {
    const { from, to, variantIds } = await places(20, 20);
    const [a, b] = variantIds as [string, string];
    const outcomes = await Promise.all(
      upTo(24).map((index) => {
        const ids = index % 2 ? [a, b] : [b, a];
        return dispatch(
          {
            ...(index % 3 ? { fromLocationId: from, toLocationId: to } : { fromLocationId: to, toLocationId: from }),
            lines: ids.map((variantId) => ({ variantId, quantity: 3 })),
          },
          pools[index % 3],
        );
      }),
    );
    const done = outcomes.filter(({ kind }) => kind === 'dispatched').length;
    expect(done).toBe(6);
    expect(outcomes.filter(({ kind }) => kind === 'short')).toHaveLength(18);
    expect(await levelsOf(a)).toEqual({ [from]: [2, 0, 0], [to]: [0, 0, 18] });
  });

  it('answers what is unknown or breaks a rule, and changes nothing', async () => {
    const { from, to, variantIds } = await places(10);
    const [variantId] = variantIds;
    const lines = [{ variantId, quantity: 1 }];
    const before = await traceOf(db, variantId);
    const faults = [
      [{ fromLocationId: newId() }, null, ['fromLocationId']],
      [{ fromLocationId: 'x' }, null, ['fromLocationId']],
      [{ toLocationId: newId() }, null, ['toLocationId']],
      [{ toLocationId: 'x' }, null, ['toLocationId']],
      [{ toLocationId: from.toUpperCase() }, 'SAME_LOCATION', ['toLocationId']],
      [{ lines: [] }, 'INVALID_LINES', ['lines']],
      [{ lines: [...lines, { variantId: 'x', quantity: 1 }] }, null, ['lines', '1', 'variantId']],
      [{ lines: [{ variantId, quantity: 0 }] }, 'INVALID_QUANTITY', ['lines', '0', 'quantity']],
      [{ note: '' }, 'INVALID_NOTE', ['note']],
      [{ expectedAt: '0000-01-01T00:00:00.000Z' }, 'INVALID_EXPECTED_AT', ['expectedAt']],
    ] as const;
    for (const [given, code, path] of faults)
      expect(await dispatch({ fromLocationId: from, toLocationId: to, lines, ...given })).toEqual({
        kind: 'fault',
        fault: { code, message: expect.any(String) as string, path },
      });
    expect(await dispatch({ toLocationId: to, lines, idempotencyKey: '\n' })).toMatchObject({ kind: 'invalid' });
    expect(await traceOf(db, variantId)).toEqual(before);
  });
});

describe('receiveTransfer', () => {
  it('takes what arrived in several receipts, damaged units apart, and closes behind the last one', async () => {
    const { from, to, variantIds } = await places(10, 10);
    const [a, b] = variantIds as [string, string];
    const { id } = await sent({
      fromLocationId: from,
      toLocationId: to,
      lines: [
        { variantId: a, quantity: 10 },
        { variantId: b, quantity: 5 },
      ],
    });
    expect(
      await receive(id, [
        [a, 2],
        [a, 1, 3],
      ]),
    ).toMatchObject({
      kind: 'received',
      transfer: { status: 'IN_TRANSIT', closedAt: null },
    });
    expect(await levelsOf(a)).toEqual({ [from]: [0, 0, 0], [to]: [3, 3, 4] });
    expect(
      await receive(id, [
        [a, 4],
        [b, 5],
      ]),
    ).toMatchObject({
      kind: 'received',
      transfer: { status: 'CLOSED', closedAt: expect.any(String) as string },
    });
    expect(await levelsOf(a)).toEqual({ [from]: [0, 0, 0], [to]: [7, 3, 0] });
    expect(await levelsOf(b)).toEqual({ [from]: [5, 0, 0], [to]: [5, 0, 0] });
    expect((await entriesOf(db, a)).slice(3)).toMatchObject([
      { version: 3, kind: 'TRANSFERRED_IN', quantity: 3, to: 'AVAILABLE', reason: null },
      { version: 3, kind: 'TRANSFERRED_IN', quantity: 3, to: 'DAMAGED', reason: 'DAMAGED' },
      { version: 4, kind: 'TRANSFERRED_IN', quantity: 4, to: 'AVAILABLE' },
    ]);
  });

  it('books as lost what is missing when nothing more will come, and nothing the second time', async () => {
    const { from, to, variantIds } = await places(10, 10);
    const [a, b] = variantIds as [string, string];
    const lines = [a, b].map((variantId) => ({ variantId, quantity: 10 }));
    const { id } = await sent({ fromLocationId: from, toLocationId: to, lines });
    expect(await receive(id, [[a, 7]], { close: true })).toMatchObject({
      kind: 'received',
      transfer: {
        status: 'CLOSED',
        lines: [a, b].sort().map((variantId) => ({
          variantId,
          receivedQuantity: variantId === a ? 7 : 0,
          lostQuantity: variantId === a ? 3 : 10,
        })),
      },
    });
    expect(await levelsOf(b)).toEqual({ [from]: [0, 0, 0], [to]: [0, 0, 0] });
    expect((await entriesOf(db, a)).at(-1)).toMatchObject({
      kind: 'ADJUSTED',
      quantity: 3,
      from: 'INCOMING',
      to: null,
      reason: 'LOST_IN_TRANSIT',
    });
    const { current } = await versionsOf(db, a);
    expect(await receive(id, [], { close: true })).toMatchObject({ kind: 'received', transfer: { status: 'CLOSED' } });
    expect(await versionsOf(db, a)).toMatchObject({ current });
  });

  it('refuses more than is on its way, damaged units included, with all lines that are too much, and changes nothing', async () => {
    const { from, to, variantIds } = await places(10, 10, 10);
    const [a, b, other] = variantIds as [string, string, string];
    const { id } = await sent({
      fromLocationId: from,
      toLocationId: to,
      lines: [a, b].map((variantId) => ({ variantId, quantity: 5 })),
    });
    await receive(id, [[a, 2]]);
    const before = await traceOf(db, a, b, other);
    const idempotencyKey = newId();
    const surplus = [
      { variantId: a, arrived: 4, onItsWay: 3 },
      { variantId: other, arrived: 1, onItsWay: 0 },
    ];
    expect(
      await receive(
        id,
        [
          [other, 1],
          [a, 3, 1],
          [b, 5],
        ],
        { idempotencyKey, close: true },
      ),
    ).toEqual({ kind: 'surplus', lines: surplus.toSorted((x, y) => (x.variantId < y.variantId ? -1 : 1)) });
    expect(await traceOf(db, a, b, other)).toEqual(before);
    expect(
      await receive(
        id,
        [
          [a, 3],
          [b, 5],
        ],
        { idempotencyKey },
      ),
    ).toMatchObject({ transfer: { status: 'CLOSED' } });
    expect(await receive(id, [[a, 1]])).toEqual({
      kind: 'surplus',
      lines: [{ variantId: a, arrived: 1, onItsWay: 0 }],
    });
  });

  it('answers a repeat what it answered first, also when fifty come at once', async () => {
    const { from, to, variantIds } = await places(10);
    const [variantId] = variantIds;
    const { id } = await sent({ fromLocationId: from, toLocationId: to, lines: [{ variantId, quantity: 10 }] });
    const idempotencyKey = newId();
    const outcomes = await Promise.all(
      upTo(50).map((index) => receive(id, [[variantId, 4]], { idempotencyKey }, pools[index % 3])),
    );
    expect(outcomes).toEqual(upTo(50).map(() => outcomes[0]));
    expect(await levelsOf(variantId)).toEqual({ [from]: [0, 0, 0], [to]: [4, 0, 6] });
    await receive(id, [[variantId, 6]]);
    expect(await receive(id, [[variantId, 4]], { idempotencyKey })).toEqual(outcomes[0]);
    expect(await receive(id, [[variantId, 5]], { idempotencyKey })).toEqual({ kind: 'keyReused' });
  });

  it('never books more than was sent when receipts and a closing race', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { from, to, variantIds } = await places(30, 30);
      const lines = variantIds.map((variantId) => ({ variantId, quantity: 20 }));
      const { id } = await sent({ fromLocationId: from, toLocationId: to, lines });
      const [a, b] = variantIds as [string, string];
      const outcomes = await Promise.all(
        upTo(15).map((index) =>
          index === 8
            ? receive(id, [], { close: true }, pools[0])
            : receive(id, index % 2 ? [[a, 3]] : [[b, 2, 1]], {}, pools[index % 3]),
        ),
      );
      const { status, lines: after } = (await findTransfer(db, id))!;
      expect(status).toBe('CLOSED');
      expect(outcomes.every(({ kind }) => kind === 'received' || kind === 'surplus')).toBe(true);
      for (const line of after) expect(line.receivedQuantity + line.lostQuantity).toBe(20);
      const arrived = after.reduce((sum, { receivedQuantity }) => sum + receivedQuantity, 0);
      expect(arrived).toBe((outcomes.filter(({ kind }) => kind === 'received').length - 1) * 3);
      const [, damaged, incoming] = (await levelsOf(b))[to]!;
      expect([damaged! * 3, incoming]).toEqual([after.find(({ variantId }) => variantId === b)!.receivedQuantity, 0]);
    }
  });

  it('answers what is unknown or breaks a rule, and changes nothing', async () => {
    const { from, to, variantIds } = await places(10);
    const [variantId] = variantIds;
    const { id } = await sent({ fromLocationId: from, toLocationId: to, lines: [{ variantId, quantity: 5 }] });
    const before = await traceOf(db, variantId);
    const tries = [
      [newId(), [[variantId, 1]], null, ['transferId']],
      ['x', [[variantId, 1]], null, ['transferId']],
      [id, [], 'INVALID_LINES', ['lines']],
      [id, [['x', 1]], null, ['lines', '0', 'variantId']],
      [id, [[variantId, 0]], 'INVALID_QUANTITY', ['lines', '0', 'quantity']],
      [id, [[variantId, -1, 2]], 'INVALID_QUANTITY', ['lines', '0', 'quantity']],
      [id, [[variantId, 2, -1]], 'INVALID_QUANTITY', ['lines', '0', 'damagedQuantity']],
    ] as const;
    for (const [transferId, lines, code, path] of tries)
      expect(await receive(transferId, lines)).toEqual({
        kind: 'fault',
        fault: { code, message: expect.any(String) as string, path },
      });
    expect(await traceOf(db, variantId)).toEqual(before);
  });
});

describe('listTransfers', () => {
  it('pages newest first, by either end and by state, each transfer once', async () => {
    const { from, to, variantIds } = await places(100);
    const [variantId] = variantIds;
    const lines = [{ variantId, quantity: 1 }];
    const ids: string[] = [];
    for (const index of upTo(7))
      ids.unshift((await sent({ fromLocationId: index % 2 ? from : null, toLocationId: to, lines })).id);
    await receive(ids[2]!, [[variantId, 1]]);
    const page = async (given: Partial<Parameters<typeof listTransfers>[1]>) =>
      (await listTransfers(db, { after: null, locationId: to, status: null, limit: 100, ...given })).map(
        ({ id }) => id,
      );
    expect(await page({})).toEqual(ids);
    expect(await page({ limit: 3 })).toEqual(ids.slice(0, 3));
    expect(await page({ after: ids[2]!, limit: 3 })).toEqual(ids.slice(3, 6));
    expect(await page({ locationId: from })).toEqual([ids[0], ids[2], ids[4], ids[6]]);
    expect(await page({ status: 'CLOSED' })).toEqual([ids[2]]);
    expect(await page({ locationId: from, status: 'IN_TRANSIT', after: ids[0]! })).toEqual([ids[4], ids[6]]);
    expect((await page({ locationId: null })).slice(0, 7)).toEqual(ids);
    expect(await page({ locationId: newId() })).toEqual([]);
  });
});
