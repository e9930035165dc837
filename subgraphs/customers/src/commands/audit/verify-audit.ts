import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { findChain, readHead, type Head } from '../../data/audit/chain.ts';
import { findAuditKeys, findCheckpoints, findLastCheckpoint, type AuditKey } from '../../data/audit/checkpoints.ts';
import {
  CHAIN_BEGIN,
  CHECKPOINT_ENTRIES,
  type ChainedEntry,
  type ChainEnd,
  type Checkpoint,
} from '../../domain/audit/entry.ts';
import { readCheckpoint } from './checkpoint-signer.ts';
import { hashEntry } from './hash-entry.ts';

/** Why the log is not what it was. */
export const AUDIT_FAULTS = {
  MISSING: 'an entry is missing here',
  UNLINKED: 'the entry does not name the hash of the one before it',
  ALTERED: 'the entry is not what was hashed',
  FORGED_CHECKPOINT: 'the checkpoint here was not signed by a key of this service',
  REWRITTEN: 'a checkpoint signed another hash: the entries up to here were written anew',
  UNSIGNED: 'a checkpoint is missing: more entries than there can be lie behind the last one',
  CUT_OFF: 'entries that were there are missing from here to the end',
} as const;
export type AuditFault = keyof typeof AUDIT_FAULTS;

/** What a look at a stretch of the chain came to. */
export interface AuditVerification {
  readonly ok: boolean;
  /** The first and the last entry that were looked at and found right; null for none. */
  readonly checkedFrom: number | null;
  readonly checkedTo: number | null;
  readonly brokenAt: number | null;
  readonly reason: AuditFault | null;
  /** Where to go on; null at the end, or where it is broken. */
  readonly next: ChainEnd | null;
}

interface Break {
  readonly at: number;
  readonly reason: AuditFault;
}

/**
 * Looks at entries behind one that was found right, and at the checkpoints among them; where the log ends, also whether it ends where it
 * should. Right while entries are appended.
 * @param after the last one that was found right, with the hash that it had then.
 * @param most entries at most.
 */
export async function verifyAudit(db: Database, after: ChainEnd | null, most: number): Promise<AuditVerification> {
  // One snapshot: what is appended meanwhile is not seen in half.
  return db.orm.transaction((tx) => verifyPage(tx, after ?? CHAIN_BEGIN, most), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  });
}

async function verifyPage(tx: Tx, begin: ChainEnd, most: number): Promise<AuditVerification> {
  const head = await readHead(tx);
  const entries = await findChain(tx, begin.seq, most + 1);
  const isLast = entries.length <= most;
  const page = entries.slice(0, most);
  const upTo = page.at(-1)?.seq ?? begin.seq;
  const checkpoints = await findCheckpoints(tx, begin.seq, upTo);
  const signed = (await findLastCheckpoint(tx, begin.seq))?.seq ?? 0;
  const walked = await walk(page, { begin, signed, checkpoints, keys: await findAuditKeys(tx) });
  const { end } = walked;
  const broken = walked.broken ?? (isLast ? endBreak(end, head, await findLastCheckpoint(tx)) : null);
  return {
    ok: broken === null,
    checkedFrom: end.seq > begin.seq ? begin.seq + 1 : null,
    checkedTo: end.seq > begin.seq ? end.seq : null,
    brokenAt: broken?.at ?? null,
    reason: broken?.reason ?? null,
    next: broken === null && !isLast ? end : null,
  };
}

interface Walk {
  readonly begin: ChainEnd;
  /** The last checkpoint before the stretch. */
  readonly signed: number;
  readonly checkpoints: readonly Checkpoint[];
  readonly keys: readonly AuditKey[];
}

/** @returns the last entry that is right, and what is wrong with the one behind it. */
async function walk(
  entries: readonly ChainedEntry[],
  { begin, signed, checkpoints, keys }: Walk,
): Promise<{ end: ChainEnd; broken: Break | null }> {
  const bySeq = new Map(checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint]));
  let end = begin;
  let lastSigned = signed;
  for (const entry of entries) {
    const checkpoint = bySeq.get(entry.seq);
    const reason = entryFault(end, entry) ?? (checkpoint ? await checkpointFault(checkpoint, entry, keys) : null);
    if (reason) return { end, broken: { at: reason === 'MISSING' ? end.seq + 1 : entry.seq, reason } };
    if (checkpoint) lastSigned = entry.seq;
    if (entry.seq - lastSigned >= CHECKPOINT_ENTRIES) return { end, broken: { at: entry.seq, reason: 'UNSIGNED' } };
    end = { seq: entry.seq, hash: entry.hash };
  }
  return { end, broken: null };
}

function entryFault(before: ChainEnd, entry: ChainedEntry): AuditFault | null {
  if (entry.seq !== before.seq + 1) return 'MISSING';
  if (entry.previousHash !== before.hash) return 'UNLINKED';
  return hashEntry(before.hash, entry) === entry.hash ? null : 'ALTERED';
}

async function checkpointFault(
  checkpoint: Checkpoint,
  entry: ChainedEntry,
  keys: readonly AuditKey[],
): Promise<AuditFault | null> {
  const signed = await readCheckpoint(checkpoint.token, keys);
  if (!signed || signed.seq !== checkpoint.seq) return 'FORGED_CHECKPOINT';
  return signed.hash === entry.hash && checkpoint.hash === entry.hash ? null : 'REWRITTEN';
}

/** Whether the chain ends where its end and the last signature say. */
function endBreak(end: ChainEnd, head: Head, last: Checkpoint | null): Break | null {
  if (head.seq > end.seq || (last && last.seq > end.seq) || head.signedSeq > end.seq)
    return { at: end.seq + 1, reason: 'CUT_OFF' };
  if (head.signedSeq > (last?.seq ?? 0)) return { at: head.signedSeq, reason: 'UNSIGNED' };
  return head.seq === end.seq && head.hash === end.hash ? null : { at: end.seq, reason: 'REWRITTEN' };
}
