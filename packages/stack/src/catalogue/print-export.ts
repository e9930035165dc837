import type { ExportReport } from '../export/export-catalogue.ts';

/** Prints what an export wrote, and what is not in the file. */
export function printExport({ products, variants, losses, tookMs }: ExportReport, file: string): void {
  console.log(`${variants} variants in ${products} products, ${(tookMs / 1000).toFixed(1)} s → ${file}`);
  for (const { what, count, handles } of losses)
    console.log(
      `  not in the file, of ${count} products: ${what} (${handles.join(', ')}${count > handles.length ? ', …' : ''})`,
    );
}
