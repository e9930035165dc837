import { rejectedRows } from '@kontor/products/src/import/rejected-rows.ts';
import type { CatalogueFormat, ImportItem, ImportRejection } from '@kontor/products/src/import/import-item.ts';
import { run, type Operator } from '../operator.ts';
import { noCounts, type BatchOutcome, type ImportCounts, type ReportLine } from './import-report.ts';
import { planProducts, type PlannedProduct } from './plan-products.ts';
import { readPresent } from './present-products.ts';
import type { ImportTarget } from './target.ts';
import { writeBundles } from './write-bundles.ts';
import { writeDatedPublications } from './write-publications.ts';
import { writeOffers, type WrittenProduct } from './write-offers.ts';

/** How a file is imported. */
export interface BatchSettings {
  readonly operator: Operator;
  readonly format: CatalogueFormat;
  readonly target: ImportTarget;
  readonly locale: string | null;
  /** Ask what would happen, and write nothing. */
  readonly isDryRun: boolean;
  /** Of the file, for rejected rows. */
  readonly header: () => readonly string[];
}

interface UpsertResult {
  readonly handle: string;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED';
  readonly productId: string | null;
  readonly variantIds: readonly string[];
  readonly reason: string | null;
}

const RESULTS = '{ results { handle outcome productId variantIds reason } }';
const UPSERT = `mutation P($input: ProductsUpsertInput!) { answer: productsUpsert(input: $input) ${RESULTS} }`;
const CHECK = `query P($input: ProductsUpsertInput!) { answer: productsCheck(input: $input) ${RESULTS} }`;

/** Writes a batch through the commands of the subgraphs: products, then what they cost and what there is of them. Repeating it changes nothing. */
export async function writeBatch(items: readonly ImportItem[], settings: BatchSettings): Promise<BatchOutcome> {
  const batch = new Batch(settings);
  await batch.write(items);
  return batch.outcome(items);
}

class Batch {
  readonly #settings: BatchSettings;
  readonly #counts: ImportCounts = noCounts();
  readonly #notes: ReportLine[] = [];
  /** By the line on which the item begins. */
  readonly #refused = new Map<number, ImportRejection>();

  constructor(settings: BatchSettings) {
    this.#settings = settings;
  }

  async write(items: readonly ImportItem[]): Promise<void> {
    const withProduct = items.filter(({ product }) => product !== null);
    const handles = [...new Set(withProduct.map(({ product }) => product!.document.handle))];
    const { operator, target, isDryRun } = this.#settings;
    const present = handles.length === 0 ? new Map() : await readPresent(operator, handles);
    const plans = await planProducts(withProduct, { ...this.#settings, present });
    const planned = await this.#withCategories(
      plans.flatMap((plan) => {
        if ('document' in plan) return [plan];
        this.#refuse(plan.item, plan.reason);
        return [];
      }),
    );
    const written: WrittenProduct[] = [];
    for (const group of Map.groupBy(planned, ({ channels }) => JSON.stringify(channels)).values())
      written.push(...(await this.#upsert(group)));
    const note = (line: number, handle: string, column: string, reason: string) =>
      this.#notes.push({ line, handle, kind: 'note', column, reason });
    Object.assign(this.#counts, await writeOffers(operator, written, { target, isDryRun, note }));
    await writeDatedPublications(operator, written, { target, isDryRun, note });
    await writeBundles(operator, written, { isDryRun, note });
  }

  async #upsert(group: readonly PlannedProduct[]): Promise<WrittenProduct[]> {
    const { operator, isDryRun } = this.#settings;
    const [{ channels }] = group as [PlannedProduct];
    const products = group.map(
      ({ published, document: { categories: _, publications: __, bundles: ___, ...document } }) => ({
        ...document,
        published,
      }),
    );
    const { answer } = await run<{ answer: { results: UpsertResult[] } }>(
      operator,
      'products',
      isDryRun ? CHECK : UPSERT,
      { input: { products, publishIn: channels } },
    );
    return group.flatMap((plan, index): WrittenProduct[] => {
      const { outcome, productId, variantIds, reason } = answer.results[index]!;
      if (outcome === 'REJECTED' || productId === null) {
        this.#refuse(plan.item, reason ?? 'refused');
        return [];
      }
      this.#counts[outcome.toLowerCase() as 'created' | 'updated' | 'unchanged'] += 1;
      this.#counts.variants += plan.source.variants.length;
      return [{ ...plan, productId, variantIds, isNew: outcome === 'CREATED' }];
    });
  }

  /** The same with the ids of the categories that the documents name; products that name one that is not there are refused. */
  async #withCategories(planned: readonly PlannedProduct[]): Promise<PlannedProduct[]> {
    const handles = [...new Set(planned.flatMap(({ document }) => document.categories ?? []))];
    if (handles.length === 0) return [...planned];
    const ids = new Map<string, string | null>();
    for (let from = 0; from < handles.length; from += 1_000) {
      const asked = handles.slice(from, from + 1_000);
      const { categoryIdsByHandle } = await run<{ categoryIdsByHandle: (string | null)[] }>(
        this.#settings.operator,
        'products',
        'query C($handles: [String!]!) { categoryIdsByHandle(handles: $handles) }',
        { handles: asked },
      );
      asked.forEach((handle, index) => ids.set(handle, categoryIdsByHandle[index] ?? null));
    }
    return planned.flatMap((plan) => {
      const { categories } = plan.document;
      if (categories == null) return [plan];
      const unknown = categories.find((handle) => ids.get(handle) == null);
      if (unknown !== undefined) {
        this.#refuse(plan.item, `There is no category "${unknown.slice(0, 60)}".`);
        return [];
      }
      const categoryIds = categories.map((handle) => ids.get(handle)!);
      return [{ ...plan, document: { ...plan.document, categoryIds } as PlannedProduct['document'] }];
    });
  }

  #refuse(item: ImportItem, reason: string): void {
    this.#counts.rejected += 1;
    this.#refused.set(item.line, { line: item.line, column: null, handle: item.handle, reason });
  }

  outcome(items: readonly ImportItem[]): BatchOutcome {
    const { format, header } = this.#settings;
    const lines: ReportLine[] = [...this.#notes];
    let rejectedText = '';
    for (const item of items) {
      const refusal = this.#refused.get(item.line);
      const rejections = item.product !== null && refusal ? [...item.rejections, refusal] : item.rejections;
      for (const each of rejections)
        lines.push({
          line: each.line,
          handle: each.handle ?? '',
          kind: 'rejected',
          column: each.column ?? '',
          reason: each.reason,
        });
      for (const each of item.notes)
        lines.push({
          line: each.line,
          handle: item.handle ?? '',
          kind: 'note',
          column: each.column ?? '',
          reason: each.reason,
        });
      if (rejections.length > 0) rejectedText += rejectedRows(format, header(), item.rows, rejections);
    }
    lines.sort((a, b) => a.line - b.line);
    this.#counts.rejectedLines = lines.filter(({ kind }) => kind === 'rejected').length;
    this.#counts.notes = lines.length - this.#counts.rejectedLines;
    return { counts: this.#counts, lines, rejectedText };
  }
}
