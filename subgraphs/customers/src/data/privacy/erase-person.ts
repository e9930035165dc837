import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { forgetSalts } from '../audit/chain.ts';
import { uuids } from '../profile/customers.ts';
import { endSessionsOf, revokeCredentials } from '../signing/revocations.ts';
import { allIds, findPerson, type PersonIds } from './people.ts';
import { dropExports } from './requests.ts';

/** Between the look and the locks a person can be merged or join a company: each time somebody else's commit is behind it. */
const TRIES = 5;

/**
 * Locks the companies of a person and then all their profiles, each in order of id, as company commands do, until the transaction ends.
 * @returns the person as they are now; null when there is none.
 */
export async function lockPerson(tx: Tx, customerId: string): Promise<PersonIds | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const person = await findPerson(tx, customerId);
    if (!person) return null;
    const ids = uuids(allIds(person));
    const companies = sql`select company_id as id from customers.company_members where customer_id = any(${ids}) and left_at is null`;
    const locked = await tx.execute<{ id: string }>(sql`
      select company_id as id from customers.companies where company_id in (${companies}) order by company_id for no key update`);
    // The strongest lock: whoever adds something that belongs to a profile waits at its foreign key.
    await tx.execute(
      sql`select from customers.customers where customer_id = any(${ids}) order by customer_id for update`,
    );
    const now = await findPerson(tx, customerId);
    const joined = await tx.execute<{ id: string }>(companies);
    const isSame = now !== null && JSON.stringify(allIds(now)) === JSON.stringify(allIds(person));
    if (isSame && joined.every(({ id }) => locked.some((company) => company.id === id))) return now;
  }
  throw new Error('a person is merged again and again');
}

/** Whether points of the person are set aside for an order that is under way. */
export async function hasOpenHolds(tx: Tx, person: PersonIds): Promise<boolean> {
  const rows = await tx.execute(sql`
    select from customers.accounts a join customers.holds h on h.account_id = a.account_id
    where a.kind = 'POINTS' and a.owner_id = any(${uuids(allIds(person))}) and h.state = 'HELD' and h.expires_at > customers.app_now() limit 1`);
  return rows.length > 0;
}

/**
 * Takes everything personal out of the tables, for a person whose profiles are locked. What books need stays under ids that lead to nobody;
 * points that are left expire in the ledger. Repeating it is harmless.
 * @param tokenSubjects ids under which one-time tokens are about the person's addresses.
 * @returns the revision that the profile has now.
 */
export async function erasePerson(tx: Tx, person: PersonIds, tokenSubjects: readonly string[]): Promise<number> {
  const everybody = allIds(person);
  const ids = uuids(everybody);
  const identities = sql`select identity_id from customers.identities where customer_id = any(${ids})`;
  const addresses = sql`select value from customers.identities where customer_id = any(${ids}) and kind = 'EMAIL'`;
  const invitations = sql`select invitation_id from customers.company_invitations where email in (${addresses})`;
  const aboutPerson = sql`(subject_id = any(${uuids([...everybody, ...tokenSubjects])}) or subject_id in (${identities})
    or subject_id in (${invitations}))`;

  await endSessionsOf(tx, everybody);
  const credentials = await tx.execute<{ id: string }>(sql`
    update customers.credentials set revoked_at = coalesce(revoked_at, customers.app_now()), label = 'Erased', prefix = null, last_four = null,
      idempotency_key = null, request_hash = null
    where customer_id = any(${ids}) returning credential_id as id`);
  await revokeCredentials(
    tx,
    credentials.map(({ id }) => id),
  );
  await tx.execute(sql`
    delete from customers.former_secrets where credential_id in (select credential_id from customers.credentials where customer_id = any(${ids}))`);
  await tx.execute(sql`delete from customers.passwords where customer_id = any(${ids})`);
  // What hangs on an address goes before the address.
  await tx.execute(sql`
    delete from customers.mails where customer_id = any(${ids}) or identity_id in (${identities})
      or token_id in (select token_id from customers.one_time_tokens where ${aboutPerson})`);
  await tx.execute(sql`delete from customers.one_time_tokens where ${aboutPerson}`);
  await tx.execute(sql`
    update customers.company_invitations set email = null, revoked_at = coalesce(revoked_at, customers.app_now()) where email in (${addresses})`);
  await tx.execute(sql`
    update customers.company_members set left_at = customers.app_now() where customer_id = any(${ids}) and left_at is null`);
  await tx.execute(sql`delete from customers.identities where customer_id = any(${ids})`);
  await tx.execute(sql`delete from customers.addresses where customer_id = any(${ids})`);
  await tx.execute(sql`delete from customers.preferences where customer_id = any(${ids})`);
  await tx.execute(sql`delete from customers.notes where customer_id = any(${ids})`);
  await tx.execute(sql`delete from customers.group_members where customer_id = any(${ids})`);
  // That somebody consented stays; how they showed it does not.
  await tx.execute(
    sql`update customers.consents set proof = null where customer_id = any(${ids}) and proof is not null`,
  );
  for (const id of everybody) await tx.execute(sql`select customers.forfeit_points(${id}::uuid)`);
  await forgetSalts(tx, everybody);
  await dropExports(tx, ids);
  const [row] = await tx.execute<{ revision: number }>(sql`
    with gone as (
      update customers.customers set given_name = null, family_name = null, locale = null, segments_due_at = null,
        erased_at = coalesce(erased_at, customers.app_now()), revision = revision + 1, updated_at = customers.app_now()
      where customer_id = any(${ids}) returning customer_id, revision
    )
    select revision::int as revision from gone where customer_id = ${person.id}::uuid`);
  return row!.revision;
}
