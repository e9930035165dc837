import { isId } from '@kontor/kit/src/ids.ts';
import { addScores, orderScore } from './demand-score.ts';

/** What is kept of an order: which variants, and when. Nothing of who bought. */
export interface PlacedOrder {
  readonly variantIds: readonly string[];
  readonly placedAtMs: number;
}

/** Orders of more products than these say little of what goes together. */
const MOST_PRODUCTS = 30;
const MOST_LINES = 1_000;

/**
 * The order of an `orders.order.placed`; null for what says nothing that could be counted.
 * @param nowMs an order is not younger: one that claims to be would outweigh all others for good.
 */
export function readPlacedOrder(payload: unknown, nowMs: number): PlacedOrder | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { lines, placedAt } = payload as { lines?: unknown; placedAt?: unknown };
  if (!Array.isArray(lines) || typeof placedAt !== 'string') return null;
  const placedAtMs = Date.parse(placedAt);
  if (Number.isNaN(placedAtMs)) return null;
  const variantIds = lines
    .slice(0, MOST_LINES)
    .map((line: unknown) => (line as { variantId?: unknown } | null)?.variantId)
    .filter((id): id is string => typeof id === 'string' && isId(id));
  return { variantIds: [...new Set(variantIds)], placedAtMs: Math.min(placedAtMs, nowMs) };
}

/** A product with a score. */
export interface ProductScore {
  readonly productId: string;
  readonly score: number;
}

/** A product that was bought with another, with a score. */
export interface PairScore extends ProductScore {
  readonly otherProductId: string;
}

/** What orders add to products and to pairs of products, both ways; each once, in no order. */
export function scoresOfOrders(
  orders: readonly PlacedOrder[],
  productOf: ReadonlyMap<string, string>,
): { readonly products: ProductScore[]; readonly pairs: PairScore[] } {
  const products = new Map<string, ProductScore>();
  const pairs = new Map<string, PairScore>();
  for (const { variantIds, placedAtMs } of orders) {
    const score = orderScore(placedAtMs);
    // However many of it were bought: a product counts once an order.
    const ids = [...new Set(variantIds.flatMap((id) => productOf.get(id) ?? []))];
    for (const productId of ids) add(products, productId, { productId, score });
    for (const [productId, otherProductId] of pairsOf(ids.slice(0, MOST_PRODUCTS)))
      add(pairs, `${productId}/${otherProductId}`, { productId, otherProductId, score });
  }
  return { products: [...products.values()], pairs: [...pairs.values()] };
}

const pairsOf = (ids: readonly string[]): (readonly [string, string])[] =>
  ids.flatMap((id) => ids.filter((other) => other !== id).map((other) => [id, other] as const));

function add<Value extends { readonly score: number }>(scores: Map<string, Value>, key: string, value: Value): void {
  const known = scores.get(key);
  scores.set(key, known ? { ...known, score: addScores(known.score, value.score) } : value);
}
