import type { ProductVariants } from '../domain/feeds/offer.ts';

/** What sources take at a time. */
const VARIANTS_PER_CALL = 1_000;

/** Asks about all variants of products, 1,000 a call and one call after another, so that a feed never crowds out who is waiting. */
export async function askInParts<Answer extends { readonly variantId: string }>(
  products: readonly ProductVariants[],
  ask: (variantIds: readonly string[]) => Promise<readonly Answer[]>,
): Promise<(variantIds: readonly string[]) => Answer[]> {
  const all = products.flatMap(({ variantIds }) => variantIds);
  const byVariant = new Map<string, Answer[]>();
  for (let from = 0; from < all.length; from += VARIANTS_PER_CALL) {
    for (const answer of await ask(all.slice(from, from + VARIANTS_PER_CALL))) {
      const known = byVariant.get(answer.variantId);
      if (known) known.push(answer);
      else byVariant.set(answer.variantId, [answer]);
    }
  }
  return (variantIds) => variantIds.flatMap((id) => byVariant.get(id) ?? []);
}
