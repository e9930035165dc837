import type {
  CatalogueChangeResolvers,
  CatalogueProductResolvers,
  ProductCardResolvers,
  ProductScreenResolvers,
} from '../generated/schema.ts';
import { picturesOf } from '../views/pictures.ts';
import { isInStock, lowestPrice } from '../views/product-card.ts';

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
