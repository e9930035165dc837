import type { PricingContext } from '../pricing-context.ts';
import type { ShippingOption, ShippingZone } from './shipping-option.ts';
import { findZone, type ShippingDestination } from './shipping-zone.ts';

/** What is sent: its weight, where what nobody has weighed counts as nothing, and what it costs after discounts. Minor units. */
export interface ShippedGoods {
  readonly grams: number;
  readonly gross: number;
  readonly net: number;
}

export interface Shipment {
  readonly context: Pick<PricingContext, 'channel' | 'currency'>;
  readonly destination: ShippingDestination;
  readonly goods: ShippedGoods;
}

/** An option that is offered for a shipment, with what it costs before promotions and in which mode of tax. */
export interface RatedOption {
  readonly code: string;
  readonly name: string;
  readonly amountMinor: number;
  readonly taxIncluded: boolean;
  readonly taxCategory: string;
}

/**
 * The options that are offered for a shipment, by position, then code: the active ones of its channel and currency with a zone for where it goes
 * that takes its weight. The first zone that holds the destination decides alone.
 */
export function rateShipping(options: readonly ShippingOption[], shipment: Shipment): RatedOption[] {
  const offered: { option: ShippingOption; amountMinor: number }[] = [];
  for (const option of options) {
    const amountMinor = amountOf(option, shipment);
    if (amountMinor !== null) offered.push({ option, amountMinor });
  }
  offered.sort((left, right) => bySequence(left.option, right.option));
  return offered.map(({ option: { code, name, taxIncluded, taxCategory }, amountMinor }) => ({
    code,
    name,
    amountMinor,
    taxIncluded,
    taxCategory,
  }));
}

const bySequence = (left: ShippingOption, right: ShippingOption): number =>
  left.position - right.position || (left.code < right.code ? -1 : 1);

/** What an option costs for a shipment; null when it is not offered. */
function amountOf(option: ShippingOption, { context, destination, goods }: Shipment): number | null {
  if (!option.isActive || option.currency !== context.currency) return null;
  if (option.channels.length > 0 && !option.channels.includes(context.channel)) return null;
  const zone = findZone(option.zones, destination);
  if (zone === null || (zone.maxGrams !== null && goods.grams > zone.maxGrams)) return null;
  const totalMinor = option.taxIncluded ? goods.gross : goods.net;
  if (zone.freeFromMinor !== null && totalMinor >= zone.freeFromMinor) return 0;
  return bracketAmount(zone, reachedIn(zone, goods.grams, totalMinor));
}

const reachedIn = ({ basis }: ShippingZone, grams: number, totalMinor: number): number => {
  if (basis === 'WEIGHT') return grams;
  return basis === 'TOTAL' ? totalMinor : 0;
};

/** The amount of the last bracket that is reached; null when not even the first is. */
function bracketAmount({ brackets }: ShippingZone, reached: number): number | null {
  return brackets.findLast(({ from }) => reached >= from)?.amountMinor ?? null;
}
