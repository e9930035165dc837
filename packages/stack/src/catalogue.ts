import '@kontor/kit/src/production.ts';
import { access, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { EnvError } from '@kontor/kit/src/env.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { SingleBar } from 'cli-progress';
import { readStackEnv } from './env.ts';
import { importCatalogue, type CatalogueReport, type ReportLine } from './import/import-catalogue.ts';
import { importLocations } from './import/import-locations.ts';
import { openOperatorSession } from './import/operator-session.ts';
import { chooseTarget } from './import/target.ts';

const USAGE = `Usage:
  npm run catalogue -- import FILE [--channel CODE]… [--currency CUR] [--location CODE]
      Loads a Shopify product CSV. Without --channel it is published in all channels; --currency is the first channel's
      first one; --location, where the quantities lie, is the first warehouse. A second import changes nothing.
  npm run catalogue -- locations FILE [--country CC] [--channel CODE]…
      Loads stores with coordinates from a JSON list. With --channel these channels sell the stores' stock too.`;

const SHOWN_LINES = 10;

/** A mistake in how the command was called, or in what it was given: shown as it is, without a stack. */
class UsageError extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        channel: { type: 'string', multiple: true, default: [] },
        currency: { type: 'string' },
        location: { type: 'string' },
        country: { type: 'string', default: 'US' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { values, positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

async function existingFile(file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError(`Which file?\n\n${USAGE}`);
  await access(file).catch(() => {
    throw new UsageError(`${file} cannot be read: there is no such file, or you may not.`);
  });
  if ((await stat(file)).isDirectory()) throw new UsageError(`${file} is a folder, not a file.`);
  return file;
}

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

async function writeReport(folder: string, file: string, lines: readonly ReportLine[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${basename(file)}.report.csv`);
  const rows = lines.map((line) =>
    [String(line.line), line.kind, line.handle, line.column, line.reason].map(quote).join(','),
  );
  await writeFile(path, ['Line,Kind,Handle,Column,Reason', ...rows, ''].join('\n'));
  return path;
}

function printReport(report: CatalogueReport, where: string): void {
  const { products, lines } = report;
  const rejected = lines.filter((line) => line.kind === 'rejected');
  const perSecond = Math.round((report.variants / report.tookMs) * 1000);
  console.log(
    `${report.variants} variants in ${products.created + products.updated + products.unchanged} products, ${(report.tookMs / 1000).toFixed(1)} s, ${perSecond} variants/s → ${where}`,
  );
  console.log(`  products  ${products.created} created, ${products.updated} updated, ${products.unchanged} unchanged`);
  console.log(`  prices    ${report.pricesChanged} changed`);
  console.log(`  stock     ${report.levelsChanged} levels changed`);
  console.log(`  report    ${rejected.length} rejected, ${lines.length - rejected.length} notes`);
  for (const line of rejected.slice(0, SHOWN_LINES))
    console.log(`    line ${line.line}${line.column ? `, ${line.column}` : ''}: ${line.reason}`);
  if (rejected.length > SHOWN_LINES) console.log(`    … and ${rejected.length - SHOWN_LINES} more`);
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, given, ...rest] = positionals;
  if (values.help || command === undefined) return console.log(USAGE);
  if ((command !== 'import' && command !== 'locations') || rest.length > 0)
    throw new UsageError(`There is no such command: ${positionals.join(' ')}\n\n${USAGE}`);
  if (values.currency !== undefined && !isCurrencyCode(values.currency))
    throw new UsageError(`"${values.currency}" is not a currency code of ISO 4217, such as EUR.`);
  if (!/^[A-Z]{2}$/.test(values.country))
    throw new UsageError(`"${values.country}" is not a country code, such as US.`);
  const file = await existingFile(given);
  const env = readStackEnv(process.env);
  const session = await openOperatorSession(env);
  try {
    if (command === 'locations') {
      const { total, created, updated, rejected } = await importLocations(session.operator, file, {
        country: values.country,
        channels: values.channel,
      });
      console.log(
        `${total} locations read: ${created} created, ${updated} updated, ${total - created - updated - rejected.length} unchanged, ${rejected.length} rejected`,
      );
      for (const each of rejected.slice(0, SHOWN_LINES)) console.log(`    entry ${each.entry}: ${each.reason}`);
      return;
    }
    const target = await chooseTarget(session.operator, {
      channels: values.channel,
      currency: values.currency,
      location: values.location,
    });
    const bar = new SingleBar({
      format: '{bar} {percentage}% | {duration_formatted}',
      hideCursor: true,
      noTTYOutput: false,
    });
    bar.start((await stat(file)).size, 0);
    const report = await importCatalogue(session.operator, file, target, (bytes) => bar.update(bytes)).finally(() =>
      bar.stop(),
    );
    printReport(
      report,
      `${target.channels.map((channel) => channel.code).join(', ')}; ${target.priceListCode}; ${target.location.code}`,
    );
    if (report.lines.length > 0)
      console.log(`  All of them: ${await writeReport(join(env.dataFolder, 'reports'), file, report.lines)}`);
  } finally {
    await session.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isPlain = error instanceof UsageError || error instanceof EnvError || error instanceof Error;
    console.error(isPlain ? error.message : String(error));
    process.exit(1);
  },
);
