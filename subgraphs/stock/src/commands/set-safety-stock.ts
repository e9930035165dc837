import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { saveSafetyStock, type SafetyStockRow } from '../data/safety-stocks.ts';
import { isKey } from '../domain/texts.ts';
import { busyConfiguration } from './policy-outcome.ts';

/** A safety stock as it shall be. */
export interface SetSafetyStock extends SafetyStockRow {
  /** What the caller believes is set; null or absent when it does not matter. */
  readonly expectedQuantity?: number | null | undefined;
}

const MAX_QUANTITY = 1_000_000;

/** Sets what a channel leaves of every variant at a location, 0 for nothing, in one transaction during which nothing is reserved. */
export async function setSafetyStock(db: Database, input: SetSafetyStock) {
  const { channel, quantity } = input;
  const locationId = input.locationId.toLowerCase();
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY)
    return invalidInput('INVALID_QUANTITY', `quantity must be from 0 to ${MAX_QUANTITY}, not ${quantity}.`, [
      'input',
      'quantity',
    ]);
  if (!isKey(channel)) return notFound('There is no such channel.', ['input', 'channel']);
  if (!isId(locationId)) return notFound('There is no such location.', ['input', 'locationId']);
  try {
    const saved = await saveSafetyStock(db, { channel, locationId, quantity }, input.expectedQuantity ?? null);
    switch (saved.outcome) {
      case 'saved':
        return { __typename: 'SafetyStockSaved' as const, safetyStock: { channel, locationId, quantity } };
      case 'mismatch':
        return mismatch(saved.quantity ?? 0);
      case 'unknown_channel':
        return notFound('There is no such channel.', ['input', 'channel']);
      case 'unknown_location':
        return notFound('There is no such location.', ['input', 'locationId']);
    }
  } catch (error) {
    return busyConfiguration(error);
  }
}

const mismatch = (currentQuantity: number) => ({
  __typename: 'QuantityMismatch' as const,
  code: 'QUANTITY_MISMATCH',
  message: `${currentQuantity} units are set, not what you believed. Look again and repeat with expectedQuantity ${currentQuantity}.`,
  path: ['input', 'expectedQuantity'],
  currentQuantity,
});
