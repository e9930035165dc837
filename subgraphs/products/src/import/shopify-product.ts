import type { FeedFieldsInput, ProductStatus } from '../domain/editing/inputs.ts';
import { PRODUCT_LIMITS, type VariantInput } from '../domain/product-rules.ts';
import { cleanLine, isWebAddress } from '../domain/text.ts';
import { noteOnHtml, readAddress, readCode, readFlag, readPrice, readWhole } from './cells.ts';
import type { TableRow } from './delimited-rows.ts';
import type { ImportNote, ImportProduct, ImportRejection, ImportVariant } from './import-item.ts';
import type { GroupReading } from './product-groups.ts';
import { hasFeedColumns, readFeedFields, readFeedOverrides } from './shopify-feed-fields.ts';

const OPTION_NUMBERS = [1, 2, 3] as const;
const NO_NUMBER_KEPT = 'is not a whole number';
const STATUSES: Readonly<Record<string, ProductStatus>> = { active: 'ACTIVE', draft: 'DRAFT', archived: 'ARCHIVED' };

/** What is remembered of the whole file while it is read product by product. */
export interface FileMemory {
  /** The line on which each SKU stood first. */
  readonly skuLines: Map<string, number>;
  /** Whether the file has a column. */
  has(column: string): boolean;
}

/** A variant as its row has it. */
interface ReadVariant {
  readonly variant: VariantInput;
  readonly beside: ImportVariant;
  /** Null when the file does not say. */
  readonly isTaxed: boolean | null;
}

/** An image while the rows are read. */
interface ReadImage {
  readonly url: string;
  altText: string | null;
  position: number;
}

const VARIANT_COLUMNS = [
  'Option1 Value',
  'Option2 Value',
  'Option3 Value',
  'Variant SKU',
  'Variant Price',
  'Variant Barcode',
];

/** Whether a row describes a variant; the others only carry an image. */
const isVariantRow = (row: TableRow): boolean => VARIANT_COLUMNS.some((column) => row.cell(column) !== '');

/** Reads the rows of one product: what could be kept of it, and the rows that could not. */
export const readShopifyProduct = (handle: string, rows: readonly TableRow[], memory: FileMemory): GroupReading =>
  new ProductReader(handle, rows, memory).read();

class ProductReader {
  readonly #handle: string;
  readonly #rows: readonly TableRow[];
  readonly #memory: FileMemory;
  readonly #notes: ImportNote[] = [];
  readonly #rejections: ImportRejection[] = [];
  readonly #images = new Map<string, ReadImage>();
  readonly #lineOfOptions = new Map<string, number>();

  constructor(handle: string, rows: readonly TableRow[], memory: FileMemory) {
    this.#handle = handle;
    this.#rows = rows;
    this.#memory = memory;
  }

  read(): GroupReading {
    const product = this.#product();
    this.#notes.sort((a, b) => a.line - b.line);
    return { product, notes: product === null ? [] : this.#notes, rejections: this.#rejections };
  }

  #product(): ImportProduct | null {
    const first = this.#rows[0]!;
    const title = first.cell('Title');
    if (title === '')
      return this.#reject(
        first.line,
        'Title',
        `The product has no title on its first row; its ${this.#rows.length} rows are left out.`,
      );
    const options = this.#optionNames(first);
    const feedFields = this.#has(...hasFeedColumns)
      ? readFeedFields(first, (column, reason) => this.#note(first.line, column, reason))
      : undefined;
    const variants: ReadVariant[] = [];
    for (const row of this.#rows) {
      this.#addImage(row, 'Image Src', row.cell('Image Alt Text'), readWhole(row.cell('Image Position')));
      const variant = isVariantRow(row) ? this.#variant(row, options, feedFields) : null;
      if (variant) variants.push(variant);
      else if (!isVariantRow(row) && row.cell('Image Src') === '')
        this.#note(row.line, null, 'The row has neither a variant nor an image.');
    }
    if (variants.length === 0)
      return this.#reject(first.line, 'Variant Price', 'The product has no variant that could be kept.');
    return this.#assemble(first, title, options, feedFields, variants);
  }

  #assemble(
    first: TableRow,
    title: string,
    optionNames: readonly string[],
    feedFields: FeedFieldsInput | undefined,
    variants: readonly ReadVariant[],
  ): ImportProduct {
    const optional = (column: string) => (this.#has(column) ? first.cell(column) || null : undefined);
    const { taxCategory, ofVariants } = taxCategories(variants.map(({ isTaxed }) => isTaxed));
    const descriptionHtml = first.cell('Body (HTML)');
    const htmlNote = noteOnHtml(descriptionHtml);
    if (htmlNote) this.#note(first.line, 'Body (HTML)', htmlNote);
    return {
      document: {
        handle: this.#handle,
        title,
        descriptionHtml: this.#has('Body (HTML)') ? descriptionHtml : undefined,
        vendor: optional('Vendor'),
        productType: optional('Type'),
        tags: this.#has('Tags') ? readTags(first.cell('Tags')) : undefined,
        seoTitle: optional('SEO Title'),
        seoDescription: optional('SEO Description'),
        optionNames,
        status: this.#status(first),
        taxCategory,
        isGiftCard: this.#has('Gift Card') ? readFlag(first.cell('Gift Card')) : undefined,
        feedFields,
        variants: variants.map(({ variant }, index) => ({ ...variant, taxCategory: ofVariants?.[index] })),
        media: this.#has('Image Src', 'Variant Image') ? this.#media() : undefined,
      },
      published: this.#has('Published') ? !/^(false|no|0)$/i.test(first.cell('Published')) : null,
      currency: null,
      variants: variants.map(({ beside }) => beside),
    };
  }

  #status(first: TableRow): ProductStatus | undefined {
    const text = first.cell('Status');
    const status = STATUSES[text.toLowerCase()];
    if (text !== '' && status === undefined)
      this.#note(first.line, 'Status', `"${text.slice(0, 40)}" is not active, draft or archived: left as it is.`);
    return status;
  }

  /** The images by their position where they have one, else as they come in the file. */
  #media() {
    return [...this.#images.values()]
      .sort((a, b) => a.position - b.position)
      .map(({ url, altText }) => ({ url, altText }));
  }

  /** The names of the options; none for the placeholder that stands where a product has no choice. */
  #optionNames(first: TableRow): string[] {
    const names = OPTION_NUMBERS.map((number) => cleanLine(first.cell(`Option${number} Name`)));
    const placeholder =
      names[0] === 'Title' &&
      first.cell('Option1 Value') === 'Default Title' &&
      this.#rows.filter(isVariantRow).length === 1;
    return placeholder ? [] : names.slice(0, names.findLastIndex((name) => name !== '') + 1);
  }

  #variant(row: TableRow, options: readonly string[], feedFields: FeedFieldsInput | undefined): ReadVariant | null {
    const optionValues = this.#optionValues(row, options);
    if (optionValues === null) return null;
    const priceText = row.cell('Variant Price');
    const price = readPrice(priceText);
    if (price === null && priceText !== '')
      return this.#reject(
        row.line,
        'Variant Price',
        `"${priceText.slice(0, 40)}" is not a price: digits with a point before the decimals, such as 12.50.`,
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
    if (price === null)
      this.#note(row.line, 'Variant Price', 'The variant has no price: it is kept and cannot be sold.');
    const has = (column: string) => this.#has(column);
    return {
      variant: {
        optionValues,
        sku: has('Variant SKU') ? this.#sku(row) : undefined,
        barcode: has('Variant Barcode') ? readCode(row.cell('Variant Barcode')) : undefined,
        weightGrams: has('Variant Grams') ? this.#weight(row) : undefined,
        imageUrl: has('Variant Image') ? this.#addImage(row, 'Variant Image', '', null) : undefined,
        requiresShipping: has('Variant Requires Shipping')
          ? readFlag(row.cell('Variant Requires Shipping'))
          : undefined,
        feedFields: feedFields && row !== this.#rows[0] ? readFeedOverrides(row, feedFields) : undefined,
      },
      beside: { line: row.line, price, compareAt: this.#compareAt(row), ...this.#stock(row) },
      isTaxed: has('Variant Taxable') ? readFlag(row.cell('Variant Taxable')) : null,
    };
  }

  #compareAt(row: TableRow): string | null {
    const text = row.cell('Variant Compare At Price');
    const price = readPrice(text);
    if (text !== '' && price === null)
      this.#note(row.line, 'Variant Compare At Price', `"${text.slice(0, 40)}" is not a price: left out.`);
    return price;
  }

  #stock(row: TableRow): Pick<ImportVariant, 'quantity' | 'continueSelling'> {
    const policy = row.cell('Variant Inventory Policy').toLowerCase();
    const quantity = this.#has('Variant Inventory Qty') ? this.#quantity(row) : null;
    if (policy !== '' && policy !== 'deny' && policy !== 'continue')
      this.#note(
        row.line,
        'Variant Inventory Policy',
        `"${policy.slice(0, 40)}" is neither deny nor continue: left as it is.`,
      );
    if (this.#has('Variant Inventory Tracker') && row.cell('Variant Inventory Tracker') === '')
      this.#note(
        row.line,
        'Variant Inventory Tracker',
        `The stock of the variant is not tracked in the file. Here it is, beginning with ${quantity ?? 0}: without stock it is not sold.`,
      );
    const service = row.cell('Variant Fulfillment Service');
    if (service !== '' && service !== 'manual')
      this.#note(
        row.line,
        'Variant Fulfillment Service',
        `"${service.slice(0, 40)}" is not taken: the quantity lies where the import puts it.`,
      );
    return { quantity, continueSelling: policy === 'continue' ? true : policy === 'deny' ? false : null };
  }

  /** A value for each option; null when the row was rejected for one. */
  #optionValues(row: TableRow, options: readonly string[]): string[] | null {
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

  #sku(row: TableRow): string | null {
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

  #weight(row: TableRow): number | null {
    const text = row.cell('Variant Grams');
    const grams = readWhole(text);
    if (grams !== null && grams >= 0) return grams;
    if (text !== '')
      this.#note(row.line, 'Variant Grams', `"${text.slice(0, 40)}" ${NO_NUMBER_KEPT} of grams: left out.`);
    return null;
  }

  #quantity(row: TableRow): number {
    const text = row.cell('Variant Inventory Qty');
    const quantity = readWhole(text);
    if (quantity === null && text !== '')
      this.#note(row.line, 'Variant Inventory Qty', `"${text.slice(0, 40)}" ${NO_NUMBER_KEPT}: taken as 0.`);
    if (quantity !== null && quantity < 0)
      this.#note(row.line, 'Variant Inventory Qty', `The quantity ${quantity} is negative: taken as 0.`);
    return Math.max(0, quantity ?? 0);
  }

  /** Takes the image of a column into the product's, once. @returns its address; null when there is none that can be kept */
  #addImage(row: TableRow, column: string, altText: string, position: number | null): string | null {
    const text = row.cell(column);
    if (text === '') return null;
    const url = readAddress(text, isWebAddress);
    const known = url === null ? undefined : this.#images.get(url);
    if (url === null) this.#note(row.line, column, `"${text.slice(0, 60)}" is not a web address: left out.`);
    else if (known) {
      known.altText ??= altText || null;
      known.position = Math.min(known.position, position ?? known.position);
      return url;
    } else if (this.#images.size === PRODUCT_LIMITS.media)
      this.#note(row.line, column, `A product has at most ${PRODUCT_LIMITS.media} images: left out.`);
    else {
      this.#images.set(url, { url, altText: altText || null, position: position ?? Number.MAX_SAFE_INTEGER });
      return url;
    }
    return null;
  }

  #has(...columns: readonly string[]): boolean {
    return columns.some((column) => this.#memory.has(column));
  }

  #note(line: number, column: string | null, reason: string): void {
    this.#notes.push({ line, column, reason });
  }

  #reject(line: number, column: string, reason: string): null {
    this.#rejections.push({ line, column, handle: this.#handle, reason });
    return null;
  }
}

const readTags = (text: string): string[] =>
  text
    .split(',')
    .map(cleanLine)
    .filter((tag) => tag !== '');

/** Tax categories from the flags of the variants, kept at the product where they are alike. */
function taxCategories(flags: readonly (boolean | null)[]): {
  taxCategory: string | undefined;
  ofVariants: (string | null)[] | null;
} {
  if (flags.includes(null)) return { taxCategory: undefined, ofVariants: null };
  const isExempt = flags.every((flag) => !flag);
  return {
    taxCategory: isExempt ? 'exempt' : 'standard',
    ofVariants: flags.map((flag) => (flag || isExempt ? null : 'exempt')),
  };
}
