import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { isDeepStrictEqual } from 'node:util';
import { findShippingOption } from '../../data/shipping/find-shipping-options.ts';
import {
  countShippingOptions,
  lockShippingOptions,
  writeShippingOption,
} from '../../data/shipping/shipping-options.ts';
import { acceptShippingOption, type ShippingOptionInput } from '../../domain/shipping/accept-shipping-option.ts';
import type { ShippingOption } from '../../domain/shipping/shipping-option.ts';
import { announceEngine } from '../announce/announce-engine.ts';

export type ShippingOptionOutcome =
  | { readonly __typename: 'ShippingOptionSaved'; readonly option: ShippingOption }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

const MAX_OPTIONS = 200;

/**
 * Makes a way of sending, or changes the one of that code, in one transaction. One that is so already keeps its version and tells nobody.
 * @param expectedVersion the version that was read, 0 for none; null takes whatever there is.
 */
export async function setShippingOption(
  db: Database,
  input: ShippingOptionInput,
  expectedVersion: number | null,
): Promise<ShippingOptionOutcome> {
  const accepted = acceptShippingOption(input);
  if ('fault' in accepted) return invalidInput(accepted.fault.code, accepted.fault.message, accepted.fault.path);
  const draft = accepted.value;
  return inTransaction(db, async (tx): Promise<ShippingOptionOutcome> => {
    await lockShippingOptions(tx);
    const before = await findShippingOption(tx, draft.code);
    const version = before?.version ?? 0;
    if (expectedVersion !== null && expectedVersion !== version)
      return versionConflict(`The shipping option "${draft.code}"`, version);
    if (before && isDeepStrictEqual({ ...draft, version }, before))
      return { __typename: 'ShippingOptionSaved', option: before };
    if (!before && (await countShippingOptions(tx)) >= MAX_OPTIONS)
      return invalidInput('TOO_MANY', `There are ${MAX_OPTIONS} shipping options, which is all there can be.`);
    const option = { ...draft, version: version + 1 };
    await writeShippingOption(tx, option);
    await announceEngine(tx, []);
    return { __typename: 'ShippingOptionSaved', option };
  });
}
