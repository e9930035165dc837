import type { CollectionPageSource, ProductCardSource, ProductListSource, ProductPageSource } from './sources.ts';

type Priced = Pick<ProductCardSource, 'variants'> | Pick<ProductPageSource, 'variants'>;

/** The tags of a product's page. */
export const productPageTags = (product: ProductPageSource): string[] =>
  distinct([
    `product:${product.id}`,
    ...product.collections.map(({ id }) => `collection:${id}`),
    ...priceTags([product]),
  ]);

/** The tags of a list of products. */
export function productListTags({ edges }: Pick<ProductListSource, 'edges'>): string[] {
  const products = edges.map(({ node }) => node);
  return distinct([...products.map(({ id }) => `product:${id}`), ...priceTags(products)]);
}

/** The tags of a collection's page. */
export const collectionPageTags = (collection: CollectionPageSource): string[] => [
  `collection:${collection.id}`,
  ...productListTags(collection.products),
];

/** One tag per price list that priced a variant. */
const priceTags = (products: readonly Priced[]): string[] =>
  products.flatMap(({ variants }) =>
    variants.flatMap(({ price }) => (price?.priceList ? [`prices:${price.priceList.code}`] : [])),
  );

const distinct = (tags: readonly string[]): string[] => [...new Set(tags)];
