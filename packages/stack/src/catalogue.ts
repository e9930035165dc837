import '@kontor/kit/src/production.ts';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { readArguments, USAGE, UsageError, type CatalogueArguments } from './catalogue/arguments.ts';
import { printExport } from './catalogue/print-export.ts';
import { printImport } from './catalogue/print-import.ts';
import { readStackEnv } from './env.ts';
import { exportCatalogue } from './export/export-catalogue.ts';
import { importCatalogue } from './import/import-catalogue.ts';
import { importCategories } from './import/import-categories.ts';
import { importLocations } from './import/import-locations.ts';
import { openOperatorSession } from './import/operator-session.ts';
import { printCategories } from './import/print-categories.ts';
import { chooseTarget, findTarget, type ImportTarget } from './import/target.ts';
import type { Operator } from './operator.ts';

const SHOWN_LINES = 10;

async function checkFile(file: string): Promise<void> {
  await access(file).catch(() => {
    throw new UsageError(`${file} cannot be read: there is no such file, or you may not.`);
  });
  if ((await stat(file)).isDirectory()) throw new UsageError(`${file} is a folder, not a file.`);
}

const describeTarget = ({ channels, priceListCode, location }: ImportTarget) =>
  `${channels.map((channel) => channel.code).join(', ')}; ${priceListCode}; ${location.code}`;

async function runImport(operator: Operator, given: CatalogueArguments, reportFolder: string): Promise<void> {
  const { file, isDryRun } = given;
  const target = await (isDryRun ? findTarget : chooseTarget)(operator, given);
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {duration_formatted}',
    hideCursor: true,
    noTTYOutput: false,
  });
  bar.start((await stat(file)).size, 0);
  const report = await importCatalogue(operator, file, target, {
    ...given,
    reportFolder,
    onProgress: (bytes) => bar.update(bytes),
  }).finally(() => bar.stop());
  printImport(report, describeTarget(target), isDryRun);
}

async function runExport(operator: Operator, given: CatalogueArguments): Promise<void> {
  const target = await findTarget(operator, given);
  printExport(await exportCatalogue(operator, given.file, target, given), given.file);
}

async function runLocations(operator: Operator, { file, country, channels }: CatalogueArguments): Promise<void> {
  const { total, created, updated, rejected } = await importLocations(operator, file, { country, channels });
  console.log(
    `${total} locations read: ${created} created, ${updated} updated, ${total - created - updated - rejected.length} unchanged, ${rejected.length} rejected`,
  );
  for (const each of rejected.slice(0, SHOWN_LINES)) console.log(`    entry ${each.entry}: ${each.reason}`);
}

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  if (given === null) return console.log(USAGE);
  if (given.command !== 'export') await checkFile(given.file);
  const env = readStackEnv(process.env);
  const reportFolder = join(env.dataFolder, 'reports');
  const session = await openOperatorSession(env);
  const { operator } = session;
  try {
    switch (given.command) {
      case 'import':
        return await runImport(operator, given, reportFolder);
      case 'export':
        return await runExport(operator, given);
      case 'locations':
        return await runLocations(operator, given);
      case 'categories':
        return await printCategories(await importCategories(operator, given.file), given.file, reportFolder);
    }
  } finally {
    await session.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
