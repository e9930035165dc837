import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { type ImportFault, type CatalogueFormat, type ImportItem } from '@kontor/products/src/import/import-item.ts';
import { formatOfName, readCatalogue } from '@kontor/products/src/import/read-catalogue.ts';
import { rejectedHeader } from '@kontor/products/src/import/rejected-rows.ts';
import type { Operator } from '../operator.ts';
import { batchesOf } from './batches.ts';
import { Checkpoint } from './checkpoint.ts';
import { fingerprintOf } from './fingerprint.ts';
import { addCounts, type BatchOutcome, type ImportCounts, type ReportLine } from './import-report.ts';
import { ReportFiles, type ReportPaths } from './report-files.ts';
import type { ImportTarget } from './target.ts';
import { writeBatch, type BatchSettings } from './write-batch.ts';

/** Batches under way at once: while one batch gets its prices and stock, the next one's products are written. */
const IN_FLIGHT = 3;
/** Lines of the report that are also given to the caller; all of them are in the file. */
const MAX_LINES = 10_000;

/** How a file shall be imported; what is absent is told by the file, or is not wanted. */
export interface ImportOptions {
  /** Told by the file's name when absent. */
  readonly format?: CatalogueFormat | undefined;
  /** Find out what would happen, and write nothing. */
  readonly isDryRun?: boolean;
  /** Begin at the first line, also where an earlier import of the same file broke off. */
  readonly restart?: boolean;
  /** The file's texts are those of this language (BCP 47) of products that are there. */
  readonly locale?: string | undefined;
  /** Where the report and the rejected rows are written; nowhere when absent. */
  readonly reportFolder?: string | undefined;
  /** Told how many bytes of the file were read. */
  readonly onProgress?: (bytes: number) => void;
}

/** What an import did, from the first line of the file, also where an earlier run broke off. */
export interface CatalogueReport {
  readonly products: Pick<ImportCounts, 'created' | 'updated' | 'unchanged' | 'rejected'>;
  readonly variants: number;
  readonly pricesChanged: number;
  readonly levelsChanged: number;
  readonly sellingPoliciesChanged: number;
  readonly rejectedLines: number;
  readonly notes: number;
  /** The first lines of the report, by line; only those of this run. */
  readonly lines: readonly ReportLine[];
  /** Where this run began: 1, or where the run before it had come. */
  readonly firstLine: number;
  /** Variants of this run alone. */
  readonly variantsOfRun: number;
  /** Written only when something is in them. */
  readonly files: { readonly report: string | null; readonly rejected: string | null };
  readonly tookMs: number;
}

/**
 * Streams a catalogue into products, prices and stock through their own commands. A second import of the same file changes nothing, also
 * after sales; good rows are kept whatever the others are. What broke off goes on where it stopped when the same file is imported again.
 * @throws ImportFault for a file that cannot be read on: what stands before that line is imported.
 */
export async function importCatalogue(
  operator: Operator,
  file: string,
  target: ImportTarget,
  options: ImportOptions = {},
): Promise<CatalogueReport> {
  const startedAt = performance.now();
  const format = options.format ?? formatOfName(file);
  const isDryRun = options.isDryRun ?? false;
  const locale = options.locale ?? null;
  const checkpoint = isDryRun
    ? Checkpoint.none()
    : await Checkpoint.start(operator, {
        fingerprint: await fingerprintOf(file, [format, locale, placeOf(target)]),
        fileName: basename(file).slice(-255),
        format,
        restart: options.restart ?? false,
      });
  const paths = options.reportFolder === undefined ? null : pathsOf(options.reportFolder, file, format, isDryRun);
  const files = paths && (await ReportFiles.open(paths, checkpoint.sizes));
  const stream = createReadStream(file);
  stream.on('data', () => options.onProgress?.(stream.bytesRead));
  const reading = readCatalogue(format, stream);
  const settings = { operator, format, target, locale, isDryRun, header: () => reading.header() };
  const run = new ImportRun(settings, checkpoint, files);
  try {
    await run.write(reading.items);
  } finally {
    await files?.close();
  }
  return run.report(paths, performance.now() - startedAt);
}

const placeOf = ({ channels, areChannelsChosen, currency, priceListCode, location }: ImportTarget) => [
  areChannelsChosen ? channels.map(({ code }) => code) : [],
  currency,
  priceListCode,
  location.locationId,
];

const ENDINGS: Readonly<Record<CatalogueFormat, string>> = { shopify: 'csv', google: 'tsv', jsonl: 'jsonl' };

function pathsOf(folder: string, file: string, format: CatalogueFormat, isDryRun: boolean): ReportPaths {
  const name = join(folder, `${basename(file)}${isDryRun ? '.dry-run' : ''}`);
  return { report: `${name}.report.csv`, rejected: `${name}.rejected.${ENDINGS[format]}` };
}

/** A batch on its way. */
interface UnderWay {
  readonly items: readonly ImportItem[];
  readonly outcome: Promise<{ readonly done: BatchOutcome } | { readonly failure: Error }>;
}

/** One run over a file. Batches are written several at a time and noted in their order, so that everything before what is noted is kept. */
class ImportRun {
  readonly #settings: BatchSettings;
  readonly #checkpoint: Checkpoint;
  readonly #files: ReportFiles | null;
  readonly #underWay: UnderWay[] = [];
  readonly #lines: ReportLine[] = [];
  readonly #firstLine: number;
  readonly #variantsBefore: number;

  constructor(settings: BatchSettings, checkpoint: Checkpoint, files: ReportFiles | null) {
    this.#settings = settings;
    this.#checkpoint = checkpoint;
    this.#files = files;
    this.#firstLine = checkpoint.nextLine;
    this.#variantsBefore = checkpoint.counts.variants;
  }

  async write(items: AsyncIterable<ImportItem>): Promise<void> {
    let fault: ImportFault | null = null;
    try {
      for await (const batch of batchesOf(items, this.#firstLine)) {
        if (batch.fault) fault = batch.fault;
        // What leads from product to product needs those that stand before it.
        const room = batch.items[0]?.isLater ? 0 : IN_FLIGHT - 1;
        while (this.#underWay.length > room) await this.#noteOldest();
        if (batch.items.length > 0) this.#begin(batch.items);
      }
      while (this.#underWay.length > 0) await this.#noteOldest();
    } finally {
      // Nothing of this run is at work any more when it ends, however it ends.
      await Promise.all(this.#underWay.map(({ outcome }) => outcome));
    }
    if (fault) throw fault;
    await this.#checkpoint.finish();
  }

  #begin(items: readonly ImportItem[]): void {
    const outcome = writeBatch(items, this.#settings).then(
      (done) => ({ done }),
      (failure: unknown) => ({ failure: failure as Error }),
    );
    this.#underWay.push({ items, outcome });
  }

  async #noteOldest(): Promise<void> {
    const oldest = this.#underWay[0]!;
    const result = await oldest.outcome;
    this.#underWay.shift();
    if ('failure' in result) throw result.failure;
    const { counts, lines, rejectedText } = result.done;
    this.#lines.push(...lines.slice(0, MAX_LINES - this.#lines.length));
    const header = rejectedHeader(this.#settings.format, this.#settings.header());
    const sizes = await this.#files?.append(lines, rejectedText, header);
    const nextLine = oldest.items.at(-1)!.line + 1;
    await this.#checkpoint.advance(
      nextLine,
      addCounts(this.#checkpoint.counts, counts),
      sizes ?? this.#checkpoint.sizes,
    );
  }

  report(paths: ReportPaths | null, tookMs: number): CatalogueReport {
    const { counts, sizes } = this.#checkpoint;
    const { created, updated, unchanged, rejected, ...rest } = counts;
    return {
      products: { created, updated, unchanged, rejected },
      ...rest,
      lines: this.#lines,
      firstLine: this.#firstLine,
      variantsOfRun: counts.variants - this.#variantsBefore,
      files: {
        report: paths && sizes.report > 0 ? paths.report : null,
        rejected: paths && sizes.rejected > 0 ? paths.rejected : null,
      },
      tookMs,
    };
  }
}
