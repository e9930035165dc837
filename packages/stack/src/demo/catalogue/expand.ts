import { ean13 } from './ean.ts';
import { VENDORS, type ProductRow, type ProductRows } from './row.ts';

/** A variant with its German shelf price. */
export interface DemoVariant {
  readonly optionValues: readonly string[];
  readonly sku: string;
  readonly barcode: string;
  readonly weightGrams: number;
  readonly imageUrl: string;
  readonly eurMinor: number;
  readonly eurWasMinor: number | null;
}

/** A product of the demo, with everything that the subgraphs are told of it. */
export interface DemoProduct {
  readonly handle: string;
  readonly article: number;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor: string;
  readonly productType: string;
  readonly tags: readonly string[];
  readonly optionNames: readonly string[];
  readonly variants: readonly DemoVariant[];
  readonly media: readonly { readonly url: string; readonly altText: string }[];
}

/** Does not resolve: `.example` is reserved, so that no demo picture is ever fetched from a stranger. */
const IMAGES = 'https://images.kontor.example';
/** The options whose values look different and have an image each. */
const VISIBLE = ['Colour', 'Pattern', 'Glaze', 'Handle', 'Finish', 'Material'];

/** The products that rows describe, in their order. */
export const expandProducts = (rows: ProductRows): DemoProduct[] =>
  Object.entries(rows).map(([handle, row]) => expandProduct(handle, row));

function expandProduct(handle: string, row: ProductRow): DemoProduct {
  const options = Object.entries(row.options ?? {});
  const looksAt = options.findIndex(([name]) => VISIBLE.includes(name));
  const looks = options[looksAt]?.[1] ?? [];
  const imageUrl = (index: number) => `${IMAGES}/${handle}/${index + 1}.jpg`;
  const named = looks.map((look) => `${row.title} in ${look}`);
  return {
    handle,
    article: row.article,
    title: row.title,
    descriptionHtml: row.html,
    vendor: row.vendor,
    productType: row.type,
    tags: row.tags,
    optionNames: options.map(([name]) => name),
    variants: combinations(options.map(([, values]) => values)).map((values, index) => {
      const added = values.reduce((sum, value) => sum + (row.differs?.[value] ?? 0), 0);
      return {
        optionValues: values,
        sku: `${VENDORS[row.vendor]}-${row.article}-${String(index + 1).padStart(2, '0')}`,
        barcode: ean13(row.article, index + 1),
        weightGrams: row.grams + (row.stepGrams ?? 0) * Math.max(0, options[0]?.[1].indexOf(values[0] ?? '') ?? 0),
        imageUrl: imageUrl(Math.max(0, looks.indexOf(values[looksAt] ?? ''))),
        eurMinor: row.eurMinor + added,
        eurWasMinor: row.wasMinor === undefined ? null : row.wasMinor + added,
      };
    }),
    media: [...(named.length > 0 ? named : [row.title]), `${row.title}, detail`].map((altText, index) => ({
      url: imageUrl(index),
      altText,
    })),
  };
}

/** Every combination of one value per list, the last list turning fastest; one empty combination of no lists. */
function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (found, values) => found.flatMap((start) => values.map((value) => [...start, value])),
    [[]],
  );
}
