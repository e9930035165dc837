import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { dispatchTransfer, type TransferDispatch } from '../commands/dispatch-transfer.ts';
import { receiveTransfer, type TransferReceipt } from '../commands/receive-transfer.ts';
import { findTransfer, type TransferRow } from '../data/transfers.ts';
import type { MachineCommand } from './machine-command.ts';
import { numberOf, type Names, type RealStock } from './real-stock.ts';
import { item, location } from './shape.ts';
import { book, settle } from './stock-booking.ts';
import { attempt, levelAt, oncePerKey, Refusal, type Entry, type ModelTransfer } from './stock-model.ts';
import { transferText } from './stock-views.ts';

interface Dispatch {
  readonly from: number | null;
  readonly to: number;
  /** Items differ. */
  readonly lines: readonly { readonly item: number; readonly quantity: number }[];
  readonly key: number;
}

/** Keys belong to the caller, as those of operations on levels do. */
const key = fc.integer({ min: 100, max: 220 });

const answered = (number: number, { isClosed, lines }: ModelTransfer) => ({
  number,
  status: isClosed ? 'CLOSED' : 'IN_TRANSIT',
  lines: lines.map(transferText),
});

function numberedTransfer(names: Names, { id, status, lines }: TransferRow) {
  if (!names.transfers.includes(id)) names.transfers.push(id);
  const texts = lines.map(({ variantId, quantity, receivedQuantity: received, lostQuantity: lost }) =>
    transferText({ item: numberOf(names.things, variantId), quantity, received, lost }),
  );
  return { number: numberOf(names.transfers, id), status, lines: texts };
}

const onItsWay = ({ quantity, received, lost }: ModelTransfer['lines'][number]) => quantity - received - lost;

/** Goods are sent to another location, or announced by a supplier. */
export const dispatch: MachineCommand<Dispatch> = {
  name: 'dispatch',
  weight: 5,
  steps: fc.record({
    from: fc.option(location, { freq: 3 }),
    to: location,
    lines: fc.uniqueArray(fc.record({ item, quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 3,
      selector: (line) => line.item,
    }),
    key,
  }),
  expect: (model, { from, to, lines: given, key: ofKey }) =>
    attempt(model, () => {
      if (from === to) return { kind: 'fault', repeats: true };
      const lines = [...given].sort((a, b) => a.item - b.item);
      settle(
        model,
        lines.map((line) => line.item),
      );
      return oncePerKey(model, `staff ${ofKey}`, ['DISPATCH', from, to, lines], () => {
        const short = lines.flatMap(({ item: sent, quantity: requested }) => {
          const available = from === null ? requested : levelAt(model, sent, from).available;
          return available < requested ? [{ item: sent, requested, available }] : [];
        });
        if (short.length > 0) throw new Refusal({ kind: 'short', lines: short, repeats: true });
        const transfer: ModelTransfer = {
          from,
          to,
          isClosed: false,
          lines: lines.map((line) => ({ ...line, received: 0, lost: 0 })),
        };
        model.transfers.push(transfer);
        const leaving = (line: Dispatch['lines'][number]): Entry[] =>
          from === null ? [] : [{ ...line, location: from, from: 'available', to: null }];
        book(
          model,
          lines.flatMap((line): Entry[] => [...leaving(line), { ...line, location: to, from: null, to: 'incoming' }]),
        );
        return { kind: 'dispatched', transfer: answered(model.transfers.length - 1, transfer), repeats: true };
      });
    }),
  async perform({ db, names, caller }, step) {
    const input = {
      fromLocationId: step.from === null ? null : names.locations[step.from]!,
      toLocationId: names.locations[step.to]!,
      lines: step.lines.map(({ item: sent, quantity }) => ({ variantId: names.things[sent]!, quantity })),
      expectedAt: null,
      note: null,
      idempotencyKey: `${names.run}-${step.key}`,
    };
    const outcome = await dispatchTransfer(db, caller, input);
    return numbered(names, outcome, await dispatchTransfer(db, caller, input));
  },
};

/** Of an outcome what the model says of it. @param again the answer when it was asked for once more. */
function numbered(names: Names, outcome: TransferDispatch | TransferReceipt, again: unknown): unknown {
  const repeats = isDeepStrictEqual(outcome, again);
  switch (outcome.kind) {
    case 'dispatched':
    case 'received':
      return { kind: outcome.kind, transfer: numberedTransfer(names, outcome.transfer), repeats };
    case 'short':
    case 'surplus': {
      const lines = outcome.lines.map(({ variantId, ...units }) => ({
        item: numberOf(names.things, variantId),
        ...units,
      }));
      return { kind: outcome.kind, lines, repeats };
    }
    case 'fault':
      return { kind: outcome.kind, repeats };
    default:
      return outcome;
  }
}

interface Receipt {
  /** Which transfer, counted round. */
  readonly which: number;
  /** Per line of the transfer what arrived. */
  readonly arrived: readonly { readonly fit: number; readonly broken: number }[];
  /** Whether no more than is on its way. */
  readonly fits: boolean;
  readonly close: boolean;
  readonly key: number;
}

/** What a step says arrived, of lines as they are. */
const receiptOf = (lines: ModelTransfer['lines'], { arrived, fits }: Receipt) =>
  lines.flatMap((line, index) => {
    const given = arrived[index] ?? { fit: 0, broken: 0 };
    const fit = fits ? Math.min(given.fit, onItsWay(line)) : given.fit;
    const broken = fits ? Math.min(given.broken, onItsWay(line) - fit) : given.broken;
    return fit + broken > 0 ? [{ item: line.item, fit, broken }] : [];
  });

async function reallyArrived({ db, names }: RealStock, id: string, step: Receipt) {
  const transfer = await findTransfer(db, id);
  return receiptOf(
    (transfer?.lines ?? []).map(({ variantId, quantity, receivedQuantity: received, lostQuantity: lost }) => ({
      item: numberOf(names.things, variantId),
      quantity,
      received,
      lost,
    })),
    step,
  );
}

/** Goods arrive, some of them, some damaged; or nothing more comes. */
export const arrive: MachineCommand<Receipt> = {
  name: 'arrive',
  weight: 7,
  steps: fc.record({
    which: fc.nat(20),
    arrived: fc.array(fc.record({ fit: fc.nat(4), broken: fc.constantFrom(0, 0, 0, 1, 2) }), {
      minLength: 3,
      maxLength: 3,
    }),
    fits: fc.integer({ min: 0, max: 9 }).map((n) => n < 9),
    close: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    key,
  }),
  expect: (model, step) =>
    attempt(model, () => {
      const number = step.which % Math.max(1, model.transfers.length);
      const before = model.transfers[number];
      if (!before) return { kind: 'fault', repeats: true };
      const lines = receiptOf(before.lines, step);
      if (lines.length === 0 && !step.close) return { kind: 'fault', repeats: true };
      settle(
        model,
        before.lines.map((line) => line.item),
      );
      return oncePerKey(model, `staff ${step.key}`, ['RECEIPT', number, lines, step.close], () => {
        const transfer = model.transfers[number]!;
        const of = (wanted: number) => lines.find((line) => line.item === wanted) ?? { fit: 0, broken: 0 };
        const surplus = transfer.lines.flatMap((line) => {
          const { fit, broken } = of(line.item);
          const more = fit + broken > onItsWay(line);
          return more ? [{ item: line.item, arrived: fit + broken, onItsWay: onItsWay(line) }] : [];
        });
        if (surplus.length > 0) throw new Refusal({ kind: 'surplus', lines: surplus, repeats: true });
        const entries: Entry[] = [];
        transfer.lines = transfer.lines.map((line) => {
          const { fit, broken } = of(line.item);
          const lost = step.close ? onItsWay(line) - fit - broken : 0;
          const move = (quantity: number, to: Entry['to']) =>
            entries.push({ item: line.item, location: transfer.to, quantity, from: 'incoming', to });
          move(fit, 'available');
          move(broken, 'damaged');
          move(lost, null);
          return { ...line, received: line.received + fit + broken, lost: line.lost + lost };
        });
        transfer.isClosed = transfer.lines.every((line) => onItsWay(line) === 0);
        book(model, entries);
        return { kind: 'received', transfer: answered(number, transfer), repeats: true };
      });
    }),
  async perform(real, step) {
    const { db, names, caller } = real;
    const id = names.transfers[step.which % Math.max(1, names.transfers.length)] ?? names.run;
    const input = {
      transferId: id,
      lines: (await reallyArrived(real, id, step)).map(({ item: came, fit, broken }) => ({
        variantId: names.things[came]!,
        quantity: fit,
        damagedQuantity: broken,
      })),
      close: step.close,
      idempotencyKey: `${names.run}-${step.key}`,
      atLocationId: null,
    };
    const outcome = await receiveTransfer(db, caller, input);
    return numbered(names, outcome, await receiveTransfer(db, caller, input));
  },
};
