import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { LedgerSums } from '../data/ledger-months.ts';
import type { StockState } from '../data/movements.ts';

/** What stands in an archive. */
export interface ArchiveContent extends LedgerSums {
  /** SHA-256 of the file's bytes, in hex, as `sha256sum` says it. */
  readonly checksum: string;
}

const LINE_FEED = 10;
const STATES: readonly StockState[] = [
  'AVAILABLE',
  'RESERVED',
  'COMMITTED',
  'SAFETY',
  'DAMAGED',
  'INSPECTION',
  'INCOMING',
];

/**
 * Writes lines to a gzip file that is on the disk when this resolves (fsync). Memory is bounded: the source waits for the disk.
 * @param options.onLines told of every chunk's number of lines. @returns SHA-256 of the file's bytes, in hex.
 */
export async function writeArchive(
  source: Readable,
  path: string,
  options: { readonly onLines?: (count: number) => void } = {},
): Promise<string> {
  const { onLines } = options;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      onLines?.(countLines(chunk));
      done(null, chunk);
    },
  });
  const digest = digesting();
  await pipeline(source, counted, createGzip(), digest.stream, createWriteStream(path, { flush: true }));
  return digest.hex();
}

/** Reads an archive back, line by line. @throws Error when it is not one. */
export async function readArchive(path: string): Promise<ArchiveContent> {
  const digest = digesting();
  const text = createGunzip();
  const sums = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<StockState, number>;
  let entryCount = 0;
  // Both at once: the lines are read while they are unpacked, and a broken file breaks both.
  const unpacked = pipeline(createReadStream(path), digest.stream, text);
  unpacked.catch(() => undefined);
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
      const entry = JSON.parse(line) as {
        quantity: number;
        from_state: StockState | null;
        to_state: StockState | null;
      };
      if (!Number.isSafeInteger(entry.quantity)) throw new Error(`line ${entryCount + 1} has no quantity`);
      if (entry.from_state) sums[entry.from_state] -= entry.quantity;
      if (entry.to_state) sums[entry.to_state] += entry.quantity;
      entryCount += 1;
    }
    await unpacked;
  } catch (error) {
    throw new Error(`${path} cannot be read back: ${(error as Error).message}`, { cause: error });
  }
  return { entryCount, sums, checksum: digest.hex() };
}

/** Puts the names in a folder on the disk: without it a file that was renamed may have its old name after a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function countLines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}

function digesting(): { readonly stream: Transform; readonly hex: () => string } {
  const hash = createHash('sha256');
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, hex: () => hash.digest('hex') };
}
