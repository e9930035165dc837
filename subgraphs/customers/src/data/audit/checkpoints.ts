import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Checkpoint } from '../../domain/audit/entry.ts';

/** A key of checkpoints. Keys are JWKs (RFC 7517); the id is the thumbprint (RFC 7638), so that it names this key and no other. */
export interface AuditKey {
  readonly keyId: string;
  readonly publicKey: Readonly<Record<string, unknown>>;
  /** As it is kept. */
  readonly privateKey: string;
}

/** All keys that checkpoints were ever signed with, the newest first. */
export async function findAuditKeys(db: Db | Tx): Promise<AuditKey[]> {
  return await db.execute<AuditKey & Record<string, unknown>>(sql`
    select key_id as "keyId", public_key as "publicKey", private_key as "privateKey" from customers.audit_keys order by created_at desc, key_id`);
}

/** Keeps a new key. The caller holds the lock of the head. */
export async function insertAuditKey(tx: Tx, { keyId, publicKey, privateKey }: AuditKey): Promise<void> {
  await tx.execute(sql`
    insert into customers.audit_keys (key_id, public_key, private_key, created_at)
    values (${keyId}, ${JSON.stringify(publicKey)}::jsonb, ${privateKey}, customers.app_now())`);
}

/** Keeps a checkpoint and notes how far the chain is signed. The caller holds the lock of the head. */
export async function insertCheckpoint(tx: Tx, { seq, hash, token }: Checkpoint, at: string): Promise<void> {
  await tx.execute(sql`
    insert into customers.audit_checkpoints (seq, hash, at, token) values (${seq}::bigint, decode(${hash}, 'hex'), ${at}::timestamptz, ${token})`);
  await tx.execute(sql`update customers.audit_head set signed_seq = ${seq}::bigint, signed_at = ${at}::timestamptz`);
}

/** Whether entries wait for a checkpoint and the last one is an hour old. */
export async function isCheckpointDue(db: Db | Tx): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from customers.audit_head where seq > signed_seq and coalesce(signed_at < customers.app_now() - interval '1 hour', true)`);
  return rows.length > 0;
}

const columns = sql`c.seq::text as seq, encode(hash, 'hex') as hash, token`;
type Row = { seq: string; hash: string; token: string };
const toCheckpoint = (row: Row): Checkpoint => ({ ...row, seq: Number(row.seq) });

/** Checkpoints behind an entry and up to another, in order. */
export async function findCheckpoints(db: Db | Tx, after: number, upTo: number): Promise<Checkpoint[]> {
  const rows = await db.execute<Row>(sql`
    select ${columns} from customers.audit_checkpoints c where c.seq > ${after}::bigint and c.seq <= ${upTo}::bigint order by c.seq`);
  return rows.map(toCheckpoint);
}

/** The last checkpoint at or before an entry; null when there is none. Without a number the last of all. */
export async function findLastCheckpoint(db: Db | Tx, upTo?: number): Promise<Checkpoint | null> {
  const [row] = await db.execute<Row>(sql`
    select ${columns} from customers.audit_checkpoints c where c.seq <= ${upTo ?? null}::bigint or ${upTo === undefined}::boolean order by c.seq desc limit 1`);
  return row ? toCheckpoint(row) : null;
}

/** The time, as checkpoints tell it. */
export async function readTime(tx: Tx): Promise<string> {
  const [row] = await tx.execute<{ now: string }>(
    sql`select to_char(customers.app_now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
  );
  return row!.now;
}
