/** `npm run schema`: see composition/command.ts. */
import { join } from 'node:path';
import { composeCommand } from './composition/command.ts';

process.exitCode = await composeCommand(join(import.meta.dirname, '../..'), process.argv.slice(2), console);
