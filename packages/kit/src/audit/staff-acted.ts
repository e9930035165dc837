import type { Caller, Role } from '../auth/caller.ts';
import type { NewEvent } from '../events/event.ts';
import { describeInput } from './describe-input.ts';

/** Roles whose mutations are recorded: people and machines that act for the shop, not those who buy from it. */
const RECORDED: ReadonlySet<Role> = new Set(['staff', 'device', 'integration']);

/** DONE: its transaction committed. REFUSED: it answered a `UserError`. FAILED: it ended in an error. */
export type AuditOutcome = 'DONE' | 'REFUSED' | 'FAILED';

/**
 * The payload of `<subgraph>.staff.acted`: who did what to what. Ids, coordinates and digests only, since it is kept for good and travels
 * over the bus, and neither can forget a person.
 */
export interface StaffActed {
  readonly actor: Role;
  readonly subject: string;
  readonly credentialId: string | null;
  readonly staffId: string | null;
  readonly deviceId: string | null;
  readonly channel: string | null;
  readonly requestId: string;
  /** The coordinate of the mutation, such as `Mutation.pricesSet`. */
  readonly action: string;
  /** Ids among the arguments, in order of appearance, at most 50. */
  readonly entityIds: readonly string[];
  /** SHA-256 in hexadecimal of the salt and the canonical JSON of the arguments. */
  readonly inputDigest: string;
  /** 32 random bytes in hexadecimal. Whoever forgets them makes it impossible to guess the arguments from the digest. */
  readonly inputSalt: string;
  readonly outcome: AuditOutcome;
  /** The type that refused, or the code of the error; null for DONE. */
  readonly reason: string | null;
}

/** Whether what a caller does is recorded. */
export const isRecorded = ({ role }: Caller): boolean => RECORDED.has(role);

/** The entry of a mutation that was done. */
export function staffActed(
  { caller, requestId }: { readonly caller: Caller; readonly requestId: string },
  action: string,
  input: unknown,
): StaffActed {
  return {
    actor: caller.role,
    subject: caller.subject,
    credentialId: caller.credentialId ?? null,
    staffId: caller.staffId ?? null,
    deviceId: caller.deviceId ?? null,
    channel: caller.channel,
    requestId,
    action,
    ...describeInput(input),
    outcome: 'DONE',
    reason: null,
  };
}

/** The entry as an event of a subgraph. */
export const staffActedEvent = (schema: string, entry: StaffActed): NewEvent<StaffActed> => ({
  topic: `${schema}.staff.acted`,
  key: entry.subject,
  payload: entry,
});
