import type { ProductInput } from '../domain/product-rules.ts';

/** Something about a row that was kept: what was changed or noticed. */
export interface CsvNote {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

/** A variant of the file, aligned with `product.variants`. */
export interface CsvVariant {
  /** Where its row begins; the header is line 1. */
  readonly line: number;
  readonly optionValues: readonly string[];
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  /** A decimal number such as `78.00`, in whatever currency the file is meant. */
  readonly price: string;
  readonly compareAt: string | null;
  /** Never negative. */
  readonly quantity: number;
  /** Whether the quantity counts at all. */
  readonly inventoryTracked: boolean;
  /** Whether it may be sold when there is none. */
  readonly continueSelling: boolean;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
}

/** A product of the file with the rows that could be kept. */
export interface CsvProduct {
  readonly kind: 'product';
  readonly handle: string;
  /** Where its first row begins. */
  readonly line: number;
  readonly product: ProductInput;
  readonly variants: readonly CsvVariant[];
  /** Of the product and of its variants, by line. */
  readonly notes: readonly CsvNote[];
}

/** A row that was not kept. */
export interface CsvRejection {
  readonly kind: 'rejection';
  readonly line: number;
  readonly column: string | null;
  readonly handle: string | null;
  readonly reason: string;
}

/** A file that cannot be read on: it is no catalogue, or broken from here. The message is one line that names the line. */
export class CsvFault extends Error {
  /** The line at fault; the header is line 1. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(`Line ${line}: ${message}`);
    this.name = 'CsvFault';
    this.line = line;
  }
}
