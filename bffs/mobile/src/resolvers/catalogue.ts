import { pageSize } from '@kontor/kit/src/connection.ts';
import type {
  CatalogueChangeResolvers,
  CatalogueProductResolvers,
  ProductCardResolvers,
  ProductConnectionResolvers,
  ProductScreenResolvers,
} from '../generated/schema.ts';
import { shortened } from '../views/facets.ts';
import { picturesOf } from '../views/pictures.ts';
import { isInStock, lowestPrice } from '../views/product-card.ts';

/** What a phone shows before somebody wants more. */
const VALUES = 5;
/** More are not counted. */
const MOST_VALUES = 20;

export const ProductConnection: ProductConnectionResolvers = {
  facets: ({ facets }, { first }) => facets && shortened(facets, pageSize(first, VALUES, MOST_VALUES)),
};

export const ProductScreen: ProductScreenResolvers = {
  images: ({ media }) => picturesOf(media),
};

export const ProductCard: ProductCardResolvers = {
  image: ({ media }) => picturesOf(media ?? [])[0],
  lowestPrice: ({ variants }) => lowestPrice(variants ?? []),
  isInStock: ({ variants }) => isInStock(variants ?? []),
};

export const CatalogueChange: CatalogueChangeResolvers = {
  isRemoved: ({ product }) => product === null,
};

export const CatalogueProduct: CatalogueProductResolvers = {
  categoryIds: ({ categories }) => (categories ?? []).map(({ id }) => id),
  images: ({ media }) => picturesOf(media ?? []),
};
