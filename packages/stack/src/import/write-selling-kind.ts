import { setTimeout as wait } from 'node:timers/promises';
import { run, type Operator } from '../operator.ts';
import { SOLD_WITHOUT_END } from './offers.ts';

const TRIES = 10;
const MAX_WAIT_MS = 2_000;

const SELL = `mutation S($input: SellingPolicySetInput!) { sellingPolicySet(input: $input) {
  __typename ... on UserError { message } ... on Busy { retryAfterMs } } }`;

/** Lets a variant be sold when there is none, without end, or not. @throws Error when stock refuses, or stays busy */
export async function setSellingKind(operator: Operator, variantId: string, kind: 'BACKORDER' | 'DENY'): Promise<void> {
  const input = { variantId, kind, ...(kind === 'BACKORDER' ? { limitQuantity: SOLD_WITHOUT_END } : {}) };
  for (let attempt = 1; ; attempt += 1) {
    const { sellingPolicySet } = await run<{
      sellingPolicySet: { __typename: string; message?: string; retryAfterMs?: number };
    }>(operator, 'stock', SELL, { input }, 'shared');
    if (sellingPolicySet.__typename === 'SellingPolicySaved') return;
    if (sellingPolicySet.__typename !== 'Busy' || attempt === TRIES)
      throw new Error(`stock does not take the selling policy of ${variantId}: ${sellingPolicySet.message ?? 'busy'}`);
    await wait(Math.min(sellingPolicySet.retryAfterMs ?? 0, MAX_WAIT_MS));
  }
}
