import { compareCheckpoint, publishCheckpoints } from '@kontor/customers/src/commands/audit/compare-checkpoint.ts';
import {
  AUDIT_FAULTS,
  verifyAudit,
  type AuditVerification,
} from '@kontor/customers/src/commands/audit/verify-audit.ts';
import { readHead } from '@kontor/customers/src/data/audit/chain.ts';
import type { ChainEnd } from '@kontor/customers/src/domain/audit/entry.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Progress } from '../stock-ledger/progress.ts';
import { readOrder, USAGE, UsageError, type Order } from './arguments.ts';

/** What the command needs of the world around it. */
export interface Surroundings {
  /** Opens the database of customers, when there is something to do with it. */
  readonly connect: () => Promise<{ readonly db: Database; readonly close: () => Promise<void> }>;
  readonly progress: Progress;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** 0: nothing is wrong. 1: something is. 2: it could not be done. */
export type ExitCode = 0 | 1 | 2;

/** Entries that are in memory at once. */
const PAGE = 5_000;

/** Does what the words say. Nothing is thrown: what went wrong is complained about. */
export async function runAuditLog(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  try {
    const order = readOrder(words);
    if (order.command === 'help') {
      around.print(USAGE);
      return 0;
    }
    const { db, close } = await around.connect();
    try {
      return await verify(db, order, around);
    } finally {
      around.progress.stop();
      await close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    around.complain(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
    return 2;
  }
}

async function verify(
  db: Database,
  { keyId, checkpoints, json }: Extract<Order, { command: 'verify' }>,
  { progress, print }: Surroundings,
): Promise<ExitCode> {
  const found = await verifyAll(db, progress);
  progress.stop();
  const { keys, last } = await publishCheckpoints(db);
  const faults = [
    ...(found.reason === null ? [] : [`entry ${found.brokenAt}: ${AUDIT_FAULTS[found.reason]}`]),
    ...(keyId === null || last?.keyId === keyId ? [] : [`the last checkpoint is not signed with the key ${keyId}`]),
    ...(await Promise.all(checkpoints.map((token) => faultOf(db, token)))).flat(),
  ];
  const checked = found.checkedTo ?? 0;
  if (json) print(JSON.stringify({ ok: faults.length === 0, checked, faults, keys, lastCheckpoint: last }, null, 2));
  else {
    for (const fault of faults) print(`BROKEN  ${fault}`);
    for (const key of keys) print(`key ${key.keyId}  ${JSON.stringify(key.publicKey)}`);
    if (last) print(`last checkpoint, entry ${last.seq}: ${last.token}`);
    print(
      `${checked === 1 ? '1 entry' : `${checked} entries`} checked: ${faults.length === 0 ? 'nothing is wrong' : 'the log is not what it was'}`,
    );
  }
  return faults.length === 0 ? 0 : 1;
}

/** Looks at the chain from its beginning to its end, or to the first thing that is wrong. */
async function verifyAll(db: Database, progress: Progress): Promise<AuditVerification> {
  const total = (await readHead(db.orm)).seq;
  let after: ChainEnd | null = null;
  for (;;) {
    const page: AuditVerification = await verifyAudit(db, after, PAGE);
    const checkedTo: number | null = page.checkedTo ?? after?.seq ?? null;
    progress.update('entries', checkedTo ?? 0, total);
    if (page.next === null) return { ...page, checkedTo };
    after = page.next;
  }
}

async function faultOf(db: Database, token: string): Promise<string[]> {
  const compared = await compareCheckpoint(db, token);
  switch (compared.kind) {
    case 'same':
      return [];
    case 'unsigned':
      return ['a checkpoint that was given is not signed with a key of this service'];
    case 'missing':
      return [`entry ${compared.seq}: it is missing, and a checkpoint that was given signed it`];
    case 'differs':
      return [`entry ${compared.seq}: a checkpoint that was given signed another hash`];
  }
}
