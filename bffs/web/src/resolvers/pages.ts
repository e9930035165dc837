import type {
  CategoryPageResolvers,
  CollectionPageResolvers,
  ProductCardResolvers,
  ProductPageResolvers,
  SearchPageResolvers,
} from '../generated/schema.ts';
import { categoryPageTags, collectionPageTags, productListTags, productPageTags } from '../views/cache-tags.ts';
import { breadcrumbsOf } from '../views/breadcrumbs.ts';
import { productJsonLd } from '../views/json-ld.ts';
import { collectionPath } from '../views/paths.ts';
import { isPicture, mediaOf } from '../views/pictures.ts';
import { productSeo } from '../views/seo.ts';

export const ProductPage: ProductPageResolvers = {
  product: (page) => page,
  gallery: ({ media }) => media.filter(isPicture),
  media: ({ media }, { role }) => mediaOf(media, role ?? null),
  breadcrumbs: breadcrumbsOf,
  successor: ({ successors }) => successors?.[0],
  seo: productSeo,
  jsonLd: productJsonLd,
  cacheTags: productPageTags,
};

export const CollectionPage: CollectionPageResolvers = {
  canonicalPath: ({ handle }) => collectionPath(handle),
  seo: ({ seo, handle }) => ({ ...seo!, canonicalPath: collectionPath(handle) }),
  cacheTags: collectionPageTags,
};

export const CategoryPage: CategoryPageResolvers = {
  category: (page) => page,
  cacheTags: categoryPageTags,
};

export const SearchPage: SearchPageResolvers = {
  cacheTags: ({ products }) => productListTags(products),
};

export const ProductCard: ProductCardResolvers = {
  image: ({ media }) => media?.find(isPicture),
};
