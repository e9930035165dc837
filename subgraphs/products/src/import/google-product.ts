import type { FeedFieldsInput } from '../domain/editing/inputs.ts';
import { PRODUCT_LIMITS, type VariantInput } from '../domain/product-rules.ts';
import { cleanLine, isWebAddress } from '../domain/text.ts';
import { noteOnHtml, readAddress, readCode, readPrice, readWhole } from './cells.ts';
import type { TableRow } from './delimited-rows.ts';
import { GOOGLE_FEED_COLUMNS, GOOGLE_LABELS, GOOGLE_OPTIONS } from './google-columns.ts';
import type { ImportNote, ImportProduct, ImportRejection, ImportVariant } from './import-item.ts';
import type { GroupReading } from './product-groups.ts';

const GRAMS: Readonly<Record<string, number>> = { g: 1, kg: 1000, oz: 28.349523125, lb: 453.59237 };
const FEED_TEXTS = Object.entries(GOOGLE_FEED_COLUMNS) as [keyof typeof GOOGLE_FEED_COLUMNS, string][];

/** Names and values of a variant's options, in order. */
type Options = readonly (readonly [name: string, value: string])[];

/** A variant as its row has it. */
interface ReadVariant {
  readonly variant: VariantInput;
  readonly beside: ImportVariant;
  readonly imageUrl: string | null;
}

/** Reads the rows of one product. @param has whether the file has a column */
export const readGoogleProduct = (
  handle: string,
  rows: readonly TableRow[],
  has: (column: string) => boolean,
): GroupReading => new ProductReader(handle, rows, has).read();

class ProductReader {
  readonly #handle: string;
  readonly #rows: readonly TableRow[];
  readonly #has: (column: string) => boolean;
  readonly #notes: ImportNote[] = [];
  readonly #rejections: ImportRejection[] = [];
  readonly #urls = new Set<string>();
  readonly #lineOfOptions = new Map<string, number>();
  #currency: string | null = null;

  constructor(handle: string, rows: readonly TableRow[], has: (column: string) => boolean) {
    this.#handle = handle;
    this.#rows = rows;
    this.#has = has;
  }

  read(): GroupReading {
    const product = this.#product();
    this.#notes.sort((a, b) => a.line - b.line);
    return { product, notes: product === null ? [] : this.#notes, rejections: this.#rejections };
  }

  #product(): ImportProduct | null {
    const first = this.#rows[0]!;
    const title = first.cell('title');
    if (title === '') return this.#reject(first.line, 'title', 'The product has no title on its first row.');
    if (this.#rows.some((row) => row.cell('title') !== title))
      this.#note(first.line, 'title', 'The rows of the product have different titles: that of the first is taken.');
    const optionNames = this.#optionNames();
    if (optionNames === null) return null;
    const feedFields = this.#feedFields(first);
    const variants: ReadVariant[] = [];
    for (const row of this.#rows) {
      const variant = this.#variant(row, optionNames, feedFields);
      if (variant) variants.push(variant);
    }
    if (variants.length === 0) return this.#reject(first.line, 'id', 'The product has no variant that could be kept.');
    const descriptionHtml = first.cell('description');
    const htmlNote = noteOnHtml(descriptionHtml);
    if (htmlNote) this.#note(first.line, 'description', htmlNote);
    const optional = (column: string) => (this.#has(column) ? cleanLine(first.cell(column)) || null : undefined);
    // Where all rows show the same image it is the product's.
    const ownImages = new Set(variants.map(({ imageUrl }) => imageUrl)).size > 1;
    return {
      document: {
        handle: this.#handle,
        title,
        descriptionHtml: this.#has('description') ? descriptionHtml : undefined,
        vendor: optional('brand'),
        productType: optional('product_type'),
        optionNames,
        feedFields,
        variants: variants.map(({ variant, imageUrl }) => ({ ...variant, imageUrl: ownImages ? imageUrl : null })),
        media: this.#has('image_link') ? Array.from(this.#urls, (url) => ({ url, altText: undefined })) : undefined,
      },
      published: true,
      currency: this.#currency,
      variants: variants.map(({ beside }) => beside),
    };
  }

  /** The names of the options of all rows; null when the product was rejected for them. */
  #optionNames(): string[] | null {
    const first = this.#rows[0]!;
    const given = first.cell('options');
    if (given !== '') {
      const options = readOptions(given);
      if (options === null)
        return this.#reject(first.line, 'options', 'The options are not a JSON list of pairs of a name and a value.');
      return options.map(([name]) => name);
    }
    const names = GOOGLE_OPTIONS.filter(([column]) => this.#rows.some((row) => row.cell(column) !== ''));
    if (names.length > PRODUCT_LIMITS.options)
      return this.#reject(
        first.line,
        names[PRODUCT_LIMITS.options]![0],
        `The product has ${names.length} options, and ${PRODUCT_LIMITS.options} are allowed.`,
      );
    return names.map(([, name]) => name);
  }

  #optionsOf(row: TableRow, optionNames: readonly string[]): Options | null {
    const given = row.cell('options');
    const options =
      given === ''
        ? GOOGLE_OPTIONS.filter(([, name]) => optionNames.includes(name)).map(
            ([column, name]) => [name, cleanLine(row.cell(column))] as const,
          )
        : readOptions(given);
    if (options === null || options.map(([name]) => name).join('\n') !== optionNames.join('\n'))
      return this.#reject(row.line, 'options', 'The options are not those of the first row of the product.');
    const empty = options.find(([, value]) => value === '');
    return empty === undefined
      ? options
      : this.#reject(row.line, empty[0].toLowerCase(), `The variant has no value for the option "${empty[0]}".`);
  }

  #variant(row: TableRow, optionNames: readonly string[], feedFields: FeedFieldsInput): ReadVariant | null {
    const options = this.#optionsOf(row, optionNames);
    if (options === null) return null;
    const price = this.#price(row, 'price');
    const sale = this.#price(row, 'sale_price');
    const former = this.#price(row, 'former_price');
    if (price === undefined || sale === undefined || former === undefined) return null;
    const optionValues = options.map(([, value]) => value);
    const name = JSON.stringify(optionValues);
    const earlier = this.#lineOfOptions.get(name);
    if (earlier !== undefined)
      return this.#reject(
        row.line,
        'item_group_id',
        `The variant ${optionValues.join(' / ') || 'without options'} stands on line ${earlier} already.`,
      );
    this.#lineOfOptions.set(name, row.line);
    if (price === null) this.#note(row.line, 'price', 'The variant has no price: it is kept and cannot be sold.');
    const imageUrl = this.#addImage(row, 'image_link', row.cell('image_link'));
    for (const url of row.cell('additional_image_link').split(','))
      this.#addImage(row, 'additional_image_link', url.trim());
    return {
      variant: {
        optionValues,
        sku: readCode(row.cell(this.#has('sku') ? 'sku' : 'id')),
        barcode: this.#has('gtin') ? readCode(row.cell('gtin')) : undefined,
        weightGrams: this.#weight(row),
        feedFields: row === this.#rows[0] ? undefined : differing(this.#feedFields(row), feedFields),
      },
      beside: {
        line: row.line,
        price: sale ?? price,
        compareAt: sale === null ? former : price,
        ...this.#stock(row),
      },
      imageUrl,
    };
  }

  /** A price such as `12.50 EUR`; null for none, undefined when the row was rejected for it. */
  #price(row: TableRow, column: string): string | null | undefined {
    const text = row.cell(column);
    if (text === '') return null;
    const match = /^(?:([A-Z]{3})\s+)?([\d.,]+)(?:\s*([A-Z]{3}))?$/.exec(text);
    const price = match && readPrice(match[2]!);
    const currency = match && (match[1] ?? match[3]);
    if (price == null || currency == null) {
      this.#reject(row.line, column, `"${text.slice(0, 40)}" is not a price such as 12.50 EUR.`);
      return undefined;
    }
    if (this.#currency !== null && currency !== this.#currency) {
      this.#reject(row.line, column, `The price is in ${currency}, and the product's are in ${this.#currency}.`);
      return undefined;
    }
    this.#currency = currency;
    return price;
  }

  #stock(row: TableRow): Pick<ImportVariant, 'quantity' | 'continueSelling'> {
    const availability = row
      .cell('availability')
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '_');
    const known = ['', 'in_stock', 'out_of_stock', 'preorder', 'backorder', 'limited_availability'].includes(
      availability,
    );
    if (!known)
      this.#note(
        row.line,
        'availability',
        `"${availability.slice(0, 40)}" is no availability of Google: left as it is.`,
      );
    const isOut = availability === 'out_of_stock';
    const sellsAhead = availability === 'preorder' || availability === 'backorder';
    const text = row.cell('quantity');
    const quantity = readWhole(text);
    if (text !== '' && (quantity === null || quantity < 0))
      this.#note(row.line, 'quantity', `"${text.slice(0, 40)}" is not a quantity: taken as 0.`);
    return {
      quantity: text === '' ? (isOut ? 0 : null) : Math.max(0, quantity ?? 0),
      continueSelling: sellsAhead ? true : isOut ? false : null,
    };
  }

  #weight(row: TableRow): number | null | undefined {
    if (!this.#has('shipping_weight')) return undefined;
    const text = row.cell('shipping_weight');
    if (text === '') return null;
    const match = /^(\d{1,9}(?:\.\d+)?)\s*(g|kg|oz|lb)s?$/i.exec(text);
    const grams = match && Math.round(Number(match[1]) * GRAMS[match[2]!.toLowerCase()]!);
    if (grams !== null && grams < 2 ** 31) return grams;
    this.#note(row.line, 'shipping_weight', `"${text.slice(0, 40)}" is not a weight such as 1.5 kg: left out.`);
    return null;
  }

  #feedFields(row: TableRow): FeedFieldsInput {
    const given = FEED_TEXTS.filter(([, column]) => this.#has(column)).map(([field, column]) => [
      field,
      cleanLine(row.cell(column)) || null,
    ]);
    const labels = GOOGLE_LABELS.map((column) => cleanLine(row.cell(column)));
    const labelCount = labels.findLastIndex((label) => label !== '') + 1;
    const exists = row.cell('identifier_exists').toLowerCase();
    return {
      ...(Object.fromEntries(given) as FeedFieldsInput),
      ...(this.#has('identifier_exists')
        ? { customProduct: /^(no|false)$/.test(exists) ? true : /^(yes|true)$/.test(exists) ? false : null }
        : {}),
      ...(GOOGLE_LABELS.some((column) => this.#has(column))
        ? { customLabels: labelCount === 0 ? null : labels.slice(0, labelCount) }
        : {}),
    };
  }

  #addImage(row: TableRow, column: string, text: string): string | null {
    if (text === '') return null;
    const url = readAddress(text, isWebAddress);
    if (url === null) this.#note(row.line, column, `"${text.slice(0, 60)}" is not a web address: left out.`);
    else if (this.#urls.size === PRODUCT_LIMITS.media && !this.#urls.has(url)) {
      this.#note(row.line, column, `A product has at most ${PRODUCT_LIMITS.media} images: left out.`);
      return null;
    } else this.#urls.add(url);
    return url;
  }

  #note(line: number, column: string | null, reason: string): void {
    this.#notes.push({ line, column, reason });
  }

  #reject(line: number, column: string, reason: string): null {
    this.#rejections.push({ line, column, handle: this.#handle, reason });
    return null;
  }
}

/** What a row says otherwise than the first; undefined when it says the same, or nothing. */
function differing(ofRow: FeedFieldsInput, ofProduct: FeedFieldsInput): FeedFieldsInput | undefined {
  const own = Object.entries(ofRow).filter(
    ([field, value]) =>
      value != null && JSON.stringify(value) !== JSON.stringify(ofProduct[field as keyof FeedFieldsInput]),
  );
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

function readOptions(text: string): Options | null {
  try {
    const options: unknown = JSON.parse(text);
    const isPair = (pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
    if (!Array.isArray(options) || !options.every(isPair)) return null;
    return (options as [string, string][]).map(([name, value]) => [cleanLine(name), cleanLine(value)] as const);
  } catch {
    return null;
  }
}
