import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import {
  countInvitations,
  findInvitation,
  insertInvitation,
  revokeInvitation,
  revokeInvitationsTo,
} from '../../data/companies/invitations.ts';
import { isLocationOf } from '../../data/companies/locations.ts';
import { membershipOf } from '../../data/companies/members.ts';
import { findCustomerByEmail } from '../../data/profile/customers.ts';
import { takeAttempt } from '../../data/signing/attempts.ts';
import { deleteTokensAbout } from '../../data/signing/one-time-tokens.ts';
import { INVITATION_LIFETIME_S, type Invitation } from '../../domain/companies/invitation.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import type { Sealing } from '../../sealing/sealing.ts';
import { normalizeEmail } from '../read-input.ts';
import { issueOneTimeToken } from '../signing/one-time-tokens.ts';
import { mayManage, whoIs } from './may-manage.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

/** What a token in an invitation is for. */
export const INVITATION_TOKEN = 'company-invitation';
/** Invitations of a company in a day; and mails to one address, whoever sends them. */
const MAX_A_DAY = 100;
const MAIL_LIMIT = { kind: 'company-invitation', most: 5, windowS: 86_400 };

/** Whom to invite to what. */
export interface Invite {
  /** The caller's own company when absent. */
  readonly companyId?: string | null | undefined;
  readonly email: string;
  readonly role: CompanyRole;
  readonly locationId?: string | null | undefined;
  /** The language of the mail. */
  readonly locale?: string | null | undefined;
}

type Refusal = ReturnType<typeof invalidInput> | ReturnType<typeof notFound>;
export type InviteOutcome = { readonly __typename: 'CompanyMemberInvited'; readonly invitation: Invitation } | Refusal;
export type RevokeInvitationOutcome =
  { readonly __typename: 'CompanyInvitationRevoked'; readonly invitationId: string } | Refusal;

const refuse = (refusal: Refusal) => new RefusedChange<Refusal>(refusal);
const noCompany = () => refuse(notFound('There is no such company.', ['input', 'companyId']));

/**
 * Invites an address to a company, for its administrators and staff: the invitation, the token and the mail in one transaction. What the
 * address was invited with before ends. Whether the address has a profile, or one that buys for somebody else, is not told.
 */
export async function inviteMember(
  { db, sealing }: { readonly db: Database; readonly sealing: Sealing },
  caller: Caller,
  invite: Invite,
): Promise<InviteOutcome> {
  const email = normalizeEmail(invite.email);
  if (email === null)
    return invalidInput('INVALID_EMAIL', 'This is not an email address, such as ada@example.com.', ['input', 'email']);
  if (invite.locale != null && !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(invite.locale))
    return invalidInput('INVALID_LOCALE', 'A language is a tag such as de or de-AT.', ['input', 'locale']);
  const companyId = invite.companyId ?? (await companyOf(db, caller));
  if (companyId === null || !isId(companyId) || !(await mayManage(db.orm, caller, companyId.toLowerCase())))
    return noCompany().outcome;
  if ((await takeAttempt(db.orm, { ...MAIL_LIMIT, subjects: [email] })) !== null)
    return invalidInput('TOO_MANY_INVITATIONS', 'This address was invited too often today.', ['input', 'email']);
  const invitation = { ...invite, email, companyId: companyId.toLowerCase() };
  return orRefused(inTransaction(db, (tx) => write(tx, sealing, caller, invitation)));
}

async function companyOf({ orm }: Database, { customerId }: Caller): Promise<string | null> {
  if (customerId === undefined) return null;
  return (await membershipOf(orm, [customerId])).get(customerId)?.companyId ?? null;
}

/** @throws RefusedChange */
async function write(
  tx: Tx,
  sealing: Sealing,
  caller: Caller,
  { companyId, email, role, locationId, locale }: Invite & { readonly companyId: string },
): Promise<InviteOutcome> {
  const company = await lockCompany(tx, companyId);
  if (!company || !(await mayManage(tx, caller, companyId))) throw noCompany();
  if (locationId != null && !(isId(locationId) && (await isLocationOf(tx, companyId, locationId))))
    throw refuse(notFound('The company has no such location.', ['input', 'locationId']));
  const known = await findCustomerByEmail(tx, email);
  if (known?.companyId === companyId)
    throw refuse(invalidInput('ALREADY_MEMBER', 'This person is a member of the company.', ['input', 'email']));
  for (const id of await revokeInvitationsTo(tx, companyId, email)) await deleteTokensAbout(tx, id);
  if ((await countInvitations(tx, companyId)) >= MAX_A_DAY)
    throw refuse(invalidInput('TOO_MANY_INVITATIONS', `A company sends at most ${MAX_A_DAY} invitations a day.`));
  const invitation = await insertInvitation(tx, {
    companyId,
    email,
    role,
    companyLocationId: locationId ?? null,
    invitedBy: whoIs(caller),
    lifetimeS: INVITATION_LIFETIME_S,
  });
  const { tokenId } = await issueOneTimeToken({ sealing }, tx, {
    purpose: INVITATION_TOKEN,
    subjectId: invitation.id,
    lifetimeS: INVITATION_LIFETIME_S,
    payload: { email },
  });
  const to = { kind: 'COMPANY_INVITATION' as const, to: { tokenId }, locale: locale ?? null };
  await queueMail(tx, { ...to, parameters: { company: company.name } });
  return { __typename: 'CompanyMemberInvited', invitation };
}

/** Ends an open invitation, for administrators of the company and staff: its token is worth nothing any more. */
export async function revokeInvitationOf(
  db: Database,
  caller: Caller,
  invitationId: string,
): Promise<RevokeInvitationOutcome> {
  const none = notFound('There is no such invitation, or it is not open any more.', ['input', 'invitationId']);
  if (!isId(invitationId)) return none;
  const change = async (tx: Tx): Promise<RevokeInvitationOutcome> => {
    const invitation = await findInvitation(tx, invitationId);
    if (!invitation || !(await mayManage(tx, caller, invitation.companyId))) return none;
    // In the order in which whoever accepts it takes them.
    await deleteTokensAbout(tx, invitationId);
    await lockCompany(tx, invitation.companyId);
    const isManaging = await mayManage(tx, caller, invitation.companyId);
    if (!isManaging || !(await revokeInvitation(tx, invitationId))) throw refuse(none);
    return { __typename: 'CompanyInvitationRevoked', invitationId: invitation.id };
  };
  return orRefused(inTransaction(db, change));
}
