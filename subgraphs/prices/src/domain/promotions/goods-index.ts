import type { PromotionLine } from './promotion-cart.ts';
import type { GoodsTarget } from './promotion.ts';

/** Ids of targets by what names them. */
interface Named {
  readonly variants: Map<string, number[]>;
  readonly products: Map<string, number[]>;
  readonly categories: Map<string, number[]>;
  readonly labels: Map<string, number[]>;
}

/** All targets of the promotions, turned inside out: a cart is matched by looking up what its lines are, not by asking each target. */
export interface GoodsIndex {
  /** How many targets there are; their ids count from 0. Equal targets are one. */
  readonly size: number;
  readonly included: Named;
  readonly excluded: Named;
  /** Targets that name nothing: every good is in them. */
  readonly everything: readonly number[];
}

/** Collects targets for an index. */
export interface GoodsIndexer {
  /** @returns the id of the target. */
  add(target: GoodsTarget): number;
  index(): GoodsIndex;
}

const named = (): Named => ({ variants: new Map(), products: new Map(), categories: new Map(), labels: new Map() });

type Names = GoodsTarget['exclude'];

/** Starts an index of targets. */
export function indexGoods(): GoodsIndexer {
  const ids = new Map<string, number>();
  const included = named();
  const excluded = named();
  const everything: number[] = [];
  return {
    add(target) {
      const key = JSON.stringify([namesKey(target), namesKey(target.exclude)]);
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = ids.size;
      ids.set(key, id);
      if (addNames(included, target, id) === 0) everything.push(id);
      addNames(excluded, target.exclude, id);
      return id;
    },
    index: () => ({ size: ids.size, included, excluded, everything }),
  };
}

const namesKey = ({ variantIds, productIds, categoryIds, labels }: Names) =>
  [variantIds, productIds, categoryIds, labels].map((list) => [...new Set(list)].sort());

function addNames(to: Named, names: Names, id: number): number {
  const lists = [
    [to.variants, names.variantIds],
    [to.products, names.productIds],
    [to.categories, names.categoryIds],
    [to.labels, names.labels],
  ] as const;
  for (const [map, list] of lists) {
    for (const name of new Set(list)) {
      const targets = map.get(name);
      if (targets) targets.push(id);
      else map.set(name, [id]);
    }
  }
  return lists.reduce((sum, [, list]) => sum + list.length, 0);
}

const NONE: readonly number[] = [];

/**
 * The lines that each target means. A line of whose variant nothing is known yet is meant by its variant id alone, or by a target for everything.
 * @returns by the id of the target: indexes of lines, ascending.
 */
export function matchGoods(index: GoodsIndex, lines: readonly PromotionLine[]): readonly (readonly number[])[] {
  const matches = new Array<readonly number[]>(index.size).fill(NONE);
  /** By target: one more than the index of the line that was decided on last. */
  const decided = new Int32Array(index.size);
  for (const [position, line] of lines.entries()) {
    const stamp = position + 1;
    for (const targets of namesOf(index.excluded, line)) for (const target of targets) decided[target] = stamp;
    const add = (target: number) => {
      if (decided[target] === stamp) return;
      decided[target] = stamp;
      if (matches[target] === NONE) matches[target] = [position];
      else (matches[target] as number[]).push(position);
    };
    for (const targets of namesOf(index.included, line)) targets.forEach(add);
    index.everything.forEach(add);
  }
  return matches;
}

/** The lists of targets that name the line's variant. */
function namesOf(names: Named, { variantId, facts }: PromotionLine): (readonly number[])[] {
  const found: (readonly number[])[] = [];
  const take = (targets: readonly number[] | undefined) => {
    if (targets) found.push(targets);
  };
  if (names.variants.size > 0) take(names.variants.get(variantId));
  if (!facts) return found;
  if (names.products.size > 0) take(names.products.get(facts.productId));
  if (names.categories.size > 0) for (const category of facts.categoryIds) take(names.categories.get(category));
  if (names.labels.size > 0) for (const label of facts.labels) take(names.labels.get(label));
  return found;
}
