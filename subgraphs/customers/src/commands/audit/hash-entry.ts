import { createHash } from 'node:crypto';
import { contentOf, type AuditEntry } from '../../domain/audit/entry.ts';

/** The hash of an entry in its place, in hexadecimal. @param previousHash the hash of the entry before it. */
export const hashEntry = (previousHash: string, entry: AuditEntry): string =>
  createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(contentOf(entry)).digest('hex');
