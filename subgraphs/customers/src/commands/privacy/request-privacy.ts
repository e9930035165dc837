import { createHash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { lockPerson } from '../../data/privacy/erase-person.ts';
import {
  allIds,
  findOrphans,
  findPerson,
  findStandingOf,
  hasEmail,
  type PersonIds,
} from '../../data/privacy/people.ts';
import { findByKey, findStanding, insertRequest } from '../../data/privacy/requests.ts';
import { SECTION_KINDS } from '../../data/privacy/sections.ts';
import type { PrivacyKind, PrivacyRequest } from '../../domain/privacy/request.ts';
import { normalizeEmail } from '../read-input.ts';

export const PRIVACY_WRITE = 'privacy:write';
const MAX_KEY_LENGTH = 200;

export interface PrivacyInput {
  readonly customerId?: string | null | undefined;
  readonly idempotencyKey: string;
}

const noSuchCustomer = () => notFound('There is no such customer.', ['input', 'customerId']);
const badKey = invalidInput('INVALID_KEY', `A key has 1 to ${MAX_KEY_LENGTH} characters.`, ['input', 'idempotencyKey']);
const mismatch = invalidInput(
  'CONFIRMATION_MISMATCH',
  'Repeat the id or the email address of the person who shall be forgotten: this cannot be undone.',
  ['input', 'confirmation'],
);

const blocked = (companyIds: readonly string[]) => ({
  __typename: 'ErasureBlocked' as const,
  code: 'LAST_ADMIN',
  message: 'A company has no other administrator. Make somebody else its administrator first.',
  path: null,
  companyIds: [...companyIds],
});

interface Note {
  readonly code: string;
  readonly message: string;
}

export interface Accepted {
  readonly __typename: 'PrivacyRequestAccepted';
  readonly request: PrivacyRequest;
  readonly notes: Note[];
}

export type ExportOutcome =
  Accepted | ReturnType<typeof invalidInput> | ReturnType<typeof notFound> | ReturnType<typeof idempotencyKeyReused>;
export type EraseOutcome = ExportOutcome | ReturnType<typeof blocked>;

/**
 * Takes a request for everything that is kept about a person, who is the caller, or anybody for callers with `privacy:write`. While one is
 * worked on, and for ten minutes behind it, who asks again is told of that one.
 */
export async function requestExport(db: Database, caller: Caller, input: PrivacyInput): Promise<ExportOutcome> {
  const person = await personOf(db, caller, input);
  if (!person || person.isErased) return noSuchCustomer();
  return place(db, caller, { input, person, kind: 'EXPORT' });
}

/**
 * Takes a request to forget a person. Refused when the confirmation does not name them, or a company would lose its last administrator.
 * Repeating it for somebody who was forgotten is harmless.
 */
export async function requestErasure(
  db: Database,
  caller: Caller,
  input: PrivacyInput & { readonly confirmation: string },
): Promise<EraseOutcome> {
  const person = await personOf(db, caller, input);
  if (!person) return noSuchCustomer();
  if (!(await isConfirmed(db, person, input.confirmation))) return mismatch;
  const refuse = async (tx: Tx, locked: PersonIds) => {
    const orphans = await findOrphans(tx, locked);
    return orphans.length > 0 ? blocked(orphans) : null;
  };
  return place(db, caller, { input, person, kind: 'ERASE', refuse });
}

/** The person that the caller may act for; null for nobody, and for somebody else: the two look alike. */
async function personOf(db: Database, caller: Caller, { customerId }: PrivacyInput): Promise<PersonIds | null> {
  const asked = customerId ?? caller.customerId;
  if (asked === undefined || !isId(asked)) return null;
  const person = await findPerson(db.orm, asked.toLowerCase());
  if (!person) return null;
  const isOwn = caller.customerId !== undefined && allIds(person).includes(caller.customerId);
  return isOwn || hasScope(caller, PRIVACY_WRITE) ? person : null;
}

async function isConfirmed(db: Database, person: PersonIds, confirmation: string): Promise<boolean> {
  const text = confirmation.trim().toLowerCase();
  if (allIds(person).includes(text)) return true;
  const email = normalizeEmail(confirmation);
  return email !== null && (await hasEmail(db.orm, person, email));
}

interface Placing<Refusal> {
  readonly input: PrivacyInput;
  readonly person: PersonIds;
  readonly kind: PrivacyKind;
  /** What keeps it from being taken, now that the person is locked. */
  readonly refuse?: (tx: Tx, person: PersonIds) => Promise<Refusal | null>;
}

async function place<Refusal = never>(
  db: Database,
  caller: Caller,
  { input, person: named, kind, refuse }: Placing<Refusal>,
): Promise<ExportOutcome | Refusal> {
  const { idempotencyKey } = input;
  if (idempotencyKey.length < 1 || idempotencyKey.length > MAX_KEY_LENGTH) return badKey;
  const requestedBy = caller.customerId ?? caller.subject;
  const keyHash = sha256(idempotencyKey);
  const requestHash = sha256(JSON.stringify([kind, named.id]));
  return inTransaction(db, async (tx): Promise<ExportOutcome | Refusal> => {
    // Under the lock of the profile, so that of many at once one is made.
    const person = await lockPerson(tx, named.id);
    if (!person) return noSuchCustomer();
    const known = await findByKey(tx, requestedBy, keyHash);
    if (known) return known.requestHash === requestHash ? accepted(tx, person, known) : idempotencyKeyReused();
    const standing = await findStanding(tx, person.id, kind);
    if (standing) return accepted(tx, person, standing);
    const refusal = await refuse?.(tx, person);
    if (refusal) return refusal;
    const step = kind === 'ERASE' ? 'ERASE' : SECTION_KINDS[0]!;
    const made = await insertRequest(tx, {
      ...{ id: newId(), kind, customerId: person.id, requestedBy, keyHash, requestHash, step },
    });
    return accepted(tx, person, made);
  });
}

async function accepted(tx: Tx, person: PersonIds, request: PrivacyRequest): Promise<Accepted> {
  const notes = request.kind === 'ERASE' ? await notesOf(tx, person) : [];
  return { __typename: 'PrivacyRequestAccepted', request, notes };
}

async function notesOf(tx: Tx, person: PersonIds): Promise<Note[]> {
  const { points, hasOpenCredit } = await findStandingOf(tx, person);
  return [
    ...(points > 0 ? [{ code: 'POINTS_FORFEITED', message: `${points} points are lost with the profile.` }] : []),
    ...(hasOpenCredit
      ? [
          {
            code: 'OPEN_CREDIT',
            message:
              'There are orders on the account of a company that still owes for some: the company goes on owing it.',
          },
        ]
      : []),
  ];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
