import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findUnknownChannels } from '../data/allocation-policies.ts';
import { findSellingPolicy, saveSellingPolicy } from '../data/selling-policies.ts';
import { isSellingFault, toSellingPolicy, type SellingInput } from '../domain/selling-policy.ts';
import { busyConfiguration } from './policy-outcome.ts';

/** A selling policy as it shall be. */
export interface SetSellingPolicy extends SellingInput {
  /** The version that the caller has seen, 0 when none was ever set; null or absent when it does not matter. */
  readonly expectedVersion?: number | null | undefined;
}

/** Sets how a variant is sold when nothing of it is left, in one transaction during which nothing is reserved. What is sold ahead already stays so. */
export async function setSellingPolicy(db: Database, input: SetSellingPolicy) {
  if (!isId(input.variantId)) return notFound('There is no such variant.', ['input', 'variantId']);
  const values = toSellingPolicy(input);
  if (isSellingFault(values)) return invalidInput(values.code, values.message, ['input', values.field]);
  const [unknown] = await findUnknownChannels(db, values.channels ?? []);
  if (unknown !== undefined)
    return invalidInput('UNKNOWN_CHANNEL', `There is no channel ${unknown}.`, ['input', 'channels']);
  try {
    const saved = await saveSellingPolicy(db, values, input.expectedVersion ?? null);
    if (saved.outcome === 'conflict') return versionConflict('The selling policy', saved.version ?? 0);
    const sellingPolicy = await findSellingPolicy(db, values.variantId);
    if (!sellingPolicy) throw new Error('a selling policy that was saved is there: none is ever deleted');
    return { __typename: 'SellingPolicySaved' as const, sellingPolicy };
  } catch (error) {
    return busyConfiguration(error);
  }
}
