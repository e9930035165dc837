import type { PricingContext } from '../pricing-context.ts';
import { type ContextStanding } from './context-standing.ts';
import { type GoodsIndex, type GoodsIndexer, indexGoods } from './goods-index.ts';
import type { Promotion, PromotionClass, PromotionEffect } from './promotion.ts';

/** A promotion, made ready to be tried on carts. */
export interface Rule {
  /** Its place among all: by priority, the highest first, then by id. */
  readonly position: number;
  readonly promotion: Promotion;
  readonly class: PromotionClass;
  /** Whether it combines with other promotions of its class PRODUCT. */
  readonly isStackable: boolean;
  /** A bit for its class, and the bits of the classes that it combines with. */
  readonly classBit: number;
  readonly consentBits: number;
  /** Targets of its effect by id in the index: one, or `buy` and `get`, or one for each part of a bundle; none with gifts and shipping. */
  readonly goods: readonly number[];
  /** The target that its conditions count; null counts every good. */
  readonly counting: number | null;
}

/** All promotions that may be in force, made ready once and then tried on many carts. Plain data. */
export interface CompiledPromotions {
  readonly rules: readonly Rule[];
  readonly goods: GoodsIndex;
  /** What was found out for a context, as long as somebody has the context. */
  readonly standings: WeakMap<PricingContext, ContextStanding>;
}

const CLASSES: Readonly<Record<PromotionEffect['kind'], PromotionClass>> = {
  PERCENT: 'PRODUCT',
  AMOUNT: 'PRODUCT',
  BUY_GET: 'PRODUCT',
  BUNDLE: 'PRODUCT',
  GIFT: 'PRODUCT',
  CART_PERCENT: 'ORDER',
  CART_AMOUNT: 'ORDER',
  FREE_SHIPPING: 'SHIPPING',
};

const CLASS_BITS: Readonly<Record<PromotionClass, number>> = { PRODUCT: 1, ORDER: 2, SHIPPING: 4 };

/** On what a promotion of this kind works. */
export const classOf = (effect: PromotionEffect): PromotionClass => CLASSES[effect.kind];

/** Makes promotions ready to be tried on carts, in whatever order they come. Costs milliseconds for hundreds: do it once, not once a cart. */
export function compilePromotions(promotions: readonly Promotion[]): CompiledPromotions {
  const indexer = indexGoods();
  const sorted = [...promotions].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  const rules = sorted.map((promotion, position): Rule => {
    const { effect, conditions } = promotion;
    const kind = classOf(effect);
    return {
      position,
      promotion,
      class: kind,
      classBit: CLASS_BITS[kind],
      consentBits: promotion.combinesWith.reduce((bits, each) => bits | CLASS_BITS[each], 0),
      isStackable: kind === 'PRODUCT' && promotion.combinesWith.includes('PRODUCT'),
      goods: goodsOf(effect, indexer),
      counting: conditions.counting && indexer.add(conditions.counting),
    };
  });
  return { rules, goods: indexer.index(), standings: new WeakMap() };
}

function goodsOf(effect: PromotionEffect, indexer: GoodsIndexer): number[] {
  switch (effect.kind) {
    case 'PERCENT':
    case 'AMOUNT':
    case 'CART_PERCENT':
    case 'CART_AMOUNT':
      return [indexer.add(effect.target)];
    case 'BUY_GET':
      return [indexer.add(effect.buy), indexer.add(effect.get)];
    case 'BUNDLE':
      return effect.parts.map(({ target }) => indexer.add(target));
    case 'GIFT':
    case 'FREE_SHIPPING':
      return [];
  }
}

/** Whether two promotions that meet agree to apply together: each names the other's class. */
export const consent = (left: Rule, right: Rule): boolean =>
  (left.consentBits & right.classBit) !== 0 && (right.consentBits & left.classBit) !== 0;
