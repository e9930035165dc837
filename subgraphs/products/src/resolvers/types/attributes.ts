import { boundedList } from '@kontor/kit/src/connection.ts';
import type { Context } from '../../context.ts';
import type { AttributesRow } from '../../data/types/attributes.ts';
import { ATTRIBUTE_LIMITS, type AttributeScope } from '../../domain/types/attribute-definition.ts';
import {
  referencesIn,
  shownAttributes,
  viewAttribute,
  type AttributeView,
  type NamedReference,
} from '../../domain/types/attribute-view.ts';
import type { AttributeValueResolvers, ProductResolvers, ProductVariantResolvers } from '../../generated/schema.ts';
import { localesOf } from '../reading/read-locale.ts';

/** What `attributes` of a product and of a variant take. */
interface AttributesArgs {
  readonly codes?: readonly string[] | null | undefined;
  readonly locale?: string | null | undefined;
}

export const productAttributes: Pick<ProductResolvers, 'type' | 'attributes'> = {
  type: ({ productType }, _, { loaders }) => (productType === null ? null : loaders.productType.load(productType)),
  attributes: async ({ productId }, args, ctx) =>
    view(ctx, await ctx.loaders.attributesOfProduct.load(productId), { ...args, scope: 'PRODUCT' }),
};

export const variantAttributes: Pick<ProductVariantResolvers, 'attributes'> = {
  attributes: async ({ variantId }, args, ctx) =>
    view(ctx, await ctx.loaders.attributesOfVariant.load(variantId), { ...args, scope: 'VARIANT' }),
};

export const AttributeValue: AttributeValueResolvers = {
  reference: async ({ productIds: [productId] }, _, { loaders }) =>
    productId === undefined ? null : loaders.product.load(productId),
  references: async ({ productIds }, _, { loaders }) => {
    const products = await Promise.all(productIds.map((productId) => loaders.product.load(productId)));
    return products.filter((product) => product !== null);
  },
};

/** Attributes as the caller sees them; `row` is null when the product or variant went in between. */
async function view(
  ctx: Context,
  row: AttributesRow | null,
  { scope, codes, locale }: AttributesArgs & { readonly scope: AttributeScope },
): Promise<AttributeView[]> {
  const wanted = codes ? new Set(boundedList(codes, ATTRIBUTE_LIMITS.definitions, ['codes'])) : null;
  if (!row || row.definitions.length === 0) return [];
  const chain = await localesOf(ctx, locale);
  const shown = shownAttributes(row.definitions, row.values, { scope, chain, codes: wanted });
  const names = new Map<string, NamedReference>();
  const found = await Promise.all(referencesIn(shown).map((key) => ctx.loaders.referenceName.load(key)));
  for (const named of found) if (named) names.set(named.key, named);
  return shown.flatMap((attribute) => viewAttribute(attribute, chain, names) ?? []);
}
