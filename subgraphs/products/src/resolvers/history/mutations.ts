import { discardDraft } from '../../commands/history/discard-draft.ts';
import { publishDraft } from '../../commands/history/publish-draft.ts';
import { restoreProduct } from '../../commands/history/restore-product.ts';
import { setDraft } from '../../commands/history/set-draft.ts';
import { authorOf, type Context } from '../../context.ts';
import type {
  MutationResolvers,
  ProductDraftDiscardedResolvers,
  ProductDraftSavedResolvers,
  ProductRestoredResolvers,
} from '../../generated/schema.ts';
import { readChange } from './read-change.ts';

/** Commands of the history of products and of drafts. */
export const historyMutations: Pick<
  MutationResolvers,
  'productRestore' | 'productDraftSet' | 'productDraftPublish' | 'productDraftDiscard'
> = {
  productRestore: (_, { input }, ctx) => restoreProduct(ctx.db, input, authorOf(ctx, 'productRestore')),
  productDraftSet: (_, { input }, ctx) => setDraft(ctx.db, input, authorOf(ctx, 'productDraftSet')),
  productDraftPublish: (_, { input }, ctx) =>
    publishDraft(ctx.db, input, authorOf(ctx, 'productDraftPublish'), readChange),
  productDraftDiscard: (_, { input }, ctx) => discardDraft(ctx.db, input),
};

/** The product as a command has left it, whatever was read before. */
async function productAfter({ productId }: { readonly productId: string }, { loaders }: Context) {
  loaders.draftOfProduct.clear(productId);
  const product = await loaders.product.clear(productId).load(productId);
  // Products are never deleted, and who may change one sees all.
  if (!product) throw new Error(`product ${productId} is gone`);
  return product;
}

export const ProductRestored: ProductRestoredResolvers = { product: (saved, _, ctx) => productAfter(saved, ctx) };
export const ProductDraftSaved: ProductDraftSavedResolvers = { product: (saved, _, ctx) => productAfter(saved, ctx) };
export const ProductDraftDiscarded: ProductDraftDiscardedResolvers = {
  product: (saved, _, ctx) => productAfter(saved, ctx),
};
