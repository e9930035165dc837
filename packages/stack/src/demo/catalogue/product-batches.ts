import { CHANNELS } from '../channels.ts';
import type { DemoProduct } from './expand.ts';
import { PRODUCTS } from './products.ts';

/** Products that are published in the same channels, few enough for one call. */
export interface ProductBatch {
  readonly channels: readonly string[];
  readonly products: readonly DemoProduct[];
}

const BATCH = 100;
/** Marketplaces do not list blades from everybody. */
const BLADES = ['Axes & Saws', 'Knives'];

const everywhere = CHANNELS.map(({ code }) => code);

/** The channels in which a product is published. */
export const channelsOf = ({ productType }: DemoProduct): readonly string[] =>
  BLADES.includes(productType) ? everywhere.filter((code) => code !== 'marketplace') : everywhere;

/** The assortment in as many batches as it takes. */
export function productBatches(): ProductBatch[] {
  const groups = Map.groupBy(PRODUCTS, (product) => channelsOf(product).join(' '));
  return [...groups.values()].flatMap((products) => {
    const starts = Array.from({ length: Math.ceil(products.length / BATCH) }, (_, index) => index * BATCH);
    return starts.map((start) => ({
      channels: products[0] ? channelsOf(products[0]) : [],
      products: products.slice(start, start + BATCH),
    }));
  });
}

/** A product as `productsUpsert` takes it. */
export const toProductInput = (product: DemoProduct) => {
  const { handle, title, descriptionHtml, vendor, productType, tags, optionNames, media } = product;
  return {
    handle,
    title,
    descriptionHtml,
    vendor,
    productType,
    tags,
    published: true,
    optionNames,
    variants: product.variants.map(({ eurMinor: _, eurWasMinor: __, ...variant }) => variant),
    media,
  };
};
