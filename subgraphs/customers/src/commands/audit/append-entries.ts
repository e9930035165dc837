import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { insertEntries, knownEntries, lockHead, moveHead } from '../../data/audit/chain.ts';
import { CHECKPOINT_ENTRIES, type ChainedEntry, type ChainEnd } from '../../domain/audit/entry.ts';
import type { CheckpointSigner } from './checkpoint-signer.ts';
import { hashEntry } from './hash-entry.ts';
import type { UnchainedEntry } from './read-acted.ts';

/**
 * Appends entries to the chain in the order given, with the checkpoints that are due, in one transaction under the lock of the chain's end.
 * What has an entry already gets no second one, so that repeating is harmless.
 */
export async function appendEntries(
  db: Database,
  signer: CheckpointSigner,
  entries: readonly UnchainedEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await inTransaction(db, async (tx) => {
    const head = await lockHead(tx);
    const known = new Set(
      await knownEntries(
        tx,
        entries.map(({ entryId }) => entryId),
      ),
    );
    const fresh = entries.filter(({ entryId }) => !known.has(entryId) && known.add(entryId));
    if (fresh.length === 0) return;
    const chained = chainOn(head, fresh);
    await insertEntries(tx, chained);
    await moveHead(tx, chained.at(-1)!);
    for (const end of chained) if ((end.seq - head.signedSeq) % CHECKPOINT_ENTRIES === 0) await signer.sign(tx, end);
  });
}

function chainOn(end: ChainEnd, entries: readonly UnchainedEntry[]): (ChainedEntry & { inputSalt: string })[] {
  let { seq, hash } = end;
  return entries.map((entry) => {
    const placed = { ...entry, seq: (seq += 1), previousHash: hash };
    return { ...placed, hash: (hash = hashEntry(placed.previousHash, placed)) };
  });
}
