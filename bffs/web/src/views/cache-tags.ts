import { breadcrumbsOf } from './breadcrumbs.ts';
import type {
  CategoryPageSource,
  CollectionPageSource,
  ProductListSource,
  ProductPageSource,
  RelatedSource,
} from './sources.ts';

interface Priced {
  readonly price: { readonly priceList?: { readonly code: string } } | null;
}
interface Identified {
  readonly id: string;
}
type ShownList = Pick<ProductListSource, 'edges' | 'facets'>;

/** The tags of a product's page: also of the related products and categories that it shows. */
export function productPageTags(product: ProductPageSource): string[] {
  const related = relatedOf(product);
  return distinct([
    `product:${product.id}`,
    ...(product.productType ? [productTypeTag(product.productType)] : []),
    ...product.collections.map(collectionTag),
    ...breadcrumbsOf(product).map(categoryTag),
    ...related.map(productTag),
    ...[product, ...related].flatMap(({ variants }) => priceTags(variants ?? [])),
  ]);
}

/** The tags of a list of products; facets are named after categories and product types. */
export function productListTags({ edges, facets }: ShownList): string[] {
  const products = edges.map(({ node }) => node);
  return distinct([
    ...products.map(productTag),
    ...products.flatMap(({ variants }) => priceTags(variants)),
    ...(facets ?? []).flatMap(facetTags),
  ]);
}

/** The tags of a collection's page. */
export const collectionPageTags = (collection: CollectionPageSource): string[] => [
  collectionTag(collection),
  ...productListTags(collection.products),
];

/** The tags of a category's page: also of the categories above and below that it shows. */
export const categoryPageTags = (category: CategoryPageSource): string[] =>
  distinct([
    ...[category, ...(category.ancestors ?? []), ...(category.children ?? [])].map(categoryTag),
    ...(category.products ? productListTags(category.products) : []),
  ]);

const relatedOf = (page: ProductPageSource): readonly RelatedSource[] => [
  ...(page.accessories ?? []),
  ...(page.crossSells ?? []),
  ...(page.successors ?? []),
  ...(page.recommendations ?? []).map(({ product }) => product),
];

const productTag = ({ id }: Identified): string => `product:${id}`;
const collectionTag = ({ id }: Identified): string => `collection:${id}`;
const categoryTag = ({ id }: Identified): string => `category:${id}`;
const productTypeTag = (name: string): string => `product-type:${name}`;

function facetTags({ facet, value }: NonNullable<ProductListSource['facets']>[number]): string[] {
  if (facet === 'CATEGORY') return [categoryTag({ id: value })];
  return facet === 'PRODUCT_TYPE' ? [productTypeTag(value)] : [];
}

/** One tag per price list that priced a variant. */
const priceTags = (variants: readonly Priced[]): string[] =>
  variants.flatMap(({ price }) => (price?.priceList ? [`prices:${price.priceList.code}`] : []));

const distinct = (tags: readonly string[]): string[] => [...new Set(tags)];
