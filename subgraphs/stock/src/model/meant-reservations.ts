import fc from 'fast-check';
import type { RealStock } from './real-stock.ts';
import { key } from './shape.ts';
import type { ModelReservation, StockModel } from './stock-model.ts';

/** Which reservation a step means. */
export interface Meant {
  readonly key: number;
  /** Whether the key counts round the reservations that something can be done with. */
  readonly isOpen: boolean;
}

/** True more often than not. */
export const mostly = fc.nat(9).map((n) => n < 9);

/** What a step says of the reservation that it means. */
export const meantKeys = { key, isOpen: mostly };

const chosen = (keys: readonly number[], step: Meant): number =>
  step.isOpen ? (keys[step.key % Math.max(1, keys.length)] ?? step.key) : step.key;

type Status = ModelReservation['status'];

/** The key that a step means, of reservations in some states. */
export const meantInModel = (model: StockModel, statuses: readonly Status[], step: Meant): number => {
  const open = [...model.reservations].filter(([, { status }]) => statuses.includes(status));
  return chosen(open.map(([each]) => each).sort(), step);
};

/** The same, as it really is. @returns the key that the run gave it. */
export async function meantReally({ db, names }: RealStock, statuses: readonly Status[], step: Meant): Promise<string> {
  const rows = await db.sql<{ key: string }[]>`
    select key from stock.reservations where channel_code = any(${[...names.channels]}::text[]) and status = any(${[...statuses]}::text[]) order by key`;
  const open = rows.map((row) => Number(row.key.slice(names.run.length + 1)));
  return `${names.run}-${chosen(open, step)}`;
}
