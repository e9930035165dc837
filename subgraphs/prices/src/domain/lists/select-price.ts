import { microsOf } from '../amounts/precise.ts';
import type { PricingContext } from '../pricing-context.ts';
import { priceOfList, type FeeSchedules, type ListPrice } from './derive.ts';
import { holds } from './in-force.ts';
import type { Candidate, PriceList, PriceListScope } from './price-list.ts';

/** For what a price is selected. */
export interface Selection {
  readonly context: PricingContext;
  /** All that is bought of the variant: a tier applies to the whole of it. */
  readonly quantity: number;
  /** The tax of the variant: among groups, gross prices are compared. */
  readonly taxBasisPoints: number;
  readonly feeSchedules: FeeSchedules;
}

/** The list that prices a variant, with what it gives. */
export interface SelectedPrice extends ListPrice {
  readonly list: PriceList;
  readonly candidate: Candidate;
}

/** Why a list does not come into question. */
export type ListRefusal =
  'SOURCE' | 'OTHER_CURRENCY' | 'OTHER_CHANNEL' | 'OTHER_BUYER' | 'NOT_ACTIVE' | 'OUTSIDE_VALIDITY';

/** The more specific scope wins. Nobody buys at a SOURCE. */
const SPECIFICITY: Readonly<Record<PriceListScope, number>> = {
  SOURCE: -1,
  BASE: 0,
  CHANNEL: 1,
  GROUP: 2,
  COMPANY: 3,
  ASSIGNED: 4,
  LOCATION: 5,
  CUSTOMER: 6,
};

/**
 * The price that applies, of what lists give for one variant at a quantity; null when none does. Currency, audience and time are hard filters; then the
 * most specific scope that *holds* a price wins, not the cheapest (the rule of commercetools); within a scope, a list of the channel before one of all
 * channels, then one with dates before one without, then among groups the lower gross price, then the lower id. The answer does not depend on the
 * order of the candidates.
 */
export function selectPrice(candidates: readonly Candidate[], selection: Selection): SelectedPrice | null {
  if (!selection.context.isSold) return null;
  const { quantity, feeSchedules, context } = selection;
  const at = { now: context.now, feeSchedules };
  let winner: SelectedPrice | null = null;
  for (const candidate of candidates) {
    const { list } = candidate;
    if (listRefusal(list, context) !== null) continue;
    // What cannot win is not worked out.
    const lead = winner === null ? 1 : compareLists(list, winner.list);
    if (lead < 0) continue;
    const price = priceOfList(candidate, quantity, at);
    if (!price) continue;
    const contender = { ...price, list, candidate };
    if (winner === null || lead > 0 || beatsEqual(contender, winner, selection.taxBasisPoints)) winner = contender;
  }
  return winner;
}

/** Why a list does not come into question in a context; null when it does. */
export function listRefusal(list: PriceList, context: PricingContext): ListRefusal | null {
  if (list.scope === 'SOURCE') return 'SOURCE';
  if (list.currency !== context.currency) return 'OTHER_CURRENCY';
  if (list.channel !== null && list.channel !== context.channel) return 'OTHER_CHANNEL';
  if (!isFor(list, context)) return 'OTHER_BUYER';
  if (list.activity === null || !holds(list.activity, context.now)) return 'NOT_ACTIVE';
  return list.validity === null || holds(list.validity, context.now) ? null : 'OUTSIDE_VALIDITY';
}

function isFor({ scope, subject }: PriceList, { buyer, assignedList }: PricingContext): boolean {
  switch (scope) {
    case 'GROUP':
      return subject !== null && buyer.groups.includes(subject);
    case 'COMPANY':
      return subject !== null && subject === buyer.companyId;
    case 'LOCATION':
      return subject !== null && subject === buyer.companyLocationId;
    case 'ASSIGNED':
      return subject !== null && subject === assignedList;
    case 'CUSTOMER':
      return subject !== null && subject === buyer.customerId;
    default:
      // BASE and CHANNEL are for everybody; the channel is a matter of its own.
      return scope === 'BASE' || scope === 'CHANNEL';
  }
}

/** Above zero when the first wins whatever both cost; zero when price or id decide. */
export const compareLists = (one: PriceList, other: PriceList): number =>
  SPECIFICITY[one.scope] - SPECIFICITY[other.scope] ||
  Number(one.channel !== null) - Number(other.channel !== null) ||
  Number(one.validity !== null) - Number(other.validity !== null);

function beatsEqual(one: SelectedPrice, other: SelectedPrice, taxBasisPoints: number): boolean {
  if (one.list.scope === 'GROUP') {
    const difference = grossOf(one, taxBasisPoints) - grossOf(other, taxBasisPoints);
    if (difference !== 0n) return difference < 0n;
  }
  return one.list.id < other.list.id;
}

/** For comparison alone: ten-thousandths of millionths. */
const grossOf = ({ list, amount }: SelectedPrice, taxBasisPoints: number): bigint =>
  microsOf(amount) * BigInt(list.taxIncluded ? 10_000 : 10_000 + taxBasisPoints);
