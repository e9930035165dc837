import { formatPrecise } from '../amounts/precise-text.ts';
import { derivedPrice, type FeeSchedules, priceOfList } from '../lists/derive.ts';
import type { Candidate, PriceList } from '../lists/price-list.ts';
import { compareLists, type ListRefusal, listRefusal, type SelectedPrice, selectPrice } from '../lists/select-price.ts';
import { tierOf } from '../lists/tier.ts';
import type { PricingContext } from '../pricing-context.ts';
import { derivationStep, type PriceStep } from './price-step.ts';

/** Why a list did not price a variant. */
export type LossReason =
  | ListRefusal
  | 'DRAFT'
  | 'NOT_SOLD'
  | 'NO_TIER'
  | 'LESS_SPECIFIC'
  | 'FOR_ALL_CHANNELS'
  | 'UNDATED'
  | 'DEARER_GROUP'
  | 'LATER_ID';

/** A list that holds something for a variant, and what became of it. */
export interface ExplainedCandidate {
  readonly list: PriceList;
  /** Null for the one that won. */
  readonly reason: LossReason | null;
  /** Decimal text of what it gives for one unit at the quantity, exactly; null when nothing. */
  readonly amount: string | null;
  readonly minQuantity: number | null;
  /** How it follows from what the list, or one above it, holds. */
  readonly derivation: readonly PriceStep[];
}

interface Asked {
  readonly context: PricingContext;
  readonly quantity: number;
  readonly taxBasisPoints: number;
  readonly feeSchedules: FeeSchedules;
}

/** Tells of each list that holds something for a variant whether it won and why not: the winner first, then the most specific. */
export function explainCandidates(
  candidates: readonly Candidate[],
  asked: Asked,
): { readonly selected: SelectedPrice | null; readonly candidates: readonly ExplainedCandidate[] } {
  const selected = selectPrice(candidates, asked);
  const explained = candidates
    .toSorted((one, other) => compareLists(other.list, one.list) || (one.list.id < other.list.id ? -1 : 1))
    .map((candidate) => explainOne(candidate, selected, asked));
  return { selected, candidates: explained.sort((one, other) => rank(one) - rank(other)) };
}

const rank = ({ reason, amount }: ExplainedCandidate): number => (reason === null ? 0 : amount === null ? 2 : 1);

function explainOne(candidate: Candidate, selected: SelectedPrice | null, asked: Asked): ExplainedCandidate {
  const { list } = candidate;
  const { context, quantity, feeSchedules } = asked;
  const price = priceOfList(candidate, quantity, { now: context.now, feeSchedules });
  return {
    list,
    reason: reasonOf(candidate, selected, context, price !== null),
    amount: price && formatPrecise(price.amount, list.currency),
    minQuantity: price && price.minQuantity,
    derivation: price ? stepsOf(candidate, quantity, price.heldAt, feeSchedules) : [],
  };
}

function reasonOf(
  { list }: Candidate,
  selected: SelectedPrice | null,
  context: PricingContext,
  hasPrice: boolean,
): LossReason | null {
  if (selected?.list.id === list.id) return null;
  if (list.activity === null) return 'DRAFT';
  const refusal = listRefusal(list, context);
  if (refusal !== null) return refusal;
  if (!context.isSold) return 'NOT_SOLD';
  if (!hasPrice || !selected) return 'NO_TIER';
  const winner = selected.list;
  if (winner.scope !== list.scope) return 'LESS_SPECIFIC';
  if ((winner.channel !== null) !== (list.channel !== null)) return 'FOR_ALL_CHANNELS';
  if ((winner.validity !== null) !== (list.validity !== null)) return 'UNDATED';
  return list.scope === 'GROUP' ? 'DEARER_GROUP' : 'LATER_ID';
}

/** The row that a price comes from, and what each list below makes of it. */
function stepsOf({ chain, rowsOfChain }: Candidate, quantity: number, heldAt: number, fees: FeeSchedules): PriceStep[] {
  const row = tierOf(rowsOfChain[heldAt]!, quantity);
  if (!row) return [];
  const holder = chain[heldAt]!;
  const held = formatPrecise(row.amount, holder.currency);
  const from = row.minQuantity === 1 ? '' : ` from ${row.minQuantity} pieces on`;
  const steps: PriceStep[] = [
    { rule: 'LIST_PRICE', text: `The list ${holder.code} says ${held} ${holder.currency}${from}.`, amount: held },
  ];
  let price = { ...row, heldAt };
  for (let below = heldAt - 1; below >= 0; below -= 1) {
    const list = chain[below]!;
    const next = derivedPrice(price, list, fees);
    if (!next) break;
    steps.push(derivationStep(list, price.amount, next.amount));
    price = { ...next, heldAt };
  }
  return steps;
}
