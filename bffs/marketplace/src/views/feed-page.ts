import type { FeedQuery } from '../generated/upstream.ts';

type Product = FeedQuery['productListing']['edges'][number]['node'];

/** A page of the feed: the products of a page of the catalogue, one item per variant. */
export const feedPage = ({ edges, pageInfo }: FeedQuery['productListing']) => ({
  items: edges.flatMap(({ node }) => itemsOf(node)),
  pageInfo,
});

const itemsOf = ({ id, handle, title, vendor, seo, category, variants }: Product) =>
  variants.map(({ barcode, feedFields, ...variant }) => ({
    ...variant,
    ...feedFields,
    itemGroupId: id,
    title: variants.length > 1 ? `${title} – ${variant.title}` : title,
    description: seo.description,
    link: `/products/${encodeURIComponent(handle)}`,
    brand: vendor,
    gtin: barcode && /^(\d{8}|\d{12,14})$/.test(barcode) ? barcode : null,
    taxonomyCategory: category?.mapping,
  }));
