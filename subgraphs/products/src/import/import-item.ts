import type { ProductInput } from '../domain/product-rules.ts';

/** The formats that catalogues are read from and written in. */
export const CATALOGUE_FORMATS = ['shopify', 'google', 'jsonl'] as const;
export type CatalogueFormat = (typeof CATALOGUE_FORMATS)[number];

/** Something about a row that was kept: what was changed, noticed or not taken. */
export interface ImportNote {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

/** A row that was not kept, and why. */
export interface ImportRejection {
  readonly line: number;
  readonly column: string | null;
  readonly handle: string | null;
  readonly reason: string;
}

/** A row as it stands in the file, so that it can be written out again: its cells, or the whole line where there are none. */
export interface SourceRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** When and where a product is shown. */
export interface DocumentPublication {
  readonly channel: string;
  /** ISO 8601; null for no bound. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** Everything of a product that no other subgraph owns, without ids: what an export gives and a line of JSON lines has. */
export interface ProductDocument extends Omit<ProductInput, 'published' | 'categoryIds'> {
  /** Handles, the main one first. */
  readonly categories?: readonly string[] | undefined;
  readonly publications?: readonly DocumentPublication[] | undefined;
  /** Of variants that are bundles: what they consist of. */
  readonly bundles?: readonly DocumentBundle[] | undefined;
}

/** What a variant consists of. */
export interface DocumentBundle {
  readonly optionValues: readonly string[];
  readonly components: readonly {
    readonly handle: string;
    readonly optionValues: readonly string[];
    readonly quantity: number;
  }[];
}

/** A product of which a file tells only some fields: what is absent stays as it is. */
export type PartialDocument = { readonly [Field in keyof ProductDocument]?: ProductDocument[Field] | undefined } & {
  readonly handle: string;
};

/** What a file says of a variant beyond the product's document. Null: the file says nothing of it, and it stays as it is. */
export interface ImportVariant {
  /** Where its row begins; the header is line 1. */
  readonly line: number;
  /** A decimal number such as `78.00`. */
  readonly price: string | null;
  /** The former price; null for none, where there is a price. */
  readonly compareAt: string | null;
  /** Never negative. */
  readonly quantity: number | null;
  /** Whether it may be sold when there is none. */
  readonly continueSelling: boolean | null;
}

/** What could be kept of a product. */
export interface ImportProduct {
  readonly document: PartialDocument;
  /** Whether it shall be published where the import publishes; null where `document.publications` says it, or nothing does. */
  readonly published: boolean | null;
  /** The currency of the prices, where the file says it. */
  readonly currency: string | null;
  /** Aligned with `document.variants`; empty when it has none. */
  readonly variants: readonly ImportVariant[];
}

/** A piece of a file that is written all or nothing, whatever its format: the rows of a product, or rows that no product could be made of. */
export interface ImportItem {
  /** Where its first row begins; grows from item to item. */
  readonly line: number;
  readonly handle: string | null;
  /** Null when nothing could be kept. */
  readonly product: ImportProduct | null;
  /** By line. */
  readonly notes: readonly ImportNote[];
  readonly rejections: readonly ImportRejection[];
  readonly rows: readonly SourceRow[];
  /** Whether it refers to products that stand before it, which therefore have to be written first. */
  readonly isLater: boolean;
}

/** A file that is being read. */
export interface ImportReading {
  readonly items: AsyncGenerator<ImportItem>;
  /** The header, as soon as the first item was given; empty for a format without one. */
  header(): readonly string[];
}

/** A file that cannot be read on: it is no catalogue, or broken from here. The message is one line that names the line. */
export class ImportFault extends Error {
  /** The line at fault; the header is line 1. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(`Line ${line}: ${message}`);
    this.name = 'ImportFault';
    this.line = line;
  }
}

/** The columns that files of rejected rows have behind their own: read past without a note. */
export const REJECTION_COLUMNS = ['Kontor Line', 'Kontor Reason'] as const;
