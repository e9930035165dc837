import { times } from '../amounts/precise.ts';
import { proportion } from '../amounts/proportion.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { CompiledPromotions, Rule } from './compile-promotions.ts';
import { matchGoods } from './goods-index.ts';
import type { PromotionCart, PromotionLine } from './promotion-cart.ts';

/**
 * A line of the cart while promotions are applied. Its unit is in the mode of the list that prices it; amounts of several units are as the cart
 * counts them: in that mode too, but gross in a cart that has lines of both modes.
 */
export interface BasketLine {
  readonly line: PromotionLine;
  /** Whether it counts gross although its list is net, because the cart has lines of both modes. */
  readonly isTurned: boolean;
  /** One unit after the unit promotions so far. */
  unit: PreciseAmount;
  /** Unit promotions on it, in the order in which they follow each other. */
  units: Rule[];
  /** All units at `unit`. */
  unitsMinor: number;
  /** Off by promotions that take units: BUY_GET, BUNDLE, GIFT. */
  takenMinor: number;
  /** Off by promotions of the class ORDER. */
  orderMinor: number;
  /** Units that a promotion has taken; no other takes them again. */
  takenUnits: number;
  /** The promotions of the class PRODUCT that touch it. */
  touching: Rule[];
}

/** A cart while promotions are tried on it: which lines they mean, and what was applied so far. */
export interface Basket {
  readonly cart: PromotionCart;
  readonly lines: readonly BasketLine[];
  readonly positions: ReadonlyMap<string, number>;
  /** By target: the lines that it means. */
  readonly matches: readonly (readonly number[])[];
  /** Off shipping so far. */
  shippingMinor: number;
}

/** What stays the same of a cart however often promotions are tried on it. */
export type BasketBase = Pick<Basket, 'cart' | 'positions' | 'matches'> & { readonly isMixed: boolean };

/** Matches a cart with the promotions. @param cart with its lines in the order of their variants. */
export function basketBase({ goods }: CompiledPromotions, cart: PromotionCart): BasketBase {
  const { lines } = cart;
  return {
    cart,
    positions: new Map(lines.map(({ variantId }, position) => [variantId, position])),
    matches: matchGoods(goods, lines),
    isMixed: lines.some(({ taxIncluded }) => taxIncluded !== lines[0]!.taxIncluded),
  };
}

/** A basket that no promotion was applied to. */
export const freshBasket = ({ cart, positions, matches, isMixed }: BasketBase): Basket => ({
  cart,
  positions,
  matches,
  shippingMinor: 0,
  lines: cart.lines.map((line) => freshLine(line, isMixed && !line.taxIncluded)),
});

function freshLine(line: PromotionLine, isTurned: boolean): BasketLine {
  const fresh = { line, isTurned, unit: line.unit, unitsMinor: 0, takenMinor: 0, orderMinor: 0, takenUnits: 0 };
  return { ...fresh, units: [], touching: [], unitsMinor: worthOf(fresh, line.unit, line.quantity) };
}

/** What so many units of the line cost at a price, as the cart counts them. */
export function worthOf(
  { line, isTurned }: Pick<BasketLine, 'line' | 'isTurned'>,
  unit: PreciseAmount,
  quantity: number,
): number {
  const minor = times(unit, quantity);
  return isTurned ? minor + proportion(minor, line.taxBasisPoints, 10_000) : minor;
}

/** What the line costs after its promotions of the class PRODUCT. */
export const goodsMinor = ({ unitsMinor, takenMinor }: BasketLine): number => Math.max(0, unitsMinor - takenMinor);

/** What the line costs after all its promotions. */
export const dueMinor = (line: BasketLine): number => Math.max(0, goodsMinor(line) - line.orderMinor);

/** Units that no promotion has taken. */
export const freeUnits = ({ line, takenUnits }: BasketLine): number => line.quantity - takenUnits;

/** Orders lines by what one unit costs now, the cheapest first; equal ones in the order of their variants. */
export function byPrice({ lines }: Basket): (left: number, right: number) => number {
  return (left, right) => unitWorth(lines[left]!) - unitWorth(lines[right]!) || left - right;
}

/** What a unit costs, as the cart counts it, with fractions: for comparing only. */
export const unitWorth = ({ unit, isTurned, line }: BasketLine): number =>
  (unit.minor + unit.micros / 1_000_000) * (isTurned ? 1 + line.taxBasisPoints / 10_000 : 1);
