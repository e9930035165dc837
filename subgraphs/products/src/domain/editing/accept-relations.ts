import { isId } from '@kontor/kit/src/ids.ts';
import { cleanLine } from '../text.ts';
import { EDIT_LIMITS, isHandle } from './accept-line.ts';
import type { RelationKind } from './inputs.ts';
import type { KeptRelations } from './product-content.ts';
import type { RelationsEdit } from './product-edit.ts';
import { at, each, rule } from './rule.ts';

const RELATION_KINDS: readonly RelationKind[] = ['ACCESSORY', 'CROSS_SELL', 'SUCCESSOR'];

/** Categories of a product by id, each once, the main one first. @throws a broken rule */
export function acceptCategoryIds(ids: readonly string[]): string[] {
  rule(
    ids.length <= EDIT_LIMITS.categories,
    `A product is in at most ${EDIT_LIMITS.categories} categories, not ${ids.length}.`,
  );
  each(ids, (id) => rule(isId(id), `There is no category with the id ${cleanLine(id.slice(0, 40))}.`));
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

/** Related products by kind, each kind once. @param by what the products are known by. @throws a broken rule */
export function acceptRelations(
  relations: readonly { readonly kind: RelationKind; readonly products: readonly string[] }[],
  by: 'productIds' | 'handles',
): RelationsEdit[] {
  const seen = new Set<RelationKind>();
  const isKnown = by === 'productIds' ? isId : isHandle;
  return each(relations, ({ kind, products }) => {
    at(['kind'], () => {
      rule(RELATION_KINDS.includes(kind), `A relation is one of ${RELATION_KINDS.join(', ')}.`);
      rule(!seen.has(kind), `The relation ${kind} is given twice.`);
    });
    seen.add(kind);
    return at([by], () => {
      const maximum = kind === 'SUCCESSOR' ? 1 : EDIT_LIMITS.relatedProducts;
      rule(products.length <= maximum, `A product has at most ${maximum} of the relation ${kind}.`);
      each(products, (product) => rule(isKnown(product), noProduct(product)));
      return { kind, products: [...new Set(by === 'productIds' ? products.map((id) => id.toLowerCase()) : products)] };
    });
  });
}

/** What is said of a product that is not there. */
export const noProduct = (product: string): string => `There is no product "${cleanLine(product.slice(0, 100))}".`;

/** Relations with others laid over them, by kind: each kind that is given replaces what there was of it. */
export function layRelations(kept: readonly KeptRelations[], relations: readonly KeptRelations[]): KeptRelations[] {
  const laid = new Map([...kept, ...relations].map(({ kind, productIds }) => [kind, productIds]));
  return RELATION_KINDS.flatMap((kind) => {
    const productIds = laid.get(kind) ?? [];
    return productIds.length > 0 ? [{ kind, productIds }] : [];
  });
}

/** So many products can follow each other. */
export const MAX_SUCCESSORS = 100;

/**
 * Which of the products cannot have the successor that they shall have, because following successors from there leads back to them, or
 * does not end after so many that it could be known.
 * @param wanted new successors by product; null for none. @param kept successors of all products that can be reached.
 */
export function inCircles(
  wanted: ReadonlyMap<string, string | null>,
  kept: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const next = (productId: string) => (wanted.has(productId) ? (wanted.get(productId) ?? null) : kept.get(productId));
  const circular = new Set<string>();
  for (const productId of wanted.keys()) {
    let length = 0;
    for (let follower = next(productId); follower != null; follower = next(follower)) {
      length += 1;
      if (follower === productId || length > MAX_SUCCESSORS) {
        circular.add(productId);
        break;
      }
    }
  }
  return circular;
}
