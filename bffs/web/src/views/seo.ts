import type { ProductPageSource } from './sources.ts';
import { productPath } from './paths.ts';

/** What search engines are told of a product's page. */
export const productSeo = ({ seo, handle }: Pick<ProductPageSource, 'seo' | 'handle'>) => ({
  ...seo,
  canonicalPath: productPath(handle),
});
