import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { fillCustomer, insertCustomer } from '../../data/profile/customers.ts';
import { findEvidence, insertIdentity, insertPerson, type Evidence } from '../../data/profile/identities.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { customerChanged, learnsFrom, type PersonDetails } from '../../domain/profile/customer.ts';
import { byWeight, MOST_IDENTITIES, type IdentityKey } from '../../domain/profile/identity.ts';
import { readEmail, readId, readName, readPhone } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import { readExternalId, readLoyaltyCard, readSource } from './read-identity.ts';

/** A person as another service names them. */
export interface PersonInput {
  readonly email?: string | null | undefined;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly loyaltyCard?: string | null | undefined;
  readonly externalId?: { readonly source: string; readonly value: string } | null | undefined;
  readonly companyId?: string | null | undefined;
}

/** What became of the request; the id is null when the profile is not for whoever names its address. */
export interface EnsuredCustomer {
  readonly customerId: string | null;
  readonly created: boolean;
  /** Whether what was named leads to several people. */
  readonly ambiguous: boolean;
}

interface Named {
  readonly email: string | null;
  readonly details: PersonDetails;
  /** What finds the person, the strongest first. */
  readonly keys: readonly IdentityKey[];
  readonly externalId: IdentityKey | null;
}

/** Somebody else makes the person at the same time: the next look finds them. More would be somebody who is made and erased again and again. */
const TRIES = 5;

/**
 * Finds the profile of a person or makes one, and fills what it lacks; what it has stays. However many callers name one person at once,
 * there is one profile and one of them made it. The event is written in the same transaction, when something changed.
 *
 * An id of a channel decides before a loyalty card, that before an address, and that before a verified telephone number, which counts only
 * where no address is named: numbers that come with an address are typed by people who shop, and may be anybody's. Where several people
 * are found, the first decides, nothing is changed, and the answer says so. A profile that somebody signs in with is not changed, and given
 * by its address only when that is verified: whoever signs up with somebody else's address must not see that person's orders. No address
 * and no card is ever added to a profile that was found: they open it. A number alone finds a person and makes none.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function ensureCustomer(db: Database, input: PersonInput): Promise<EnsuredCustomer> {
  const named = readPerson(input);
  try {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      // Most orders are of people who are known: a plain read takes no lock on their row. What is written below is right without it.
      const ensured = decide(named, await findEvidence(db.orm, named.keys));
      if ('answer' in ensured) return ensured.answer;
      const answer = await write(db, named, ensured.fill);
      if (answer) return answer;
    }
  } catch (error) {
    if (brokenConstraint(error) !== 'company_members_company') throw error;
    throw badInput('There is no such company.', ['input', 'companyId']);
  }
  throw new Error('a person was neither found nor made');
}

/** What to do about what was found: answer, or write to a profile, or to none yet. */
function decide(
  { details, externalId }: Named,
  found: readonly Evidence[],
): { readonly answer: EnsuredCustomer } | { readonly fill: Evidence | null } {
  const [first] = [...found].sort(byWeight);
  if (!first) return { fill: null };
  const ambiguous = new Set(found.map(({ customer }) => customer.id)).size > 1;
  const isTheirs = first.kind !== 'EMAIL' || first.isVerified || !first.hasPassword;
  const customerId = isTheirs ? first.customer.id : null;
  const lacks = learnsFrom(first.customer, details) || lacksId(first, externalId);
  if (ambiguous || first.hasPassword || !lacks) return { answer: { customerId, created: false, ambiguous } };
  return { fill: first };
}

const lacksId = ({ sources }: Evidence, externalId: IdentityKey | null): externalId is IdentityKey =>
  externalId !== null && !sources.includes(externalId.source) && sources.length < MOST_IDENTITIES / 2;

/** Fills a profile, or makes one. @returns null when somebody else was quicker: look again. */
async function write(db: Database, named: Named, found: Evidence | null): Promise<EnsuredCustomer | null> {
  try {
    return await inTransaction(db, (tx) => (found ? fill(tx, named, found) : create(tx, named)));
  } catch (error) {
    if (error === QUICKER || brokenConstraint(error) === 'identities_value') return null;
    throw error;
  }
}

const NOBODY: EnsuredCustomer = { customerId: null, created: false, ambiguous: false };

/** Somebody else is known by it since we looked: what was begun is undone. */
const QUICKER = new Error('somebody else was quicker');

async function create(tx: Tx, { email, details, keys }: Named): Promise<EnsuredCustomer | null> {
  const id = newId();
  const others = keys.filter(({ kind }) => kind !== 'EMAIL' && kind !== 'PHONE');
  let revision = 1;
  if (email !== null) {
    if (!(await insertCustomer(tx, id, { email, ...details }))) return null;
    for (const key of others) {
      const identity = { ...key, isVerified: true, isPrimary: key.kind === 'LOYALTY_CARD' };
      if (!(await insertIdentity(tx, id, identity))) throw QUICKER;
    }
  } else {
    // A number that nobody verified finds nobody the next time either: each call would make another profile.
    if (others.length === 0) return NOBODY;
    const { phone } = details;
    const number = phone === null ? [] : [{ kind: 'PHONE' as const, source: '', value: phone, isVerified: false }];
    const identities = [...others.map((key) => ({ ...key, isVerified: true })), ...number];
    await insertPerson(
      tx,
      id,
      { givenName: details.givenName, familyName: details.familyName, locale: null },
      identities.map((identity) => ({ ...identity, isPrimary: identity.kind !== 'EXTERNAL' })),
    );
    revision = (await fillCustomer(tx, id, details)) ?? revision;
  }
  await appendEvents(tx, 'customers', [customerChanged({ id, revision })]);
  return { customerId: id, created: true, ambiguous: false };
}

async function fill(tx: Tx, named: Named, found: Evidence): Promise<EnsuredCustomer | null> {
  const customer = await lockCustomer(tx, found.customer.id);
  // Merged, erased or signed up for since we looked.
  const [still] = await findEvidence(tx, [found]);
  if (!customer || still?.customer.id !== customer.id || still.hasPassword) return null;
  let revision = await fillCustomer(tx, customer.id, named.details);
  if (lacksId(still, named.externalId)) {
    const identity = { ...named.externalId, isVerified: true, isPrimary: false };
    if (!(await insertIdentity(tx, customer.id, identity))) throw QUICKER;
    revision = (await touchCustomers(tx, [customer.id]))[0]!.revision;
  }
  if (revision !== null) await appendEvents(tx, 'customers', [customerChanged({ id: customer.id, revision })]);
  return { customerId: customer.id, created: false, ambiguous: false };
}

function readPerson(input: PersonInput): Named {
  const given = (text: string | null | undefined): text is string => text !== null && text !== undefined;
  const email = given(input.email) ? valueOf(readEmail(input.email)) : null;
  const details = {
    givenName: valueOf(readName(input.givenName, 'givenName')),
    familyName: valueOf(readName(input.familyName, 'familyName')),
    phone: valueOf(readPhone(input.phone)),
    companyId: valueOf(readId(input.companyId, 'companyId')),
  };
  const card = given(input.loyaltyCard) ? valueOf(readLoyaltyCard(input.loyaltyCard)) : null;
  const externalId = input.externalId
    ? {
        kind: 'EXTERNAL' as const,
        source: valueOf(readSource(input.externalId.source, 'externalId')),
        value: valueOf(readExternalId(input.externalId.value, 'externalId')),
      }
    : null;
  const keys: IdentityKey[] = [];
  if (externalId) keys.push(externalId);
  if (card !== null) keys.push({ kind: 'LOYALTY_CARD', source: '', value: card });
  if (email !== null) keys.push({ kind: 'EMAIL', source: '', value: email });
  else if (details.phone !== null) keys.push({ kind: 'PHONE', source: '', value: details.phone });
  if (keys.length === 0)
    throw badInput('Name an address, a number, a loyalty card or an external id.', ['input', 'email']);
  return { email, details, keys, externalId };
}
