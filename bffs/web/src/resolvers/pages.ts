import type {
  CollectionPageResolvers,
  ProductCardResolvers,
  ProductPageResolvers,
  SearchPageResolvers,
} from '../generated/schema.ts';
import { collectionPageTags, productListTags, productPageTags } from '../views/cache-tags.ts';
import { productJsonLd } from '../views/json-ld.ts';
import { collectionPath } from '../views/paths.ts';
import { productSeo } from '../views/seo.ts';

export const ProductPage: ProductPageResolvers = {
  product: (page) => page,
  gallery: ({ media }) => media,
  seo: productSeo,
  jsonLd: productJsonLd,
  cacheTags: productPageTags,
};

export const CollectionPage: CollectionPageResolvers = {
  canonicalPath: ({ handle }) => collectionPath(handle),
  cacheTags: collectionPageTags,
};

export const SearchPage: SearchPageResolvers = {
  cacheTags: ({ products }) => productListTags(products),
};

export const ProductCard: ProductCardResolvers = {
  image: ({ media }) => media?.[0],
};
