import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import { changeRole, countApprovers, endMembership, findMember, membershipOf } from '../../data/companies/members.ts';
import { lockCustomer, touchCustomers } from '../../data/profile/locked-customers.ts';
import { staleTokensOf } from '../../data/signing/revocations.ts';
import { APPROVAL_LIMITS } from '../../domain/companies/approval-rule.ts';
import { approvesAs, type Member } from '../../domain/companies/member.ts';
import { customerChanged, type CompanyRole } from '../../domain/profile/customer.ts';
import { mayManage } from './may-manage.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

type Refusal = ReturnType<typeof invalidInput> | ReturnType<typeof notFound>;
export type SetRoleOutcome = { readonly __typename: 'CompanyMemberChanged'; readonly member: Member } | Refusal;
export type RemoveMemberOutcome = { readonly __typename: 'CompanyMemberRemoved'; readonly memberId: string } | Refusal;
export type LeaveOutcome = { readonly __typename: 'CompanyLeft'; readonly companyId: string } | Refusal;

const noMember = () => new RefusedChange<Refusal>(notFound('There is no such member.', ['input', 'memberId']));
const lastAdmin = (path: string[] | null) =>
  new RefusedChange<Refusal>(
    invalidInput('LAST_ADMIN', 'A company keeps at least one administrator: make somebody else one first.', path),
  );

/** That there is room for another member who approves. The company must be locked. */
export const hasRoomForApprover = async (tx: Tx, companyId: string): Promise<boolean> =>
  (await countApprovers(tx, companyId)) < APPROVAL_LIMITS.approvers;

export const tooManyApprovers = (path: string[] | null) =>
  invalidInput(
    'TOO_MANY_APPROVERS',
    `A company has at most ${APPROVAL_LIMITS.approvers} approvers and administrators.`,
    path,
  );

/** Gives a member another role, for administrators of the company and staff. The person's tokens end, since they name the role. */
export async function setMemberRole(
  db: Database,
  caller: Caller,
  { memberId, role }: { readonly memberId: string; readonly role: CompanyRole },
): Promise<SetRoleOutcome> {
  const change = async (tx: Tx): Promise<SetRoleOutcome> => {
    const member = await lockManaged(tx, caller, memberId);
    if (member.role === role) return { __typename: 'CompanyMemberChanged', member };
    if (approvesAs(role) && !approvesAs(member.role) && !(await hasRoomForApprover(tx, member.companyId)))
      return tooManyApprovers(['input', 'role']);
    if (!(await changeRole(tx, member.id, role))) throw lastAdmin(['input', 'role']);
    await tell(tx, member.customerId);
    return { __typename: 'CompanyMemberChanged', member: { ...member, role } };
  };
  return orRefused(inTransaction(db, change));
}

/** Ends a membership, for administrators of the company and staff; never that of the last administrator. The person's tokens end. */
export async function removeMember(db: Database, caller: Caller, memberId: string): Promise<RemoveMemberOutcome> {
  const change = async (tx: Tx): Promise<RemoveMemberOutcome> => {
    const member = await lockManaged(tx, caller, memberId);
    if (!(await endMembership(tx, member.id))) throw lastAdmin(['input', 'memberId']);
    await tell(tx, member.customerId);
    return { __typename: 'CompanyMemberRemoved', memberId: member.id };
  };
  return orRefused(inTransaction(db, change));
}

/** Ends the caller's own membership; not that of the last administrator. */
export async function leaveCompany(db: Database, { customerId }: Caller): Promise<LeaveOutcome> {
  const noCompany = notFound('You buy for no company.');
  if (customerId === undefined) return noCompany;
  const change = async (tx: Tx): Promise<LeaveOutcome> => {
    const membership = (await membershipOf(tx, [customerId])).get(customerId);
    if (!membership) return noCompany;
    const member = await lockMember(tx, membership.memberId);
    if (!member) throw new RefusedChange<LeaveOutcome>(noCompany);
    if (!(await endMembership(tx, member.id))) throw lastAdmin(null);
    await tell(tx, member.customerId);
    return { __typename: 'CompanyLeft', companyId: member.companyId };
  };
  return orRefused(inTransaction(db, change));
}

/** Locks a member that the caller may manage, with profile and company. @throws RefusedChange when there is none. */
async function lockManaged(tx: Tx, caller: Caller, memberId: string): Promise<Member> {
  if (!isId(memberId)) throw noMember();
  const known = await findMember(tx, memberId);
  // Nobody locks what is none of their business.
  if (!known || !(await mayManage(tx, caller, known.companyId))) throw noMember();
  const member = await lockMember(tx, memberId);
  if (!member || !(await mayManage(tx, caller, member.companyId))) throw noMember();
  return member;
}

/** Locks the profile, then the company, and reads the member behind these locks, where it stays as it is. */
async function lockMember(tx: Tx, memberId: string): Promise<Member | null> {
  const known = await findMember(tx, memberId);
  if (!known) return null;
  const person = await lockCustomer(tx, known.customerId);
  await lockCompany(tx, known.companyId);
  const member = await findMember(tx, memberId);
  // A merge may have moved it to another profile, which is the one that is locked then.
  return member?.customerId === person?.id ? member : null;
}

/** Tells that a person's company has changed: the profile counts a revision, and access tokens that say otherwise end. */
export async function tell(tx: Tx, customerId: string): Promise<void> {
  await appendEvents(tx, 'customers', (await touchCustomers(tx, [customerId])).map(customerChanged));
  await staleTokensOf(tx, [customerId]);
}
