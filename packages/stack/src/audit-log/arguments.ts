import { parseArgs } from 'node:util';

export const USAGE = `Usage:
  npm run audit -- verify [--key ID] [--checkpoint TOKEN]... [--json]
      Reads the whole audit log and checks that no entry was changed, left out, moved or added, and none cut off at the end. Right while the
      system runs. --key is the id of the key that the last checkpoint must be signed with, as it was shown when it was made; --checkpoint is
      one that was kept elsewhere, such as in the log of the service: the log must still hold what it signed.

Exits with 0 when nothing is wrong, 1 when something is, 2 when it could not be done.`;

/** A mistake in how the command was called: shown as it is, with how to call it. */
export class UsageError extends Error {}

/** What shall be done. */
export type Order =
  | { readonly command: 'help' }
  | {
      readonly command: 'verify';
      readonly keyId: string | null;
      readonly checkpoints: readonly string[];
      readonly json: boolean;
    };

const MAX_CHECKPOINTS = 100;

/** Reads the words behind the command's name. @throws UsageError */
export function readOrder(words: readonly string[]): Order {
  const [command, ...rest] = words;
  if (command === undefined || command === '--help' || command === '-h' || rest.includes('--help'))
    return { command: 'help' };
  if (command !== 'verify') throw new UsageError(`There is no such command: ${command}.`);
  const { key = null, checkpoint: checkpoints = [], json = false } = options(rest);
  if (checkpoints.length > MAX_CHECKPOINTS) throw new UsageError(`At most ${MAX_CHECKPOINTS} checkpoints at once.`);
  return { command, keyId: key, checkpoints, json };
}

function options(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        key: { type: 'string' },
        checkpoint: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
      strict: true,
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
