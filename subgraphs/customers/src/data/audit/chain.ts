import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { ChainedEntry, ChainEnd } from '../../domain/audit/entry.ts';

/** The end of the chain, and how far checkpoints reach. */
export interface Head extends ChainEnd {
  readonly signedSeq: number;
}

const headColumns = sql`seq::text as seq, encode(hash, 'hex') as hash, signed_seq::text as "signedSeq"`;
type HeadRow = { seq: string; hash: string; signedSeq: string };
const toHead = (row: HeadRow | undefined): Head => {
  if (!row) throw new Error('the audit log has lost its head');
  return { seq: Number(row.seq), hash: row.hash, signedSeq: Number(row.signedSeq) };
};

/** Locks the end of the chain until the transaction ends: whoever has it appends next. */
export async function lockHead(tx: Tx): Promise<Head> {
  return toHead((await tx.execute<HeadRow>(sql`select ${headColumns} from customers.audit_head for update`))[0]);
}

/** The end of the chain, without a lock. */
export async function readHead(db: Db | Tx): Promise<Head> {
  return toHead((await db.execute<HeadRow>(sql`select ${headColumns} from customers.audit_head`))[0]);
}

/** Moves the end of the chain. */
export async function moveHead(tx: Tx, { seq, hash }: ChainEnd): Promise<void> {
  await tx.execute(sql`update customers.audit_head set seq = ${seq}::bigint, hash = decode(${hash}, 'hex')`);
}

/** Which of the ids have an entry already. */
export async function knownEntries(tx: Tx, entryIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select entry_id as id from customers.audit_entries
    where entry_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(entryIds)}::jsonb))`);
  return new Set(rows.map(({ id }) => id));
}

/** Appends entries with the salts of their digests, in hexadecimal. */
export async function insertEntries(
  tx: Tx,
  entries: readonly (ChainedEntry & { readonly inputSalt: string })[],
): Promise<void> {
  const rows = JSON.stringify(entries);
  await tx.execute(sql`
    insert into customers.audit_entries (seq, entry_id, at, subgraph, actor, subject, credential_id, staff_id, device_id, channel, request_id,
      action, entity_ids, input_digest, outcome, reason, previous_hash, hash)
    select seq, "entryId", at, subgraph, actor, subject, "credentialId", "staffId", "deviceId", channel, "requestId",
      action, "entityIds", "inputDigest", outcome, reason, decode("previousHash", 'hex'), decode(hash, 'hex')
    from jsonb_to_recordset(${rows}::jsonb) as e(seq bigint, "entryId" uuid, at timestamptz, subgraph text, actor text, subject text,
      "credentialId" text, "staffId" text, "deviceId" text, channel text, "requestId" text, action text, "entityIds" uuid[],
      "inputDigest" text, outcome text, reason text, "previousHash" text, hash text)
    order by seq`);
  await tx.execute(sql`
    insert into customers.audit_salts (entry_id, salt)
    select "entryId", decode("inputSalt", 'hex') from jsonb_to_recordset(${rows}::jsonb) as e("entryId" uuid, "inputSalt" text)`);
}

/** Forgets what the digests of entries about the ids were made with: what was entered cannot be guessed from them any more. */
export async function forgetSalts(tx: Tx, entityIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    delete from customers.audit_salts s using customers.audit_entries e
    where e.entity_ids && array(select value::uuid from jsonb_array_elements_text(${JSON.stringify(entityIds)}::jsonb)) and s.entry_id = e.entry_id`);
}

/** Entries behind one, in order, as they stand in the table. */
export async function findChain(db: Db | Tx, after: number, most: number): Promise<ChainedEntry[]> {
  const rows = await db.execute<Omit<ChainedEntry, 'seq'> & { seq: string }>(sql`
    select ${entryColumns} from customers.audit_entries e where e.seq > ${after}::bigint order by e.seq limit ${most}`);
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** An entry of `customers.audit_entries e`, exactly as it is hashed. */
export const entryColumns = sql`e.seq::text as seq, e.entry_id as "entryId",
  to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.subgraph, e.actor, e.subject, e.credential_id as "credentialId",
  e.staff_id as "staffId", e.device_id as "deviceId", e.channel, e.request_id as "requestId", e.action, to_jsonb(e.entity_ids) as "entityIds",
  e.input_digest as "inputDigest", e.outcome, e.reason, encode(e.previous_hash, 'hex') as "previousHash", encode(e.hash, 'hex') as hash`;
