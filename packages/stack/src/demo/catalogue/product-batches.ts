import { CHANNELS } from '../channels.ts';
import { known, type Ids } from '../send.ts';
import { attributesOfProduct, attributesOfVariant } from './attributes.ts';
import { categoriesOf } from './categories.ts';
import type { DemoProduct } from './expand.ts';
import { germanWords } from './german/words.ts';
import { PRODUCTS } from './products.ts';
import { relationsOf } from './relations.ts';
import { textsOf } from './texts.ts';

/** Products that are published in the same channels, few enough for one call; none leads to one of a later batch. */
export interface ProductBatch {
  readonly channels: readonly string[];
  readonly products: readonly DemoProduct[];
}

const BATCH = 200;
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

/** A product as `productsUpsert` takes it. @param categoryIds by handle */
export const toProductInput = (product: DemoProduct, categoryIds: Ids) => {
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
    variants: product.variants.map(({ eurMinor: _, eurWasMinor: __, ...variant }) => ({
      ...variant,
      attributes: attributesOfVariant(product, variant.optionValues),
    })),
    media,
    attributes: attributesOfProduct(handle),
    categoryIds: categoriesOf(product).map((category) => known(categoryIds, category)),
    optionWords: germanWords([...optionNames, ...product.variants.flatMap(({ optionValues }) => optionValues)]),
    texts: textsOf(handle),
    relations: relationsOf(handle),
  };
};
