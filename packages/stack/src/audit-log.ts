import '@kontor/kit/src/production.ts';
import { readStackEnv } from './env.ts';
import { openCustomers } from './audit-log/connection.ts';
import { runAuditLog } from './audit-log/run.ts';
import { createProgress } from './stock-ledger/progress.ts';

const code = await runAuditLog(process.argv.slice(2), {
  connect: () => openCustomers(readStackEnv(process.env)),
  progress: createProgress({ stream: process.stderr, now: Date.now }),
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
process.exit(code);
