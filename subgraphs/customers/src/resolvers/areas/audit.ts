import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { verifyAudit } from '../../commands/audit/verify-audit.ts';
import { findAuditEntries } from '../../data/audit/log.ts';
import type { ChainedEntry, ChainEnd } from '../../domain/audit/entry.ts';
import type { AuditOutcome, QueryResolvers } from '../../generated/schema.ts';

const MAX_PAGE = 100;
const MAX_VERIFIED = 10_000;

export const auditQueries = {
  auditLog: async (_, args, { db }) => {
    const { entityId = null } = args;
    const size = pageSize(args.first, 50, MAX_PAGE);
    const filter = {
      actor: args.actor ?? null,
      action: args.action ?? null,
      entityId,
      from: args.from ?? null,
      to: args.to ?? null,
      newestFirst: args.order !== 'OLDEST_FIRST',
    };
    // What is no id names nothing.
    const isNothing = entityId !== null && !isId(entityId);
    const after = args.after ? seqOf(decodeCursor(args.after, 1)[0]) : null;
    const rows = isNothing ? [] : await findAuditEntries(db.orm, filter, after, size + 1);
    return toConnection(rows.map(toEntry), size, ({ seq }) => encodeCursor([seq]));
  },
  auditVerify: async (_, { after, first }, { db }) => {
    const begin = after ? endOf(after) : null;
    const { next, ...found } = await verifyAudit(db, begin, pageSize(first, MAX_VERIFIED, MAX_VERIFIED));
    return { ...found, cursor: next && encodeCursor([next.seq, next.hash]) };
  },
} satisfies QueryResolvers;

const toEntry = ({ entryId, at, ...entry }: ChainedEntry) => ({
  ...entry,
  id: entryId,
  at,
  entityIds: [...entry.entityIds],
  outcome: entry.outcome as AuditOutcome,
});

function seqOf(part: unknown): number {
  if (typeof part === 'number' && Number.isSafeInteger(part) && part >= 0) return part;
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}

function endOf(cursor: string): ChainEnd {
  const [seq, hash] = decodeCursor(cursor, 2);
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { seq: seqOf(seq), hash };
}
