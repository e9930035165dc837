import type { StaffActed } from '@kontor/kit/src/audit/staff-acted.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { z } from 'zod';
import type { AuditEntry } from '../../domain/audit/entry.ts';

const MAX_LENGTH = 200;
const text = z.string().max(MAX_LENGTH);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const shape: z.ZodType<StaffActed> = z.object({
  actor: z.enum(['device', 'staff', 'integration']),
  subject: text,
  credentialId: text.nullable(),
  staffId: text.nullable(),
  deviceId: text.nullable(),
  channel: text.nullable(),
  requestId: text,
  action: text,
  entityIds: z.array(z.string().refine(isId)).max(50),
  inputDigest: hash,
  inputSalt: hash,
  outcome: z.enum(['DONE', 'REFUSED', 'FAILED']),
  reason: text.nullable(),
});

/** An entry that has no place yet, with the salt of its digest. */
export type UnchainedEntry = Omit<AuditEntry, 'seq'> & { readonly inputSalt: string };

/** The entry that an event of a subgraph tells of; null when it is not one. */
export function readActed({ eventId, topic, occurredAt, payload }: DomainEvent): UnchainedEntry | null {
  const read = shape.safeParse(payload);
  const at = new Date(occurredAt);
  if (!read.success || !isId(eventId) || Number.isNaN(at.getTime())) return null;
  return {
    entryId: eventId.toLowerCase(),
    at: at.toISOString().replace('Z', '000Z'),
    subgraph: topic.split('.')[0]!,
    ...read.data,
    entityIds: read.data.entityIds.map((id) => id.toLowerCase()),
  };
}
