import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReportLine } from './import-report.ts';

/** Where a report and the rejected rows go. */
export interface ReportPaths {
  readonly report: string;
  readonly rejected: string;
}

/** How long the files were when an import was last noted; what is behind that is written again. */
export interface FileSizes {
  readonly report: number;
  readonly rejected: number;
}

const REPORT_HEADER = 'Line,Kind,Handle,Column,Reason\n';
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** The rows of a report. */
export const reportRows = (lines: readonly ReportLine[]): string =>
  lines
    .map((line) => `${[String(line.line), line.kind, line.handle, line.column, line.reason].map(quote).join(',')}\n`)
    .join('');

/** The report and the rejected rows of an import, appended batch by batch. */
export class ReportFiles {
  readonly #report: GrowingFile;
  readonly #rejected: GrowingFile;

  private constructor(report: GrowingFile, rejected: GrowingFile) {
    this.#report = report;
    this.#rejected = rejected;
  }

  /** Opens both and cuts them to what an earlier run noted; 0 begins anew. */
  static async open(paths: ReportPaths, sizes: FileSizes): Promise<ReportFiles> {
    return new ReportFiles(
      await GrowingFile.open(paths.report, sizes.report),
      await GrowingFile.open(paths.rejected, sizes.rejected),
    );
  }

  /** Appends what was said of a batch and its rejected rows, on disk when it returns. @param header of the rejected rows. */
  async append(lines: readonly ReportLine[], rejectedText: string, header: string): Promise<FileSizes> {
    await this.#report.append(reportRows(lines), REPORT_HEADER);
    await this.#rejected.append(rejectedText, header);
    return { report: this.#report.size, rejected: this.#rejected.size };
  }

  async close(): Promise<void> {
    await this.#report.close();
    await this.#rejected.close();
  }
}

class GrowingFile {
  size: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(path: string, size: number): Promise<GrowingFile> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, size === 0 ? 'w' : 'a+');
    const kept = Math.min(size, (await file.stat()).size);
    await file.truncate(kept);
    return new GrowingFile(file, kept);
  }

  /** @param header written first, before the first text. */
  async append(text: string, header: string): Promise<void> {
    if (text === '') return;
    const bytes = Buffer.from(this.size === 0 ? header + text : text);
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.size += bytes.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
