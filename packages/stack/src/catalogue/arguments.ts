import { parseArgs } from 'node:util';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { CATALOGUE_FORMATS, type CatalogueFormat } from '@kontor/products/src/import/import-item.ts';

export const USAGE = `Usage:
  npm run catalogue -- import FILE [--format shopify|google|jsonl] [--channel CODE]… [--currency CUR] [--location CODE]
                       [--dry-run] [--restart] [--locale LANG]
      Loads a catalogue: a Shopify product CSV, a Google Merchant feed (.tsv, .txt) or JSON lines (.jsonl). Without --channel
      it is published in all channels; --currency is the first channel's first one; --location, where the quantities lie, is
      the first warehouse. A second import changes nothing, and one that broke off goes on where it stopped, unless --restart
      begins it anew. --dry-run tells what would happen and writes nothing. With --locale only the texts are taken, as those of
      that language of products that are there. Rows that are left out go into a file that can be corrected and imported.
  npm run catalogue -- export FILE [--format shopify|google|jsonl] [--channel CODE]… [--currency CUR] [--location CODE]
                       [--pages ADDRESS]
      Writes the catalogue with its prices and quantities into a file that imports to the same. With --channel only what is
      published there. --pages is where a shop's product pages are, for the links of a feed; it ends in /products/.
  npm run catalogue -- locations FILE [--country CC] [--channel CODE]…
      Loads stores with coordinates from a JSON list. With --channel these channels sell the stores' stock too.
  npm run catalogue -- categories FILE
      Loads a category tree from a JSON list of categories with their paths. A second import changes nothing.`;

export const COMMANDS = ['import', 'export', 'locations', 'categories'] as const;
export type Command = (typeof COMMANDS)[number];

/** A mistake in how the command was called, or in what it was given: shown as it is, without a stack. */
export class UsageError extends Error {}

/** What the command line asks for; null when it asks for help. */
export interface CatalogueArguments {
  readonly command: Command;
  readonly file: string;
  readonly channels: readonly string[];
  readonly currency: string | undefined;
  readonly location: string | undefined;
  readonly country: string;
  readonly format: CatalogueFormat | undefined;
  readonly isDryRun: boolean;
  readonly restart: boolean;
  readonly locale: string | undefined;
  readonly pages: string | undefined;
}

/** @throws UsageError saying what is wrong. */
export function readArguments(args: readonly string[]): CatalogueArguments | null {
  const { values, positionals } = parse(args);
  const [command, file, ...rest] = positionals;
  if (values.help || command === undefined) return null;
  if (!isCommand(command) || rest.length > 0)
    throw new UsageError(`There is no such command: ${positionals.join(' ')}\n\n${USAGE}`);
  if (file === undefined) throw new UsageError(`Which file?\n\n${USAGE}`);
  const { currency, country, format, locale, pages } = values;
  if (currency !== undefined && !isCurrencyCode(currency))
    throw new UsageError(`"${currency}" is not a currency code of ISO 4217, such as EUR.`);
  if (!/^[A-Z]{2}$/.test(country)) throw new UsageError(`"${country}" is not a country code, such as US.`);
  if (format !== undefined && !isFormat(format))
    throw new UsageError(`"${format}" is no format. There are: ${CATALOGUE_FORMATS.join(', ')}.`);
  if (locale !== undefined && !isLocale(locale))
    throw new UsageError(`"${locale}" is not a language of BCP 47, such as de or de-AT.`);
  if (pages !== undefined && !/^https?:\/\/[^\s?#]+\/products\/$/.test(pages))
    throw new UsageError(`"${pages}" is not an address of product pages, such as https://shop.example/products/.`);
  return {
    command,
    file,
    channels: values.channel,
    currency,
    location: values.location,
    country,
    format,
    isDryRun: values['dry-run'] ?? false,
    restart: values.restart ?? false,
    locale,
    pages,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        channel: { type: 'string', multiple: true, default: [] },
        currency: { type: 'string' },
        location: { type: 'string' },
        country: { type: 'string', default: 'US' },
        format: { type: 'string' },
        'dry-run': { type: 'boolean' },
        restart: { type: 'boolean' },
        locale: { type: 'string' },
        pages: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

const isCommand = (text: string): text is Command => (COMMANDS as readonly string[]).includes(text);
const isFormat = (text: string): text is CatalogueFormat => (CATALOGUE_FORMATS as readonly string[]).includes(text);

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
