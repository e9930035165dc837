import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { findShippingOption } from '../../data/shipping/find-shipping-options.ts';
import { lockShippingOptions, removeShippingOption as removeRow } from '../../data/shipping/shipping-options.ts';
import { announceEngine } from '../announce/announce-engine.ts';

export type ShippingRemovalOutcome =
  | { readonly __typename: 'ShippingOptionRemoved'; readonly shippingOptionCode: string }
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/**
 * Removes a way of sending, in one transaction; quotes that promised it are honoured until they end.
 * @param expectedVersion the version that was read; null takes whatever there is.
 */
export function removeShippingOption(
  db: Database,
  code: string,
  expectedVersion: number | null,
): Promise<ShippingRemovalOutcome> {
  return inTransaction(db, async (tx): Promise<ShippingRemovalOutcome> => {
    await lockShippingOptions(tx);
    const before = code.includes('\0') ? null : await findShippingOption(tx, code);
    if (!before) return notFound(`There is no shipping option "${code.slice(0, 64)}".`, ['input', 'code']);
    if (expectedVersion !== null && expectedVersion !== before.version)
      return versionConflict(`The shipping option "${code}"`, before.version);
    await removeRow(tx, code);
    await announceEngine(tx, []);
    return { __typename: 'ShippingOptionRemoved', shippingOptionCode: code };
  });
}
