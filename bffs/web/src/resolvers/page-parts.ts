import type { CategoryBranchResolvers, CategoryLinkResolvers, ProductAttributeResolvers } from '../generated/schema.ts';
import { categoryPath } from '../views/paths.ts';

export const CategoryLink: CategoryLinkResolvers = {
  canonicalPath: ({ handle }) => categoryPath(handle),
};

export const CategoryBranch: CategoryBranchResolvers = {
  canonicalPath: ({ handle }) => categoryPath(handle),
};

export const ProductAttribute: ProductAttributeResolvers = {
  products: ({ references }) => references ?? [],
};
