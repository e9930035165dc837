import type { Readable } from 'node:stream';
import { ImportFault, type ImportItem, type ImportNote, type ImportReading } from './import-item.ts';
import { documentFault, toImportProduct, unknownFields } from './json-document.ts';
import { readText } from './text-stream.ts';

/** A product with all its variants, texts and images at their limits fits; a line beyond is read past. */
const MAX_LINE_CHARACTERS = 8_000_000;
/** What is kept of a line that was read past. */
const KEPT_CHARACTERS = 1_000;
const MAX_UNKNOWN_FIELDS = 20;

/** Reads a catalogue of one JSON object a line, each a product. @throws ImportFault (from the items) for a file without any, or in another encoding */
export const readJsonLines = (stream: Readable): ImportReading => ({ items: readItems(stream), header: () => [] });

async function* readItems(stream: Readable): AsyncGenerator<ImportItem> {
  const firstLines = new Map<string, number>();
  let isEmpty = true;
  for await (const line of readLines(stream)) {
    if (line.text.trim() === '') continue;
    isEmpty = false;
    yield readItem(line, firstLines);
  }
  if (isEmpty) throw new ImportFault(1, 'the file is empty.');
}

interface Line {
  readonly number: number;
  /** Cut when it is longer than is read. */
  readonly text: string;
  readonly length: number;
}

async function* readLines(stream: Readable): AsyncGenerator<Line> {
  let number = 1;
  let parts: string[] = [];
  let length = 0;
  const add = (piece: string) => {
    length += piece.length;
    if (length <= MAX_LINE_CHARACTERS) parts.push(piece);
    else parts = [(parts.join('') + piece).slice(0, KEPT_CHARACTERS)];
  };
  const finished = (): Line => {
    const line = { number, text: parts.join(''), length };
    number += 1;
    parts = [];
    length = 0;
    return line;
  };
  for await (const text of readText(stream)) {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      add(text.slice(from, end));
      yield finished();
      from = end + 1;
    }
    if (from < text.length) add(text.slice(from));
  }
  if (length > 0) yield finished();
}

function readItem({ number, text, length }: Line, firstLines: Map<string, number>): ImportItem {
  const rows = [{ line: number, cells: [text] }];
  const rejected = (handle: string | null, column: string | null, reason: string): ImportItem => ({
    line: number,
    handle,
    product: null,
    notes: [],
    rejections: [{ line: number, column, handle, reason }],
    rows,
    isLater: false,
  });
  if (length > MAX_LINE_CHARACTERS)
    return rejected(null, null, `The line has ${length} characters, and ${MAX_LINE_CHARACTERS} are read.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return rejected(null, null, 'The line is not JSON.');
  }
  const handle = handleOf(value);
  const fault = documentFault(value);
  if (fault) return rejected(handle, fault.path, fault.reason);
  const { product, isLater } = toImportProduct(value as Record<string, unknown>, number);
  const earlier = firstLines.get(product.document.handle);
  if (!isLater && earlier !== undefined)
    return rejected(handle, 'handle', `The product stands on line ${earlier} already.`);
  if (!isLater) firstLines.set(product.document.handle, number);
  const notes = unknownFields(value as object)
    .slice(0, MAX_UNKNOWN_FIELDS)
    .map((column): ImportNote => ({ line: number, column: column.slice(0, 100), reason: 'The field is not taken.' }));
  return { line: number, handle, product, notes, rejections: [], rows, isLater };
}

const handleOf = (value: unknown): string | null => {
  const handle = (value as { handle?: unknown } | null)?.handle;
  return typeof handle === 'string' ? handle.slice(0, 255) : null;
};
