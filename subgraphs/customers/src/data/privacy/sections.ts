import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import { uuids } from '../profile/customers.ts';

/** One kind of records about a person. */
interface Section {
  readonly kind: string;
  /** Rows `(key text, data jsonb)`; the key is unique within the section. @param ids all ids of the person, as an array of uuids. */
  readonly rows: (ids: SQL) => SQL;
}

/** Rows of a table that name the person. @param key columns of its primary key. @param without columns that say nothing to anybody, or are secret. */
const owned = (
  kind: string,
  table: string,
  { key, without = [] }: { readonly key: readonly string[]; readonly without?: readonly string[] },
): Section => ({
  kind,
  rows: (ids) => sql`
    select ${sql.raw(`concat_ws(' ', ${key.map((column) => `t.${column}`).join(', ')})`)} as key, to_jsonb(t) - ${sql.raw(`'{${without.join(',')}}'::text[]`)} as data
    from ${sql.raw(`customers.${table}`)} t where t.customer_id = any(${ids})`,
});

const pointsAccounts = (ids: SQL) => sql`customers.accounts a where a.kind = 'POINTS' and a.owner_id = any(${ids})`;

/**
 * Everything that customers keeps of a person, in the order in which it is told. Digests of secrets are left out, since they say
 * nothing of anybody, and so is what only says how work is shared out.
 */
const SECTIONS: readonly Section[] = [
  owned('profiles', 'customers', {
    key: ['customer_id'],
    without: ['search_name', 'segments_version', 'segments_due_at'],
  }),
  owned('identities', 'identities', { key: ['identity_id'] }),
  owned('addresses', 'addresses', { key: ['address_id'] }),
  owned('preferences', 'preferences', { key: ['customer_id', 'key'] }),
  owned('consents', 'consents', { key: ['seq'] }),
  owned('notes', 'notes', { key: ['note_id'] }),
  owned('groups', 'group_members', { key: ['customer_id', 'group_code'] }),
  owned('passwords', 'passwords', { key: ['customer_id'], without: ['hash'] }),
  owned('sessions', 'sessions', { key: ['session_id'] }),
  owned('keys', 'credentials', { key: ['credential_id'], without: ['secret_hash', 'request_hash'] }),
  {
    kind: 'one-time-tokens',
    rows: (ids) => sql`
      select t.token_id::text as key, jsonb_build_object('purpose', t.purpose, 'createdAt', t.created_at, 'expiresAt', t.expires_at) as data
      from customers.one_time_tokens t where t.subject_id = any(${ids})
        or t.subject_id in (select identity_id from customers.identities where customer_id = any(${ids}))`,
  },
  {
    kind: 'mails',
    rows: (ids) => sql`
      select t.mail_id::text as key, to_jsonb(t) - '{tries,due_at}'::text[] as data from customers.mails t
      where t.customer_id = any(${ids}) or t.identity_id in (select identity_id from customers.identities where customer_id = any(${ids}))`,
  },
  {
    kind: 'companies',
    rows: (ids) => sql`
      select m.member_id::text as key, to_jsonb(m) || jsonb_build_object('company', c.name) as data
      from customers.company_members m join customers.companies c on c.company_id = m.company_id where m.customer_id = any(${ids})`,
  },
  {
    kind: 'invitations',
    rows: (ids) => sql`
      select i.invitation_id::text as key, to_jsonb(i) || jsonb_build_object('company', c.name) as data
      from customers.company_invitations i join customers.companies c on c.company_id = i.company_id
      where i.accepted_by = any(${ids})
        or i.email in (select value from customers.identities where customer_id = any(${ids}) and kind = 'EMAIL')`,
  },
  owned('credit-orders', 'credit_orders', { key: ['hold_key'] }),
  owned('orders', 'customer_orders', { key: ['order_id'] }),
  {
    kind: 'statistics',
    rows: (ids) => sql`
      select t.customer_id || ' ' || t.channel || ' ' || t.currency as key, to_jsonb(t) as data
      from customers.customer_statistics t where t.customer_id = any(${ids})`,
  },
  {
    kind: 'points',
    rows: (ids) => sql`select a.account_id::text as key, to_jsonb(a) as data from ${pointsAccounts(ids)}`,
  },
  {
    kind: 'points-ledger',
    rows: (ids) => sql`
      select e.transaction_id || ' ' || e.position as key, to_jsonb(t) - 'fingerprint' || to_jsonb(e) || jsonb_build_object('note', n.note) as data
      from customers.ledger_entries e join customers.ledger_transactions t on t.transaction_id = e.transaction_id
      left join customers.ledger_notes n on n.transaction_id = e.transaction_id
      where e.account_id in (select a.account_id from ${pointsAccounts(ids)})`,
  },
  {
    kind: 'points-held',
    rows: (ids) => sql`
      select h.hold_key || ' ' || h.account_id as key, to_jsonb(h) as data
      from customers.holds h where h.account_id in (select a.account_id from ${pointsAccounts(ids)})`,
  },
  {
    kind: 'points-lots',
    rows: (ids) => sql`
      select l.lot_id::text as key, to_jsonb(l) as data
      from customers.loyalty_lots l where l.account_id in (select a.account_id from ${pointsAccounts(ids)})`,
  },
  {
    kind: 'loyalty',
    rows: (ids) => sql`
      select s.account_id::text as key, to_jsonb(s) as data
      from customers.loyalty_standings s where s.account_id in (select a.account_id from ${pointsAccounts(ids)})`,
  },
  owned('loyalty-orders', 'loyalty_orders', { key: ['order_id'] }),
  {
    kind: 'merges',
    rows: (ids) => sql`
      select m.merge_id::text as key, to_jsonb(m) as data
      from customers.merges m where m.survivor_id = any(${ids}) or m.absorbed_id = any(${ids})`,
  },
  {
    kind: 'merged-records',
    rows: (ids) => sql`
      select v.merge_id || ' ' || v.part || ' ' || v.row_key as key, to_jsonb(v) as data
      from customers.merges m join customers.merge_moves v on v.merge_id = m.merge_id
      where m.survivor_id = any(${ids}) or m.absorbed_id = any(${ids})`,
  },
  {
    kind: 'what-staff-did',
    rows: (ids) => sql`
      select lpad(e.seq::text, 19, '0') as key, to_jsonb(e) - '{previous_hash,hash,input_digest}'::text[] as data
      from customers.audit_entries e where e.entity_ids && ${ids}`,
  },
  owned('privacy-requests', 'privacy_requests', {
    key: ['request_id'],
    without: ['key_hash', 'request_hash', 'lease_owner', 'leased_until', 'position', 'tries', 'due_at'],
  }),
];

/** The kinds of records, in the order in which they are told. */
export const SECTION_KINDS: readonly string[] = SECTIONS.map(({ kind }) => kind);

/** A page of records of a kind, in the order of their keys. */
export async function findSection(
  tx: Db | Tx,
  {
    kind,
    customerIds,
    after,
    most,
  }: { kind: string; customerIds: readonly string[]; after: string | null; most: number },
): Promise<{ readonly key: string; readonly data: unknown }[]> {
  const section = SECTIONS.find((each) => each.kind === kind);
  if (!section) throw new Error(`There is no section ${kind}.`);
  return await tx.execute<{ key: string; data: unknown }>(sql`
    select key, data from (${section.rows(uuids(customerIds))}) as section
    where ${after}::text is null or key collate "C" > ${after} order by key collate "C" limit ${most}`);
}
