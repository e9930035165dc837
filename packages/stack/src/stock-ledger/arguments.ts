import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isId } from '@kontor/kit/src/ids.ts';

export const USAGE = `Usage:
  npm run stock -- verify [--variant ID] [--json]
      Rebuilds levels from the ledger, and reserved and committed units from reservations, and compares. Right while the system runs.
  npm run stock -- repair --reason TEXT [--variant ID] [--yes]
      Shows how each difference would be repaired; with --yes repairs them. History is never edited.
  npm run stock -- archive --before YYYY-MM --to FOLDER
      Moves the entries of the months before, the oldest first, to files; levels and the stock of later moments stay what they are.

Exits with 0 when nothing is wrong, 1 when something is, 2 when it could not be done.`;

/** A mistake in how the command was called: shown as it is, with how to call it. */
export class UsageError extends Error {}

/** What shall be done. */
export type Order =
  | { readonly command: 'help' }
  | { readonly command: 'verify'; readonly variantId: string | null; readonly json: boolean }
  | { readonly command: 'repair'; readonly variantId: string | null; readonly reason: string; readonly yes: boolean }
  | {
      readonly command: 'archive';
      /** The first month that stays, such as `2026-03-01`. */
      readonly before: string;
      readonly folder: string;
    };

const MAX_REASON = 200;
const VARIANT = { variant: { type: 'string' } } as const;

/** Reads the words behind the command's name. @throws UsageError */
export function readOrder(words: readonly string[]): Order {
  const [command, ...rest] = words;
  if (command === undefined || command === '--help' || command === '-h' || rest.includes('--help'))
    return { command: 'help' };
  switch (command) {
    case 'verify': {
      const { variant, json = false } = options(rest, { ...VARIANT, json: { type: 'boolean' } });
      return { command, variantId: variantOf(variant), json };
    }
    case 'repair': {
      const {
        variant,
        reason = '',
        yes = false,
      } = options(rest, {
        ...VARIANT,
        reason: { type: 'string' },
        yes: { type: 'boolean' },
      });
      const text = reason.trim();
      if (text === '' || text.length > MAX_REASON)
        throw new UsageError(`Why is it repaired? Give --reason, 1 to ${MAX_REASON} characters.`);
      return { command, variantId: variantOf(variant), reason: text, yes };
    }
    case 'archive': {
      const { before = '', to = '' } = options(rest, { before: { type: 'string' }, to: { type: 'string' } });
      if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(before))
        throw new UsageError('Which months? Give --before, the first month that stays, such as 2026-03.');
      if (to === '') throw new UsageError('Where to? Give --to, a folder.');
      return { command, before: `${before}-01`, folder: to };
    }
    default:
      throw new UsageError(`There is no such command: ${command}.`);
  }
}

function options<Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], known: Options) {
  try {
    return parseArgs({ args, options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function variantOf(id: string | undefined): string | null {
  if (id === undefined) return null;
  if (!isId(id)) throw new UsageError(`"${id}" is not the id of a variant.`);
  return id.toLowerCase();
}
