import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { formatAmount } from '@kontor/kit/src/money.ts';
import type { CatalogueWriter, ExportProduct } from '@kontor/products/src/export/export-product.ts';
import { catalogueWriter } from '@kontor/products/src/export/write-catalogue.ts';
import type { CatalogueFormat } from '@kontor/products/src/import/import-item.ts';
import { formatOfName } from '@kontor/products/src/import/read-catalogue.ts';
import { readListPrices, readStock, SOLD_WITHOUT_END } from '../import/offers.ts';
import { readPresentPage, type PresentProduct } from '../import/present-products.ts';
import type { ImportTarget } from '../import/target.ts';
import type { Operator } from '../operator.ts';

/** Products that are in memory at a time. */
const PAGE = 100;
/** Handles that are named of those that lose the same. */
const NAMED = 3;

/** How a catalogue shall be exported. */
export interface ExportOptions {
  /** Told by the file's name when absent. */
  readonly format?: CatalogueFormat | undefined;
  /** Where the pages of products are, for feeds that link to them. */
  readonly pages?: string | undefined;
  readonly onProgress?: (products: number) => void;
}

/** What an export wrote, and what its format could not say. */
export interface ExportReport {
  readonly products: number;
  readonly variants: number;
  /** What is not in the file, of how many products, with a few handles. */
  readonly losses: readonly { readonly what: string; readonly count: number; readonly handles: readonly string[] }[];
  readonly tookMs: number;
}

/**
 * Streams the catalogue into a file, page by page: products with the prices of a base list and the quantities of a location. Only products of the
 * channels that were chosen, where any were. The file is there when it is whole, or not at all.
 */
export async function exportCatalogue(
  operator: Operator,
  file: string,
  target: ImportTarget,
  options: ExportOptions = {},
): Promise<ExportReport> {
  const startedAt = performance.now();
  const writer = catalogueWriter(options.format ?? formatOfName(file), options.pages);
  const partial = `${file}.part`;
  const output = await open(partial, 'w');
  const run = new ExportRun(operator, writer, target, output);
  try {
    await output.appendFile(writer.header());
    await run.writeAll((text) => text.products, options.onProgress);
    // What leads from product to product stands behind all of them, so that an import finds both ends.
    if (run.hasLater) await run.writeAll((text) => text.later);
    await output.datasync();
    await output.close();
    await rename(partial, file);
  } catch (error) {
    await output.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
  return run.report(performance.now() - startedAt);
}

interface PageText {
  readonly products: string;
  readonly later: string;
}

class ExportRun {
  hasLater = false;
  readonly #operator: Operator;
  readonly #writer: CatalogueWriter;
  readonly #target: ImportTarget;
  readonly #output: FileHandle;
  readonly #losses = new Map<string, { count: number; handles: string[] }>();
  #products = 0;
  #variants = 0;
  #isCounted = false;

  constructor(operator: Operator, writer: CatalogueWriter, target: ImportTarget, output: FileHandle) {
    this.#operator = operator;
    this.#writer = writer;
    this.#target = target;
    this.#output = output;
  }

  /** Goes through the catalogue once. @param part what of each page is written. */
  async writeAll(
    part: (text: PageText) => string,
    onProgress: (products: number) => void = () => undefined,
  ): Promise<void> {
    const channels = this.#target.areChannelsChosen ? this.#target.channels.map(({ code }) => code) : [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof readPresentPage>> = await readPresentPage(
        this.#operator,
        after,
        PAGE,
        channels,
      );
      await this.#output.appendFile(part(await this.#write(page.products)));
      onProgress(this.#products);
      after = page.endCursor;
    } while (after !== null);
    this.#isCounted = true;
  }

  async #write(products: readonly PresentProduct[]): Promise<PageText> {
    const variantIds = products.flatMap((product) => product.variantIds);
    const { priceListCode, location, currency, channels } = this.#target;
    const [prices, stock] = await Promise.all([
      readListPrices(this.#operator, priceListCode, variantIds),
      readStock(this.#operator, location.locationId, variantIds),
    ]);
    const codes = new Set(channels.map(({ code }) => code));
    const amount = (minorUnits: number | null | undefined) =>
      minorUnits == null ? null : formatAmount({ minorUnits, currency });
    let text = '';
    let later = '';
    for (const { document, variantIds: ids } of products) {
      const product: ExportProduct = {
        document,
        isPublished: document.publications?.some(({ channel }) => codes.has(channel)) ?? false,
        currency,
        variants: ids.map((variantId) => ({
          variantId,
          price: amount(prices.get(variantId)?.amountMinor),
          compareAt: amount(prices.get(variantId)?.compareAtMinor),
          quantity: stock.get(variantId)?.available ?? 0,
          continueSelling: (stock.get(variantId)?.sellingKind ?? 'DENY') !== 'DENY',
        })),
      };
      const written = this.#writer.write(product);
      const links = this.#writer.writeLater(product);
      text += written.text;
      later += links;
      this.hasLater ||= links !== '';
      const isLimited = ids.some((id) => {
        const level = stock.get(id);
        return level && level.sellingKind !== 'DENY' && level.sellAheadLimit !== SOLD_WITHOUT_END;
      });
      this.#count(product, written, isLimited);
    }
    return { products: text, later };
  }

  #count(
    { document }: ExportProduct,
    { text, losses }: ReturnType<CatalogueWriter['write']>,
    isLimited: boolean,
  ): void {
    if (this.#isCounted) return;
    if (text !== '') {
      this.#products += 1;
      this.#variants += document.variants.length;
    }
    const all = isLimited ? [...losses, 'limits and dates of what is sold ahead'] : losses;
    for (const what of all) {
      const known = this.#losses.get(what) ?? { count: 0, handles: [] };
      known.count += 1;
      if (known.handles.length < NAMED) known.handles.push(document.handle);
      this.#losses.set(what, known);
    }
  }

  report(tookMs: number): ExportReport {
    const losses = Array.from(this.#losses, ([what, loss]) => ({ what, ...loss }));
    return { products: this.#products, variants: this.#variants, losses, tookMs };
  }
}
