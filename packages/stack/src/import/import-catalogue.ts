import { createReadStream } from 'node:fs';
import { parseAmount } from '@kontor/kit/src/money.ts';
import { readShopifyCsv, type CsvProduct } from '@kontor/products/src/import/shopify-csv.ts';
import { run, type Operator } from '../operator.ts';
import type { ImportTarget } from './target.ts';

/** Products a call; small enough that the bar moves, large enough that a call is worth its round trip. */
const BATCH = 200;
/** Batches under way at once: while one batch gets its prices and stock, the next one's products are written. */
const IN_FLIGHT = 3;

/** A row, or a part of one, that was not taken as it stood. */
export interface ReportLine {
  readonly line: number;
  readonly handle: string;
  /** `rejected`: the row was left out. `note`: it was kept, and this was changed or noticed. */
  readonly kind: 'rejected' | 'note';
  readonly column: string;
  readonly reason: string;
}

/** What an import did. */
export interface CatalogueReport {
  readonly products: { created: number; updated: number; unchanged: number; rejected: number };
  readonly variants: number;
  readonly pricesChanged: number;
  readonly levelsChanged: number;
  readonly lines: readonly ReportLine[];
  readonly tookMs: number;
}

const PRODUCTS =
  'mutation P($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { handle outcome productId variantIds reason } } }';
const PRICES = 'mutation P($input: PricesUpsertInput!) { pricesUpsert(input: $input) { changedCount } }';
const LEVELS = 'mutation L($input: LevelsImportInput!) { levelsImport(input: $input) { changedCount } }';

interface UpsertResult {
  readonly handle: string;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED';
  readonly variantIds: readonly string[];
  readonly reason: string | null;
}

/**
 * Streams a Shopify product CSV into products, prices and stock through their own commands. A second import of the same file changes
 * nothing, also after sales; good rows are kept whatever the others are.
 * @param onProgress bytes read of the file.
 */
export async function importCatalogue(
  operator: Operator,
  file: string,
  target: ImportTarget,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<CatalogueReport> {
  const startedAt = performance.now();
  const report = {
    products: { created: 0, updated: 0, unchanged: 0, rejected: 0 },
    variants: 0,
    pricesChanged: 0,
    levelsChanged: 0,
    lines: [] as ReportLine[],
  };
  const stream = createReadStream(file);
  stream.on('data', () => onProgress(stream.bytesRead));

  const underWay = new Set<Promise<void>>();
  let failure: Error | undefined;
  const submit = async (batch: readonly CsvProduct[]) => {
    while (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
    if (failure) throw failure;
    const work = writeBatch(operator, batch, target, report).catch((error: unknown) => {
      failure ??= error as Error;
    });
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  let batch: CsvProduct[] = [];
  for await (const item of readShopifyCsv(stream)) {
    if (item.kind === 'rejection') {
      report.lines.push({
        line: item.line,
        handle: item.handle ?? '',
        kind: 'rejected',
        column: item.column ?? '',
        reason: item.reason,
      });
      continue;
    }
    batch.push(item);
    if (batch.length === BATCH) {
      await submit(batch);
      batch = [];
    }
  }
  if (batch.length > 0) await submit(batch);
  await Promise.all(underWay);
  if (failure) throw failure;
  report.lines.sort((a, b) => a.line - b.line);
  return { ...report, tookMs: performance.now() - startedAt };
}

async function writeBatch(
  operator: Operator,
  batch: readonly CsvProduct[],
  target: ImportTarget,
  report: {
    products: CatalogueReport['products'] & Record<string, number>;
    variants: number;
    pricesChanged: number;
    levelsChanged: number;
    lines: ReportLine[];
  },
): Promise<void> {
  const { productsUpsert } = await run<{ productsUpsert: { results: UpsertResult[] } }>(
    operator,
    'products',
    PRODUCTS,
    {
      input: { products: batch.map((each) => each.product), publishIn: target.channels.map((channel) => channel.code) },
    },
  );
  const prices: { variantId: string; amountMinor: number; compareAtMinor: number | null }[] = [];
  const levels: { variantId: string; quantity: number; reference: string }[] = [];
  productsUpsert.results.forEach((result, index) => {
    const source = batch[index]!;
    for (const note of source.notes)
      report.lines.push({
        line: note.line,
        handle: source.product.handle,
        kind: 'note',
        column: note.column ?? '',
        reason: note.reason,
      });
    report.products[result.outcome.toLowerCase()]! += 1;
    if (result.outcome === 'REJECTED') {
      report.lines.push({
        line: source.line,
        handle: source.product.handle,
        kind: 'rejected',
        column: '',
        reason: result.reason ?? 'refused',
      });
      return;
    }
    report.variants += source.variants.length;
    source.variants.forEach((variant, position) => {
      const variantId = result.variantIds[position]!;
      const amountMinor = parseAmount(variant.price, target.currency);
      if (amountMinor === null || amountMinor < 0)
        report.lines.push({
          line: variant.line,
          handle: source.product.handle,
          kind: 'note',
          column: 'Variant Price',
          reason: `"${variant.price}" is not an amount in ${target.currency}: the variant is kept without a price`,
        });
      else
        prices.push({
          variantId,
          amountMinor,
          compareAtMinor: variant.compareAt === null ? null : parseAmount(variant.compareAt, target.currency),
        });
      levels.push({ variantId, quantity: variant.quantity, reference: `shopify:${variantId}` });
    });
  });
  const [pricesUpsert, levelsImport] = await Promise.all([
    run<{ pricesUpsert: { changedCount: number } }>(operator, 'prices', PRICES, {
      input: { priceListCode: target.priceListCode, prices },
    }),
    run<{ levelsImport: { changedCount: number } }>(operator, 'stock', LEVELS, {
      input: { locationId: target.location.locationId, levels },
    }),
  ]);
  report.pricesChanged += pricesUpsert.pricesUpsert.changedCount;
  report.levelsChanged += levelsImport.levelsImport.changedCount;
}
