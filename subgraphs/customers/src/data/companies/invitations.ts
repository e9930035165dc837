import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import type { Invitation } from '../../domain/companies/invitation.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';

const invitationColumns = sql`i.invitation_id as id, i.company_id as "companyId", i.email, i.role,
  i.company_location_id as "companyLocationId", i.created_at::text as "createdAt", i.expires_at::text as "expiresAt"`;
/** Neither used, revoked nor ended by itself. */
const open = sql`i.accepted_at is null and i.revoked_at is null and i.expires_at > customers.app_now()`;

type Row = Invitation & Record<string, unknown>;

/** Open invitations of a company in order of id, behind one. */
export const listInvitations = (
  db: Db | Tx,
  companyId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Invitation[]> =>
  db.execute<Row>(sql`
    select ${invitationColumns} from customers.company_invitations i
    where i.company_id = ${companyId}::uuid and ${open} and (${after}::uuid is null or i.invitation_id > ${after}::uuid)
    order by i.invitation_id limit ${limit}`);

/** An open invitation; null when there is none, or none that is open. */
export async function findInvitation(db: Db | Tx, id: string): Promise<Invitation | null> {
  const [row] = await db.execute<Row>(sql`
    select ${invitationColumns} from customers.company_invitations i where i.invitation_id = ${id}::uuid and ${open}`);
  return row ?? null;
}

/** How many invitations a company has sent in the last day. */
export async function countInvitations(tx: Tx, companyId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from customers.company_invitations
    where company_id = ${companyId}::uuid and created_at > customers.app_now() - interval '1 day'`);
  return row!.count;
}

/** An invitation to be made. */
export interface NewInvitation {
  readonly companyId: string;
  readonly email: string;
  readonly role: CompanyRole;
  readonly companyLocationId: string | null;
  readonly invitedBy: string;
  readonly lifetimeS: number;
}

/** Revokes what an address was invited with before, also what has ended by itself. The company must be locked. @returns their ids. */
export async function revokeInvitationsTo(tx: Tx, companyId: string, email: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    update customers.company_invitations set revoked_at = customers.app_now(), email = null
    where company_id = ${companyId}::uuid and email = ${email} returning invitation_id as id`);
  return rows.map(({ id }) => id);
}

/** Makes an invitation. @throws with the constraints `company_invitations_open` and `company_invitations_location`. */
export async function insertInvitation(tx: Tx, invitation: NewInvitation): Promise<Invitation> {
  const [row] = await tx.execute<Row>(sql`
    insert into customers.company_invitations as i
      (invitation_id, company_id, email, role, company_location_id, invited_by, created_at, expires_at)
    values (${newId()}::uuid, ${invitation.companyId}::uuid, ${invitation.email}, ${invitation.role}, ${invitation.companyLocationId}::uuid,
      ${invitation.invitedBy}, customers.app_now(), customers.app_now() + make_interval(secs => ${invitation.lifetimeS}))
    returning ${invitationColumns}`);
  return row!;
}

/** Ends an open invitation and forgets its address, in one statement. @returns whether it was open. */
export async function revokeInvitation(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update customers.company_invitations i set revoked_at = customers.app_now(), email = null
    where i.invitation_id = ${id}::uuid and ${open} returning i.invitation_id`);
  return rows.length > 0;
}

/**
 * Uses an open invitation, if the customer has its address, in one statement: of many who try at once one succeeds. Whoever can read
 * the invitation has shown that the address is theirs: it counts as verified from now on.
 * @returns null when it is not open, or the address is not the customer's.
 */
export async function useInvitation(tx: Tx, id: string, customerId: string): Promise<Invitation | null> {
  const [row] = await tx.execute<Row>(sql`
    with owned as (
      select i.invitation_id, i.email, e.identity_id from customers.company_invitations i
      join customers.identities e on e.kind = 'EMAIL' and e.value = i.email and e.customer_id = ${customerId}::uuid
      where i.invitation_id = ${id}::uuid and ${open} for update of i
    ), verified as (
      update customers.identities set verified_at = customers.app_now()
      where identity_id = (select identity_id from owned) and verified_at is null
    )
    update customers.company_invitations i set accepted_at = customers.app_now(), accepted_by = ${customerId}::uuid, email = null
    from owned where i.invitation_id = owned.invitation_id and ${open}
    returning i.invitation_id as id, i.company_id as "companyId", owned.email, i.role, i.company_location_id as "companyLocationId",
      i.created_at::text as "createdAt", i.expires_at::text as "expiresAt"`);
  return row ?? null;
}

/** Forgets invitations that ended long ago, a bounded number at once. @returns how many. */
export async function purgeInvitations(db: Db | Tx, keptDays: number, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.company_invitations where invitation_id in (
      select invitation_id from customers.company_invitations
      where expires_at < customers.app_now() - make_interval(days => ${keptDays}) order by expires_at limit ${limit})
    returning invitation_id`);
  return rows.length;
}
