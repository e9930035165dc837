import type { SitemapQuery } from '../generated/upstream.ts';
import { productPath } from './paths.ts';

/** A page of the site map from a page of the catalogue. */
export const sitemapPage = ({ edges, pageInfo }: SitemapQuery['productListing']) => ({
  entries: edges.map(({ node }) => ({ path: productPath(node.handle), lastModified: node.updatedAt })),
  pageInfo,
});
