import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CategoriesReport } from './import-categories.ts';
import type { CategoryNote } from './read-categories.ts';

const MEANING: Readonly<Record<CategoryNote['kind'], string>> = {
  rejected: 'rejected',
  'path-only': 'have no entry and were made, because paths lead through them',
  'several-parents': 'are listed by several others, and stand where their path says',
  'not-in-file': 'are listed by others and have no entry; they were not made',
  'name-cleaned': 'had blanks too many in their name',
};

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Tells what became of a file of categories, and writes every note into a CSV. @param folder made when it is not there */
export async function printCategories(report: CategoriesReport, file: string, folder: string): Promise<void> {
  const { entries, created, updated, unchanged, notes } = report;
  console.log(`${entries} entries read: ${created} categories created, ${updated} updated, ${unchanged} unchanged`);
  const byKind = Map.groupBy(notes, ({ kind }) => kind);
  for (const [kind, meaning] of Object.entries(MEANING)) {
    const count = byKind.get(kind as CategoryNote['kind'])?.length ?? 0;
    if (count > 0) console.log(`  ${count} ${meaning}`);
  }
  if (notes.length === 0) return;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${basename(file)}.report.csv`);
  const rows = notes.map(({ kind, category, reason }) => [kind, category, reason].map(quote).join(','));
  await writeFile(path, ['Kind,Category,Reason', ...rows, ''].join('\n'));
  console.log(`  All of them: ${path}`);
}
