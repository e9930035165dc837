import type { ProductDocument } from '../import/import-item.ts';

/** What an export has of a variant beside the product's document. */
export interface ExportVariant {
  readonly variantId: string;
  /** A decimal number with the places of its currency; null when the list has none. */
  readonly price: string | null;
  readonly compareAt: string | null;
  readonly quantity: number;
  readonly continueSelling: boolean;
}

/** A product to be written into a file. */
export interface ExportProduct {
  readonly document: ProductDocument;
  /** Whether it is published where the export looks. */
  readonly isPublished: boolean;
  /** Of the prices, ISO 4217. */
  readonly currency: string;
  /** Aligned with the document's variants. */
  readonly variants: readonly ExportVariant[];
}

/** How a catalogue is written in a format. */
export interface CatalogueWriter {
  /** What stands before the products. */
  header(): string;
  /**
   * The lines of a product, empty for one that does not belong into such a file, and what they cannot say of it: the same words for all
   * products of which the same is lost.
   */
  write(product: ExportProduct): { readonly text: string; readonly losses: readonly string[] };
  /** The lines that refer to other products, which stand behind all of them; empty when there is nothing to say. */
  writeLater(product: ExportProduct): string;
}
