/** What somebody of the staff, a device or an integration did. */
export interface AuditEntry {
  /** Its place in the chain, from 1, without gaps. */
  readonly seq: number;
  /** The id of the event that told it. */
  readonly entryId: string;
  /** UTC with six digits behind the second, such as `2026-01-31T12:00:00.000000Z`. */
  readonly at: string;
  readonly subgraph: string;
  readonly actor: string;
  readonly subject: string;
  readonly credentialId: string | null;
  readonly staffId: string | null;
  readonly deviceId: string | null;
  readonly channel: string | null;
  readonly requestId: string;
  readonly action: string;
  readonly entityIds: readonly string[];
  readonly inputDigest: string;
  readonly outcome: string;
  readonly reason: string | null;
}

/** An entry in its place. Hashes are SHA-256 in hexadecimal. */
export interface ChainedEntry extends AuditEntry {
  readonly previousHash: string;
  readonly hash: string;
}

/** An end of the chain: the number and the hash of its last entry. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first entry. */
export const CHAIN_BEGIN: ChainEnd = { seq: 0, hash: '00'.repeat(32) };

/** Entries at most between two checkpoints. */
export const CHECKPOINT_ENTRIES = 1_000;

/** A signature over the chain as it was. */
export interface Checkpoint extends ChainEnd {
  /** A compact JWS. */
  readonly token: string;
}

const FORMAT = 'kontor.audit.1';

/**
 * What of an entry is hashed. The bytes are the UTF-8 of a JSON array of texts, nulls and one array of texts, without blanks, in this order,
 * with the number in decimal; written as RFC 8785 writes it, which for these values is what `JSON.stringify` does. An entry's hash is
 * SHA-256 over the 32 bytes of the hash before it and these bytes.
 */
export const contentOf = (entry: AuditEntry): string =>
  JSON.stringify([
    FORMAT,
    String(entry.seq),
    entry.entryId,
    entry.at,
    entry.subgraph,
    entry.actor,
    entry.subject,
    entry.credentialId,
    entry.staffId,
    entry.deviceId,
    entry.channel,
    entry.requestId,
    entry.action,
    entry.entityIds,
    entry.inputDigest,
    entry.outcome,
    entry.reason,
  ]);
