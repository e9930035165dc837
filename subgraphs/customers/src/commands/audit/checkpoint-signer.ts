import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { lockHead } from '../../data/audit/chain.ts';
import {
  findAuditKeys,
  insertAuditKey,
  insertCheckpoint,
  isCheckpointDue,
  readTime,
  type AuditKey,
} from '../../data/audit/checkpoints.ts';
import type { ChainEnd } from '../../domain/audit/entry.ts';
import type { Sealing } from '../../sealing/sealing.ts';

const TYPE = 'audit-checkpoint';
const PURPOSE = 'audit-key';

/** Signs the chain as it is. */
export interface CheckpointSigner {
  /** Signs an end of the chain in the transaction that holds its lock. The first signature ever makes the key. */
  sign(tx: Tx, end: ChainEnd): Promise<void>;
  /** Signs the end when entries wait for it and the last signature is an hour old. */
  signWhenDue(): Promise<void>;
}

/**
 * Checkpoints are JWS (RFC 7515) of EdDSA over number, hash and time, by a key that is made once and does nothing else. Each is logged: a
 * log that is kept elsewhere holds what somebody who can rewrite the whole database cannot.
 */
export function createCheckpointSigner(
  db: Database,
  logger: Logger,
  sealing: Pick<Sealing, 'seal' | 'open'>,
): CheckpointSigner {
  let known: { readonly keyId: string; readonly key: CryptoKey } | undefined;

  const load = async ({ keyId, privateKey }: AuditKey) => ({
    keyId,
    key: (await importJWK(JSON.parse(await sealing.open(PURPOSE, keyId, privateKey)) as JWK, 'EdDSA')) as CryptoKey,
  });
  const make = async (tx: Tx) => {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const publicKey = await exportJWK(pair.publicKey);
    const keyId = await calculateJwkThumbprint(publicKey);
    const privateKey = await sealing.seal(PURPOSE, keyId, JSON.stringify(await exportJWK(pair.privateKey)));
    const made: AuditKey = { keyId, publicKey: { ...publicKey }, privateKey };
    await insertAuditKey(tx, made);
    logger.info({ keyId: made.keyId, publicKey }, 'a key for checkpoints of the audit log was made');
    return made;
  };

  const signer: CheckpointSigner = {
    async sign(tx, { seq, hash }) {
      // A key that this transaction made is not there when it does not commit: only one that others see is remembered.
      const kept = (await findAuditKeys(tx))[0];
      const current = kept && known?.keyId === kept.keyId ? known : await load(kept ?? (await make(tx)));
      if (kept) known = current;
      const at = await readTime(tx);
      const token = await new CompactSign(Buffer.from(JSON.stringify({ seq, hash, at })))
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: current.keyId })
        .sign(current.key);
      await insertCheckpoint(tx, { seq, hash, token }, at);
      logger.info({ seq, hash, token }, 'checkpoint of the audit log');
    },
    async signWhenDue() {
      if (!(await isCheckpointDue(db.orm))) return;
      await inTransaction(db, async (tx) => {
        const head = await lockHead(tx);
        if (await isCheckpointDue(tx)) await signer.sign(tx, head);
      });
    },
  };
  return signer;
}

/** What a checkpoint says, and of which key. */
export interface ReadCheckpoint extends ChainEnd {
  readonly keyId: string;
}

/** Reads a checkpoint that one of the keys signed; null when none did, or it is no checkpoint at all. */
export async function readCheckpoint(token: string, keys: readonly AuditKey[]): Promise<ReadCheckpoint | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      token,
      async ({ kid }) => {
        const key = keys.find(({ keyId }) => keyId === kid);
        // The id is the thumbprint: a key under the id of another is none.
        if (!key || (await calculateJwkThumbprint(key.publicKey)) !== kid) throw new Error('an unknown key');
        return importJWK(key.publicKey as JWK, 'EdDSA');
      },
      { algorithms: ['EdDSA'] },
    );
    const { seq, hash } = JSON.parse(Buffer.from(payload).toString()) as { seq: unknown; hash: unknown };
    if (protectedHeader.typ !== TYPE || typeof seq !== 'number' || typeof hash !== 'string') return null;
    return { seq, hash, keyId: protectedHeader.kid! };
  } catch {
    return null;
  }
}
