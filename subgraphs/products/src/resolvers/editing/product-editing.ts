import { requestFault } from '@kontor/kit/src/errors.ts';
import { createProduct } from '../../commands/create-product.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { authorOf, type Context } from '../../context.ts';
import type {
  MutationResolvers,
  ProductConflictResolvers,
  ProductCreatedResolvers,
  ProductResolvers,
  ProductVariantResolvers,
} from '../../generated/schema.ts';

/** Products of one public call: each may take a few kilobytes of text, and all are locked together. */
const MAX_PRODUCTS = 100;

export const editingMutations: Pick<MutationResolvers, 'productCreate' | 'productsUpsert'> = {
  productCreate: (_, { input }, ctx) => createProduct(ctx.db, input, authorOf(ctx, 'productCreate')),
  productsUpsert: async (_, { input: { products, publishIn } }, ctx) => {
    if (products.length > MAX_PRODUCTS)
      throw requestFault('BAD_USER_INPUT', `At most ${MAX_PRODUCTS} products at once, not ${products.length}.`, {
        path: ['input', 'products'],
      });
    return { results: await upsertProducts(ctx.db, products, publishIn, authorOf(ctx, 'productsUpsert')) };
  },
};

/** A product that a command has just written or looked at: who may change one sees all, and none is ever deleted. */
async function writtenProduct({ productId }: { readonly productId: string }, _: unknown, { loaders }: Context) {
  const product = await loaders.product.clear(productId).load(productId);
  if (!product) throw new Error(`product ${productId} is gone`);
  return product;
}

export const ProductCreated: ProductCreatedResolvers = { product: writtenProduct };
export const ProductConflict: ProductConflictResolvers = { product: writtenProduct };

const toList = (references: Readonly<Record<string, string>> | null) =>
  Object.entries(references ?? {}).map(([source, id]) => ({ source, id }));

/** Fields of a product that its editors set and nothing else decides. */
export const productDetails: Pick<ProductResolvers, 'externalReferences' | 'translations'> = {
  externalReferences: ({ externalReferences }) => toList(externalReferences),
  translations: async ({ productId }, _, { loaders }) =>
    (await loaders.textsOfProduct.load(productId)).map(({ channel, locale, ...texts }) => ({
      ...texts,
      channel: channel || null,
      locale: locale || null,
    })),
};

/** The same of a variant. */
export const variantDetails: Pick<ProductVariantResolvers, 'externalReferences'> = {
  externalReferences: ({ externalReferences }) => toList(externalReferences),
};
