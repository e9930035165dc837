import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { MergeSide } from '../../domain/merging/merge-side.ts';
import { uuids } from '../profile/customers.ts';

/** Whether a request of the customer to see or to erase their data is not done. */
const openPrivacyRequest = sql`exists (
  select from customers.privacy_requests p where p.customer_id = c.customer_id and p.state in ('RUNNING', 'WAITING'))`;

/** What of a customer's rows moves with a merge, by its kind. */
const counts = sql`jsonb_build_object(
  'IDENTITIES', (select count(*) from customers.identities r where r.customer_id = c.customer_id),
  'ADDRESSES', (select count(*) from customers.addresses r where r.customer_id = c.customer_id),
  'PREFERENCES', (select count(*) from customers.preferences r where r.customer_id = c.customer_id),
  'CONSENTS', (select count(*) from customers.consents r where r.customer_id = c.customer_id),
  'NOTES', (select count(*) from customers.notes r where r.customer_id = c.customer_id),
  'GROUPS', (select count(*) from customers.group_members r join customers.groups g on g.code = r.group_code
    where r.customer_id = c.customer_id and g.kind = 'GROUP'),
  'ORDERS', (select count(*) from customers.customer_orders r where r.customer_id = c.customer_id),
  'SESSIONS', (select count(*) from customers.sessions r where r.customer_id = c.customer_id and r.expires_at > customers.app_now()),
  'ACCESS_KEYS', (select count(*) from customers.credentials r where r.customer_id = c.customer_id and r.revoked_at is null),
  'MEMBERSHIPS', (select count(*) from customers.company_members r where r.customer_id = c.customer_id and r.left_at is null),
  'POINTS', coalesce(points.balance, 0),
  'HOLDS', (select count(*) from customers.holds r where r.account_id = points.account_id and r.state = 'HELD'))`;

/** Profiles as far as a merge is decided by them, under their own ids, merged and erased ones included; one statement, in no order. */
export const findMergeSides = (db: Db | Tx, ids: readonly string[]): Promise<MergeSide[]> =>
  db.execute<MergeSide & Record<string, unknown>>(sql`
    select c.customer_id as id, c.revision::int as revision, c.given_name as "givenName", c.family_name as "familyName", c.locale,
      email.value as email, email.verified_at is not null as "emailVerified",
      phone.value as phone, phone.verified_at is not null as "phoneVerified", card.value as "loyaltyCard",
      c.merged_into as "mergedInto", c.erased_at is not null as "isErased",
      member.company_id as "companyId", member.role as "companyRole",
      exists (select from customers.passwords w where w.customer_id = c.customer_id) as "hasPassword",
      ${openPrivacyRequest} as "hasOpenPrivacyRequest",
      array(select distinct i.source from customers.identities i where i.customer_id = c.customer_id and i.kind = 'EXTERNAL' order by 1) as "externalSources",
      (select count(*)::int from customers.customers f where f.merged_into = c.customer_id) as "formerCount",
      ${counts} as counts
    from customers.customers c
    left join customers.identities email on email.customer_id = c.customer_id and email.kind = 'EMAIL' and email.is_primary
    left join customers.identities phone on phone.customer_id = c.customer_id and phone.kind = 'PHONE' and phone.is_primary
    left join customers.identities card on card.customer_id = c.customer_id and card.kind = 'LOYALTY_CARD' and card.is_primary
    left join customers.company_members member on member.customer_id = c.customer_id and member.left_at is null
    left join customers.accounts points on points.kind = 'POINTS' and points.owner_id = c.customer_id and points.unit = 'POINTS'
    where c.customer_id = any(${uuids(ids)})`);
