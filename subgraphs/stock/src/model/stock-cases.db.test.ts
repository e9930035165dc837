import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, it } from 'vitest';
import { move } from './change-commands.ts';
import { follow } from './follow.ts';
import { receive, receiveAll } from './goods-commands.ts';
import { happening } from './machine-command.ts';
import { govern, sellSomeAhead } from './policy-commands.ts';
import { release, reserve } from './reservation-commands.ts';

/** Sequences that random ones rarely contain; each was a difference once. */

let testDb: TestDatabase;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
});
afterAll(() => testDb.drop());

/** Where both channels sell. */
const PLACE = 1;
const ITEM = 0;
const goods = [...receiveAll(Array.from({ length: 12 }, () => 10)), ...sellSomeAhead];

const share = { priority: 0, promised: 0, shareBasisPoints: 2_500, floor: 0 };
const governAnew = happening(govern, {
  kind: 'PROPORTIONAL',
  lendableBasisPoints: 0,
  items: [ITEM],
  locations: null,
  channels: [
    { channel: 0, ...share },
    { channel: 1, ...share },
  ],
});

const inAll = <Value>(value: Value) => [value, value, value];

const hold = (key: number, units: number, unitsAhead: number) =>
  happening(reserve, {
    key,
    channel: 0,
    plans: [PLACE],
    lasts: 30,
    wishes: [
      { thing: ITEM, quantity: units, from: inAll(null), ahead: inAll(false) },
      ...(unitsAhead > 0 ? [{ thing: ITEM, quantity: unitsAhead, from: inAll(null), ahead: inAll(true) }] : []),
    ],
  });

const letGo = (key: number) => happening(release, { key, isOpen: false });

it('answers a hold that is partly sold ahead at one place as its repetition does', () =>
  follow(testDb.open('stock', { max: 1 }), [...goods, hold(0, 1, 2)]));

it('counts a line once when it is served under another policy than it was held under', () =>
  follow(testDb.open('stock', { max: 1 }), [
    ...goods,
    governAnew,
    hold(0, 3, 2),
    governAnew,
    hold(1, 2, 0),
    happening(receive, {
      kind: 'RECEIVE',
      state: null,
      expected: null,
      item: ITEM,
      location: PLACE,
      quantity: 1,
      key: 0,
    }),
    letGo(0),
  ]));

it('changes nothing that channels are shown when a reservation is moved to where it is, whatever governs by then', () =>
  follow(testDb.open('stock', { max: 1 }), [
    ...goods,
    governAnew,
    hold(0, 3, 0),
    governAnew,
    happening(move, {
      key: 0,
      isOpen: false,
      plans: [PLACE],
      from: [0, 1, 2, 3].map(() => inAll(null)),
      ahead: [0, 1, 2, 3].map(() => inAll(false)),
      usual: [0, 0, 0, 0],
      bundle: null,
      more: 0,
    }),
    letGo(0),
  ]));
