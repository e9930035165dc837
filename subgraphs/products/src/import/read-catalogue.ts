import type { Readable } from 'node:stream';
import { readGoogleTsv } from './google-tsv.ts';
import type { CatalogueFormat, ImportReading } from './import-item.ts';
import { readJsonLines } from './json-lines.ts';
import { readShopifyCsv } from './shopify-csv.ts';

const READERS: Readonly<Record<CatalogueFormat, (stream: Readable) => ImportReading>> = {
  shopify: readShopifyCsv,
  google: readGoogleTsv,
  jsonl: readJsonLines,
};

/** Reads a catalogue in one of the formats, in order, with memory for one product at a time. */
export const readCatalogue = (format: CatalogueFormat, stream: Readable): ImportReading => READERS[format](stream);

/** The format that a file's name tells. */
export const formatOfName = (name: string): CatalogueFormat =>
  /\.(jsonl|ndjson)$/i.test(name) ? 'jsonl' : /\.(tsv|txt)$/i.test(name) ? 'google' : 'shopify';
