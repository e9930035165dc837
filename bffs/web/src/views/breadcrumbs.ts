import type { CategoryPartsFragment } from '../generated/upstream.ts';
import type { ProductPageSource } from './sources.ts';

/** The way to a product's main category, the root first and the category itself last; empty for a product without one. */
export function breadcrumbsOf({ category }: Pick<ProductPageSource, 'category'>): CategoryPartsFragment[] {
  return category ? [...category.ancestors, category] : [];
}
