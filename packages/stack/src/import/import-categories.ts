import { readFile, stat } from 'node:fs/promises';
import { run, type Operator } from '../operator.ts';
import { readCategories, type CategoryNote } from './read-categories.ts';

const MAX_BYTES = 50 * 1024 * 1024;
const CHUNK = 1_000;

/** What became of a file of categories. */
export interface CategoriesReport {
  /** Entries of the file. */
  readonly entries: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Everything that is to be known besides, and each category that was rejected. */
  readonly notes: readonly CategoryNote[];
}

interface Result {
  readonly externalReference: string;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED';
  readonly reason: string | null;
}

/**
 * Loads a category tree: a JSON list of `{ id, name, path: [{ id, name }], subCategories: [{ id, name }] }`. The id identifies a category, so
 * that a second import changes nothing; categories that are not in the file stay.
 */
export async function importCategories(operator: Operator, file: string): Promise<CategoriesReport> {
  const entries = await readList(file);
  const { categories, notes } = readCategories(entries);
  const counts = { CREATED: 0, UPDATED: 0, UNCHANGED: 0, REJECTED: 0 };
  for (let from = 0; from < categories.length; from += CHUNK) {
    const { categoriesUpsert } = await run<{ categoriesUpsert: { results: Result[] } }>(
      operator,
      'products',
      'mutation C($input: CategoriesUpsertInput!) { categoriesUpsert(input: $input) { results { externalReference outcome reason } } }',
      { input: { categories: categories.slice(from, from + CHUNK) } },
    );
    for (const { externalReference, outcome, reason } of categoriesUpsert.results) {
      counts[outcome] += 1;
      if (outcome === 'REJECTED') notes.push({ kind: 'rejected', category: externalReference, reason: reason ?? '' });
    }
  }
  const { CREATED: created, UPDATED: updated, UNCHANGED: unchanged } = counts;
  return { entries: entries.length, created, updated, unchanged, notes };
}

async function readList(file: string): Promise<unknown[]> {
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new Error(`${file} has ${Math.round(size / 1e6)} MB; at most 50 MB are read.`);
  let list: unknown;
  try {
    list = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (!Array.isArray(list)) throw new Error(`${file} must hold a JSON list of categories.`);
  return list as unknown[];
}
