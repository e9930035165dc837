import { run, type Operator } from '../operator.ts';
import { noCounts, readCounts, type ImportCounts } from './import-report.ts';
import type { FileSizes } from './report-files.ts';

interface ImportState {
  readonly importId: string;
  readonly nextLine: number;
  readonly counts: Readonly<Record<string, unknown>>;
}

const STATE = '{ importId nextLine counts }';
const START = `mutation I($input: ImportStartInput!) { importStart(input: $input) ${STATE} }`;
const ADVANCE = `mutation I($input: ImportAdvanceInput!) { importAdvance(input: $input) ${STATE} }`;

/** How far an import is, kept where the next run finds it. */
export class Checkpoint {
  nextLine: number;
  counts: ImportCounts;
  sizes: FileSizes;
  readonly #operator: Operator | null;
  readonly #importId: string;

  private constructor(operator: Operator | null, { importId, nextLine, counts }: ImportState) {
    this.#operator = operator;
    this.#importId = importId;
    this.nextLine = nextLine;
    this.counts = readCounts(counts);
    const size = (name: string) => (Number.isSafeInteger(counts[name]) ? (counts[name] as number) : 0);
    this.sizes = { report: size('reportBytes'), rejected: size('rejectedBytes') };
  }

  /** One that is kept nowhere. */
  static none(): Checkpoint {
    return new Checkpoint(null, { importId: '', nextLine: 1, counts: { ...noCounts() } });
  }

  /** Begins an import, or goes on with the one of the same fingerprint that broke off. */
  static async start(
    operator: Operator,
    input: {
      readonly fingerprint: string;
      readonly fileName: string;
      readonly format: string;
      readonly restart: boolean;
    },
  ): Promise<Checkpoint> {
    const { importStart } = await run<{ importStart: ImportState }>(operator, 'products', START, { input });
    return new Checkpoint(operator, importStart);
  }

  /** Notes that everything before a line is kept, and what it came to. */
  async advance(nextLine: number, counts: ImportCounts, sizes: FileSizes): Promise<void> {
    this.nextLine = nextLine;
    this.counts = counts;
    this.sizes = sizes;
    await this.#note(false);
  }

  /** Notes that the file is at its end. */
  finish(): Promise<void> {
    return this.#note(true);
  }

  async #note(isDone: boolean): Promise<void> {
    if (this.#operator === null) return;
    const counts = { ...this.counts, reportBytes: this.sizes.report, rejectedBytes: this.sizes.rejected };
    await run(this.#operator, 'products', ADVANCE, {
      input: { importId: this.#importId, nextLine: this.nextLine, counts, isDone },
    });
  }
}
