import type { Database } from '@kontor/kit/src/database.ts';
import { archiveLedger, ArchiveError } from '@kontor/stock/src/commands/archive-ledger.ts';
import { repairStock } from '@kontor/stock/src/commands/repair-stock.ts';
import { verifyStock, type StockVerification } from '@kontor/stock/src/commands/verify-stock.ts';
import { readOrder, USAGE, UsageError, type Order } from './arguments.ts';
import type { Progress } from './progress.ts';
import { describeArchiving, describeVerification } from './report.ts';

/** What the command needs of the world around it. */
export interface Surroundings {
  /** Opens the stock database, when there is something to do with it. */
  readonly connect: () => Promise<{ readonly db: Database; readonly close: () => Promise<void> }>;
  readonly progress: Progress;
  /** Who calls, for the ledger. */
  readonly operator: string;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** 0: nothing is wrong. 1: something is. 2: it could not be done. */
export type ExitCode = 0 | 1 | 2;

/** Does what the words say. Nothing is thrown: what went wrong is complained about. */
export async function runStockLedger(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  try {
    const order = readOrder(words);
    if (order.command === 'help') {
      around.print(USAGE);
      return 0;
    }
    const { db, close } = await around.connect();
    try {
      return await perform(db, order, around);
    } finally {
      around.progress.stop();
      await close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    around.complain(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
    return error instanceof ArchiveError ? 1 : 2;
  }
}

async function perform(
  db: Database,
  order: Exclude<Order, { command: 'help' }>,
  around: Surroundings,
): Promise<ExitCode> {
  switch (order.command) {
    case 'verify': {
      const found = await verify(db, order.variantId, around);
      if (order.json) around.print(JSON.stringify(found, null, 2));
      else tell(around, describeVerification(found, { remedies: false }));
      return codeOf(found);
    }
    case 'repair':
      return repair(db, order, around);
    case 'archive': {
      const archiving = await archiveLedger(db, {
        before: order.before,
        folder: order.folder,
        onProgress: (month, written, total) => around.progress.update(month.slice(0, 7), written, total),
      });
      around.progress.stop();
      tell(around, describeArchiving(archiving));
      return archiving.kind === 'busy' ? 1 : 0;
    }
  }
}

async function repair(
  db: Database,
  { variantId, reason, yes }: Extract<Order, { command: 'repair' }>,
  around: Surroundings,
): Promise<ExitCode> {
  const found = await verify(db, variantId, around);
  tell(around, describeVerification(found, { remedies: true }));
  if (found.differenceCount === 0) return 0;
  if (!yes) {
    around.print('Nothing was changed. Repeat with --yes to repair.');
    return 1;
  }
  const { repairId, repairedVariants, repairedReservations } = await repairStock(db, {
    variantId,
    reason,
    repairedBy: around.operator,
  });
  around.print(
    `Repair ${repairId}: ${repairedVariants} variants and ${repairedReservations} reservations. Comparing again.`,
  );
  const left = await verify(db, variantId, around);
  tell(around, describeVerification(left, { remedies: true }));
  return codeOf(left);
}

async function verify(db: Database, variantId: string | null, { progress }: Surroundings): Promise<StockVerification> {
  const onProgress = (done: number, total: number) => progress.update('variants', done, total);
  const found = await verifyStock(db, { variantId, onProgress });
  progress.stop();
  return found;
}

const codeOf = ({ differenceCount }: StockVerification): ExitCode => (differenceCount === 0 ? 0 : 1);

function tell({ print }: Surroundings, lines: readonly string[]): void {
  for (const line of lines) print(line);
}
