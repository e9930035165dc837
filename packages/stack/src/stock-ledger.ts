import '@kontor/kit/src/production.ts';
import { userInfo } from 'node:os';
import { readStackEnv } from './env.ts';
import { openStock } from './stock-ledger/connection.ts';
import { createProgress } from './stock-ledger/progress.ts';
import { runStockLedger } from './stock-ledger/run.ts';

const code = await runStockLedger(process.argv.slice(2), {
  connect: () => openStock(readStackEnv(process.env)),
  progress: createProgress({ stream: process.stderr, now: Date.now }),
  operator: `operator:${userInfo().username}`,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
process.exit(code);
