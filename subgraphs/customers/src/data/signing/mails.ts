import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** A mail that is to be sent. */
export interface QueuedMail {
  readonly mailId: string;
  readonly kind: string;
  readonly customerId: string | null;
  readonly identityId: string | null;
  readonly tokenId: string | null;
  readonly locale: string | null;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** How often it was taken to be sent, this time included. */
  readonly tries: number;
}

/** Whom a mail goes to. */
export interface Recipient {
  readonly email: string | null;
  readonly givenName: string | null;
  readonly locale: string | null;
}

export async function insertMail(tx: Tx, mail: Omit<QueuedMail, 'tries'>): Promise<void> {
  await tx.execute(sql`
    insert into customers.mails (mail_id, kind, customer_id, identity_id, token_id, locale, parameters, tries, due_at, created_at)
    values (${mail.mailId}::uuid, ${mail.kind}, ${mail.customerId}::uuid, ${mail.identityId}::uuid, ${mail.tokenId}::uuid,
      ${mail.locale}, ${JSON.stringify(mail.parameters)}::jsonb, 0, customers.app_now(), customers.app_now())`);
}

/**
 * Takes mails that are due, in one statement: nobody else takes them until the lease is over. Whoever dies with one leaves it to the next.
 */
export const takeMails = (
  db: Db,
  { limit, leaseS }: { readonly limit: number; readonly leaseS: number },
): Promise<QueuedMail[]> =>
  db.execute<QueuedMail & Record<string, unknown>>(sql`
    update customers.mails m set tries = tries + 1, due_at = customers.app_now() + ${leaseS} * interval '1 second'
    from (
      select mail_id from customers.mails where due_at <= customers.app_now() order by due_at limit ${limit} for update skip locked
    ) due
    where m.mail_id = due.mail_id
    returning m.mail_id as "mailId", m.kind, m.customer_id as "customerId", m.identity_id as "identityId", m.token_id as "tokenId",
      m.locale, m.parameters, m.tries`);

/** A mail was sent, or is not to be sent any more. */
export async function deleteMail(db: Db, mailId: string): Promise<void> {
  await db.execute(sql`delete from customers.mails where mail_id = ${mailId}::uuid`);
}

/** A mail could not be sent: it is due again later. */
export async function putOffMail(db: Db, mailId: string, afterS: number): Promise<void> {
  await db.execute(sql`
    update customers.mails set due_at = customers.app_now() + ${afterS} * interval '1 second' where mail_id = ${mailId}::uuid`);
}

/** Where mail to a customer goes, or to one address of one; null when there is no such person any more. */
export async function findRecipient(
  db: Db,
  { customerId, identityId }: Pick<QueuedMail, 'customerId' | 'identityId'>,
): Promise<Recipient | null> {
  const rows =
    identityId === null
      ? await db.execute<Recipient & Record<string, unknown>>(sql`
          select i.value as email, c.given_name as "givenName", c.locale from customers.customers asked
          join customers.customers c on c.customer_id = coalesce(asked.merged_into, asked.customer_id)
          left join customers.identities i on i.customer_id = c.customer_id and i.kind = 'EMAIL' and i.is_primary
          where asked.customer_id = ${customerId}::uuid and c.erased_at is null`)
      : await db.execute<Recipient & Record<string, unknown>>(sql`
          select i.value as email, c.given_name as "givenName", c.locale from customers.identities i
          join customers.customers c using (customer_id)
          where i.identity_id = ${identityId}::uuid and i.kind = 'EMAIL' and c.erased_at is null`);
  return rows[0] ?? null;
}
