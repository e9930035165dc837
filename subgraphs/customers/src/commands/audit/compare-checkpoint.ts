import type { Database } from '@kontor/kit/src/database.ts';
import { findChain } from '../../data/audit/chain.ts';
import { findAuditKeys, findLastCheckpoint } from '../../data/audit/checkpoints.ts';
import { readCheckpoint } from './checkpoint-signer.ts';

/** What a checkpoint that was kept elsewhere says of the log: what it is now, another one, or nothing that can be believed. */
export type Comparison =
  | { readonly kind: 'same' | 'differs'; readonly seq: number }
  | { readonly kind: 'missing'; readonly seq: number }
  | { readonly kind: 'unsigned' };

/** Holds a checkpoint from the service's log, or from anywhere else that keeps them, against the entry that it signed. */
export async function compareCheckpoint({ orm }: Database, token: string): Promise<Comparison> {
  const signed = await readCheckpoint(token, await findAuditKeys(orm));
  if (!signed) return { kind: 'unsigned' };
  const [entry] = await findChain(orm, signed.seq - 1, 1);
  if (entry?.seq !== signed.seq) return { kind: 'missing', seq: signed.seq };
  return { kind: entry.hash === signed.hash ? 'same' : 'differs', seq: signed.seq };
}

/** A public key that checkpoints are verified with. */
export interface PublishedKey {
  /** The thumbprint (RFC 7638), which names this key and no other. */
  readonly keyId: string;
  /** A JWK (RFC 7517). */
  readonly publicKey: Readonly<Record<string, unknown>>;
}

/** What somebody needs to verify checkpoints without this system: the keys, the newest first, and the last checkpoint with its key's id. */
export async function publishCheckpoints({ orm }: Database): Promise<{
  readonly keys: PublishedKey[];
  readonly last: { token: string; seq: number; keyId: string | null } | null;
}> {
  const keys = await findAuditKeys(orm);
  const last = await findLastCheckpoint(orm);
  return {
    keys: keys.map(({ keyId, publicKey }) => ({ keyId, publicKey })),
    last: last && {
      ...{ token: last.token, seq: last.seq },
      keyId: (await readCheckpoint(last.token, keys))?.keyId ?? null,
    },
  };
}
