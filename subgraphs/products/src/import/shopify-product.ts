import { PRODUCT_LIMITS, type MediaInput } from '../domain/product-rules.ts';
import { cleanLine, isWebAddress } from '../domain/text.ts';
import type { CsvNote, CsvProduct, CsvRejection, CsvVariant } from './csv-product.ts';
import { isVariantRow, readCode, readFlag, readPrice, readWhole, type ShopifyRow } from './shopify-row.ts';

const OPTION_NUMBERS = [1, 2, 3] as const;
const NO_NUMBER_KEPT = 'is not a whole number';

/** What is remembered of the whole file while it is read product by product. */
export interface FileMemory {
  /** The line on which each SKU stood first. */
  readonly skuLines: Map<string, number>;
}

/** Reads the rows of one product. @returns the product with what could be kept of it, and the rows that could not, by line */
export function readShopifyProduct(
  handle: string,
  rows: readonly ShopifyRow[],
  memory: FileMemory,
): (CsvProduct | CsvRejection)[] {
  return new ProductReader(handle, rows, memory).read();
}

class ProductReader {
  readonly #handle: string;
  readonly #rows: readonly ShopifyRow[];
  readonly #memory: FileMemory;
  readonly #notes: CsvNote[] = [];
  readonly #rejections: CsvRejection[] = [];
  readonly #media = new Map<string, MediaInput>();
  readonly #lineOfOptions = new Map<string, number>();

  constructor(handle: string, rows: readonly ShopifyRow[], memory: FileMemory) {
    this.#handle = handle;
    this.#rows = rows;
    this.#memory = memory;
  }

  read(): (CsvProduct | CsvRejection)[] {
    const first = this.#rows[0]!;
    const title = first.cell('Title');
    if (title === '') {
      this.#reject(
        first.line,
        'Title',
        `The product has no title on its first row; its ${this.#rows.length} rows are left out.`,
      );
      return this.#rejections;
    }
    const options = this.#optionNames(first);
    const variants: (CsvVariant & { readonly imageUrl: string | null })[] = [];
    for (const row of this.#rows) {
      this.#addImage(row, 'Image Src', row.cell('Image Alt Text'));
      const variant = isVariantRow(row) ? this.#variant(row, options) : null;
      if (variant) variants.push(variant);
      else if (!isVariantRow(row) && row.cell('Image Src') === '')
        this.#note(row.line, null, 'The row has neither a variant nor an image.');
    }
    if (variants.length === 0) {
      this.#reject(first.line, 'Variant Price', 'The product has no variant that could be kept.');
      return this.#rejections;
    }
    return [...this.#rejections, this.#product(first, title, options, variants)];
  }

  #product(
    first: ShopifyRow,
    title: string,
    options: readonly string[],
    variants: readonly (CsvVariant & { readonly imageUrl: string | null })[],
  ): CsvProduct {
    const optional = (column: string) => first.cell(column) || null;
    const status = first.cell('Status').toLowerCase();
    return {
      kind: 'product',
      handle: this.#handle,
      line: first.line,
      product: {
        handle: this.#handle,
        title,
        descriptionHtml: first.cell('Body (HTML)'),
        vendor: optional('Vendor'),
        productType: optional('Type'),
        tags: first
          .cell('Tags')
          .split(',')
          .map(cleanLine)
          .filter((tag) => tag !== ''),
        published: !/^(false|no|0)$/i.test(first.cell('Published')) && (status === '' || status === 'active'),
        seoTitle: optional('SEO Title'),
        seoDescription: optional('SEO Description'),
        externalReference: null,
        optionNames: [...options],
        variants: variants.map(({ optionValues, sku, barcode, weightGrams, imageUrl }) => ({
          optionValues,
          sku,
          barcode,
          weightGrams,
          imageUrl,
        })),
        media: [...this.#media.values()],
      },
      variants: variants.map(({ imageUrl: _, ...variant }) => variant),
      notes: this.#notes.sort((a, b) => a.line - b.line),
    };
  }

  /** The names of the options; none for the placeholder that stands where a product has no choice. */
  #optionNames(first: ShopifyRow): string[] {
    const names = OPTION_NUMBERS.map((number) => cleanLine(first.cell(`Option${number} Name`)));
    const placeholder =
      names[0] === 'Title' &&
      first.cell('Option1 Value') === 'Default Title' &&
      this.#rows.filter(isVariantRow).length === 1;
    return placeholder ? [] : names.slice(0, names.findLastIndex((name) => name !== '') + 1);
  }

  #variant(row: ShopifyRow, options: readonly string[]): (CsvVariant & { readonly imageUrl: string | null }) | null {
    const optionValues = this.#optionValues(row, options);
    const price = readPrice(row.cell('Variant Price'));
    if (optionValues === null) return null;
    if (price === null)
      return this.#reject(
        row.line,
        'Variant Price',
        `"${row.cell('Variant Price').slice(0, 40)}" is not a price: digits with a point before the decimals, such as 12.50.`,
      );
    const name = JSON.stringify(optionValues);
    const earlier = this.#lineOfOptions.get(name);
    if (earlier !== undefined)
      return this.#reject(
        row.line,
        'Option1 Value',
        `The variant ${optionValues.join(' / ') || 'without options'} stands on line ${earlier} already.`,
      );
    if (this.#lineOfOptions.size === PRODUCT_LIMITS.variants)
      return this.#reject(row.line, 'Handle', `A product has at most ${PRODUCT_LIMITS.variants} variants.`);
    this.#lineOfOptions.set(name, row.line);
    const compareAt = row.cell('Variant Compare At Price');
    if (compareAt !== '' && readPrice(compareAt) === null)
      this.#note(row.line, 'Variant Compare At Price', `"${compareAt.slice(0, 40)}" is not a price: left out.`);
    return {
      line: row.line,
      optionValues,
      sku: this.#sku(row),
      barcode: readCode(row.cell('Variant Barcode')),
      weightGrams: this.#weight(row),
      price,
      compareAt: readPrice(compareAt),
      quantity: this.#quantity(row),
      inventoryTracked: row.cell('Variant Inventory Tracker') !== '',
      continueSelling: row.cell('Variant Inventory Policy').toLowerCase() === 'continue',
      taxable: readFlag(row.cell('Variant Taxable')),
      requiresShipping: readFlag(row.cell('Variant Requires Shipping')),
      imageUrl: this.#addImage(row, 'Variant Image', ''),
    };
  }

  /** A value for each option; null when the row was rejected for one. */
  #optionValues(row: ShopifyRow, options: readonly string[]): string[] | null {
    const values: string[] = [];
    for (const number of OPTION_NUMBERS) {
      const column = `Option${number} Value`;
      const value = cleanLine(row.cell(column));
      const isOption = number <= options.length;
      if (isOption && value === '')
        return this.#reject(row.line, column, `The variant has no value for the option "${options[number - 1]}".`);
      if (!isOption && value !== '' && value !== 'Default Title')
        return this.#reject(
          row.line,
          column,
          `The value "${value.slice(0, 40)}" belongs to no option: the product's first row names none.`,
        );
      if (isOption) values.push(value);
    }
    return values;
  }

  #sku(row: ShopifyRow): string | null {
    const sku = readCode(row.cell('Variant SKU'));
    if (sku === null) {
      this.#note(row.line, 'Variant SKU', 'The variant has no SKU.');
      return null;
    }
    const earlier = this.#memory.skuLines.get(sku);
    if (earlier === undefined) this.#memory.skuLines.set(sku, row.line);
    else this.#note(row.line, 'Variant SKU', `The SKU ${sku.slice(0, 60)} stands on line ${earlier} already.`);
    return sku;
  }

  #weight(row: ShopifyRow): number | null {
    const text = row.cell('Variant Grams');
    const grams = readWhole(text);
    if (grams !== null && grams >= 0) return grams;
    if (text !== '')
      this.#note(row.line, 'Variant Grams', `"${text.slice(0, 40)}" ${NO_NUMBER_KEPT} of grams: left out.`);
    return null;
  }

  #quantity(row: ShopifyRow): number {
    const text = row.cell('Variant Inventory Qty');
    const quantity = readWhole(text);
    if (quantity === null && text !== '')
      this.#note(row.line, 'Variant Inventory Qty', `"${text.slice(0, 40)}" ${NO_NUMBER_KEPT}: taken as 0.`);
    if (quantity !== null && quantity < 0)
      this.#note(row.line, 'Variant Inventory Qty', `The quantity ${quantity} is negative: taken as 0.`);
    return Math.max(0, quantity ?? 0);
  }

  /** Takes the image of a column into the product's, once. @returns its address; null when there is none that can be kept */
  #addImage(row: ShopifyRow, column: string, altText: string): string | null {
    const text = row.cell(column);
    if (text === '') return null;
    const url = isWebAddress(text) ? text : (URL.parse(text)?.href ?? '');
    if (!isWebAddress(url)) this.#note(row.line, column, `"${text.slice(0, 60)}" is not a web address: left out.`);
    else if (this.#media.has(url)) return url;
    else if (this.#media.size === PRODUCT_LIMITS.media)
      this.#note(row.line, column, `A product has at most ${PRODUCT_LIMITS.media} images: left out.`);
    else {
      this.#media.set(url, { url, altText: altText || null });
      return url;
    }
    return null;
  }

  #note(line: number, column: string | null, reason: string): void {
    this.#notes.push({ line, column, reason });
  }

  #reject(line: number, column: string, reason: string): null {
    this.#rejections.push({ kind: 'rejection', line, column, handle: this.#handle, reason });
    return null;
  }
}
