import type { CatalogueReport } from '../import/import-catalogue.ts';

const SHOWN_LINES = 10;

/** Prints what an import did. @param where it went. */
export function printImport(report: CatalogueReport, where: string, isDryRun: boolean): void {
  const { products, lines, files } = report;
  const rejected = lines.filter((line) => line.kind === 'rejected');
  const perSecond = Math.round((report.variantsOfRun / report.tookMs) * 1000);
  if (isDryRun) console.log('A dry run: nothing was written. This is what an import would do.');
  if (report.firstLine > 1) console.log(`Went on at line ${report.firstLine}, where the import before had broken off.`);
  console.log(
    `${report.variants} variants in ${products.created + products.updated + products.unchanged} products, ${(report.tookMs / 1000).toFixed(1)} s, ${perSecond} variants/s → ${where}`,
  );
  console.log(`  products  ${products.created} created, ${products.updated} updated, ${products.unchanged} unchanged`);
  console.log(`  prices    ${report.pricesChanged} changed`);
  console.log(`  stock     ${report.levelsChanged} levels changed, ${report.sellingPoliciesChanged} selling policies`);
  console.log(`  report    ${report.rejectedLines} rejected, ${report.notes} notes`);
  for (const line of rejected.slice(0, SHOWN_LINES))
    console.log(`    line ${line.line}${line.column ? `, ${line.column}` : ''}: ${line.reason}`);
  if (report.rejectedLines > SHOWN_LINES) console.log(`    … and ${report.rejectedLines - SHOWN_LINES} more`);
  if (files.report !== null) console.log(`  All of them: ${files.report}`);
  if (files.rejected !== null) console.log(`  To correct and import again: ${files.rejected}`);
}
