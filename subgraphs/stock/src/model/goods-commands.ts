import fc from 'fast-check';
import { changeStock, type StockChange } from '../commands/change-stock.ts';
import { importLevels } from '../commands/import-levels.ts';
import type { StockOperationKind } from '../domain/stock-operation.ts';
import { happening, type Happening, type MachineCommand } from './machine-command.ts';
import { numberOf, type RealStock } from './real-stock.ts';
import { item, key, location, LOCATION_COUNT } from './shape.ts';
import { book, freeUnits, settle } from './stock-booking.ts';
import {
  attempt,
  levelAt,
  oncePerKey,
  Refusal,
  type Level,
  type Line,
  type State,
  type StockModel,
} from './stock-model.ts';

type PhysicalState = 'AVAILABLE' | 'SAFETY' | 'DAMAGED' | 'INSPECTION';

interface Operation extends Line {
  readonly kind: StockOperationKind;
  readonly state: PhysicalState | null;
  readonly expected: number | null;
  readonly key: number;
}

/** What an operation moves, and from where to where; `happened` when promises have to give way to it. */
interface Move {
  readonly units: number;
  readonly from: State | null;
  readonly to: State | null;
  readonly happened?: boolean;
}

const stateOf = (state: PhysicalState | null): State => (state ?? 'AVAILABLE').toLowerCase() as State;

function moveOf({ kind, quantity, state }: Operation, level: Readonly<Level>, counted: number): Move {
  const named = stateOf(state);
  switch (kind) {
    case 'RECEIVE':
      return { units: quantity, from: null, to: 'available' };
    case 'RETURN':
      return { units: quantity, from: null, to: named };
    case 'DAMAGE':
      return { units: quantity, from: 'available', to: 'damaged', happened: true };
    case 'INSPECT':
      return { units: quantity, from: 'inspection', to: named };
    case 'WRITE_OFF':
      return { units: quantity, from: 'damaged', to: null };
    case 'ADJUST':
      return quantity > 0
        ? { units: quantity, from: null, to: named }
        : { units: -quantity, from: named, to: null, happened: named === 'available' };
    case 'SAFETY':
      return quantity > level.safety
        ? { units: quantity - level.safety, from: 'available', to: 'safety' }
        : { units: level.safety - quantity, from: 'safety', to: 'available' };
    case 'COUNT':
      return quantity > counted
        ? { units: quantity - counted, from: null, to: 'available' }
        : { units: counted - quantity, from: 'available', to: null, happened: true };
  }
}

/** One operation of staff on a level. */
function operate(model: StockModel, step: Operation): unknown {
  settle(model, [step.item]);
  const { key: ofKey, ...request } = step;
  return oncePerKey(model, `staff ${ofKey}`, request, () => {
    const level = levelAt(model, step.item, step.location);
    const counted = level.available + level.reserved + level.committed + level.safety;
    const current = step.kind === 'COUNT' ? counted : level.safety;
    if (step.expected !== null && step.expected !== current)
      throw new Refusal({ kind: 'mismatch', currentQuantity: current });
    const { units, from, to, happened = false } = moveOf(step, level, counted);
    if (units > 0) {
      const there = happened ? counted : from && level[from];
      if (from && there !== null && there < units)
        throw new Refusal({ kind: 'notEnough', state: from.toUpperCase(), currentQuantity: there });
      const moved = { item: step.item, location: step.location, quantity: units };
      book(model, [...(happened ? freeUnits(model, moved) : []), { ...moved, from, to }]);
    }
    const { item: ofItem, location: at } = step;
    return { kind: 'changed', level: { item: ofItem, location: at, ...levelAt(model, ofItem, at) } };
  });
}

/** The outcome with numbers for ids. */
function numbered({ names }: RealStock, outcome: StockChange): unknown {
  if (outcome.kind !== 'changed') return outcome;
  const { variantId, locationId, ...units } = outcome.level;
  return {
    kind: 'changed',
    level: { item: numberOf(names.things, variantId), location: numberOf(names.locations, locationId), ...units },
  };
}

const operation = (
  name: string,
  weight: number,
  steps: fc.Arbitrary<Omit<Operation, 'item' | 'location'>>,
): MachineCommand<Operation> => ({
  name,
  weight,
  steps: fc.tuple(fc.record({ item, location }), steps).map(([place, step]) => ({ ...place, ...step })),
  expect: (model, step) => attempt(model, () => operate(model, step)),
  perform: async (real, step) =>
    numbered(
      real,
      await changeStock(real.db, real.caller, {
        kind: step.kind,
        variantId: real.names.things[step.item]!,
        locationId: real.names.locations[step.location]!,
        quantity: step.quantity,
        expectedQuantity: step.expected,
        state: step.state,
        reason: step.kind === 'ADJUST' || step.kind === 'WRITE_OFF' ? 'because' : null,
        idempotencyKey: `${real.names.run}-${step.key}`,
      }),
    ),
});

/** Many, some of which are used again. */
const operationKey = fc.nat(120);
const expected = fc.option(fc.nat(24), { freq: 6 });
const few = fc.integer({ min: 1, max: 8 });

/** Goods come in. */
export const receive = operation(
  'receive',
  4,
  fc.record({
    kind: fc.constant('RECEIVE' as const),
    state: fc.constant(null),
    expected: fc.constant(null),
    quantity: fc.integer({ min: 1, max: 12 }),
    key: operationKey,
  }),
);

const KEYS_OF_THE_BEGINNING = 10_000;

/** Goods as they lie there at the beginning, per item and location. */
export const receiveAll = (quantities: readonly number[]): Happening[] =>
  quantities.flatMap((quantity, index) => {
    const place = { item: Math.floor(index / LOCATION_COUNT), location: index % LOCATION_COUNT };
    const step = { kind: 'RECEIVE' as const, state: null, expected: null, key: KEYS_OF_THE_BEGINNING + index };
    return quantity > 0 ? [happening(receive, { ...place, ...step, quantity })] : [];
  });

/** What lies there is counted, or what is kept back is set; either may be compared and swapped. */
export const count = operation(
  'count',
  4,
  fc.record({
    kind: fc.constantFrom('COUNT' as const, 'SAFETY' as const),
    state: fc.constant(null),
    expected,
    quantity: fc.nat(24),
    key: operationKey,
  }),
);

/** Units break, are thrown away, come back from customers, are looked at, or were booked wrongly. */
export const handle = operation(
  'handle',
  5,
  fc.oneof(
    ...(
      [
        ['RETURN', ['AVAILABLE', 'INSPECTION', 'DAMAGED'], few],
        ['INSPECT', ['AVAILABLE', 'DAMAGED'], few],
        ['DAMAGE', [null], few],
        ['WRITE_OFF', [null], few],
        [
          'ADJUST',
          ['AVAILABLE', 'SAFETY', 'DAMAGED', 'INSPECTION'],
          fc.oneof(
            few,
            few.map((units) => -units),
          ),
        ],
      ] as const
    ).map(([kind, states, quantity]) =>
      fc.record({
        kind: fc.constant(kind),
        state: fc.constantFrom<PhysicalState | null>(...states),
        expected: fc.constant(null),
        quantity,
        key: operationKey,
      }),
    ),
  ),
);

/** A line of a catalogue file: applied once per reference and content. */
export const importLine: MachineCommand<Line & { readonly reference: number }> = {
  name: 'import',
  weight: 2,
  steps: fc.record({ item, location, quantity: fc.nat(20), reference: key }),
  expect(model, step) {
    settle(model, [step.item]);
    const reference = `${step.location} ${step.reference}`;
    const content = `${step.item} ${step.quantity}`;
    if (model.references.get(reference) === content) return 0;
    model.references.set(reference, content);
    const quantity = step.quantity - levelAt(model, step.item, step.location).available;
    if (quantity === 0) return 0;
    book(model, [
      {
        ...step,
        quantity: Math.abs(quantity),
        from: quantity < 0 ? 'available' : null,
        to: quantity < 0 ? null : 'available',
      },
    ]);
    return 1;
  },
  perform: ({ db, names }, step) =>
    importLevels(db, names.locations[step.location]!, [
      { variantId: names.things[step.item]!, quantity: step.quantity, reference: `${names.run}-${step.reference}` },
    ]),
};
