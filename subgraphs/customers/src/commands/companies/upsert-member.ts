import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import { isLocationOf } from '../../data/companies/locations.ts';
import { changeRole, chooseLocation, insertMember, membershipOf } from '../../data/companies/members.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { approvesAs } from '../../domain/companies/member.ts';
import type { Membership } from '../../domain/companies/member.ts';
import type { CompanyRole } from '../../domain/profile/customer.ts';
import { readId } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import { hasRoomForApprover, tell } from './change-members.ts';

const ROLES: readonly CompanyRole[] = ['BUYER', 'APPROVER', 'ADMIN'];

export interface MemberInput {
  readonly companyId: string;
  readonly customerId: string;
  readonly role: string;
  readonly companyLocationId?: string | null | undefined;
}

/**
 * Makes a person a member of a company, or the member of that role at that location, in one transaction. Who is so already stays as they
 * are, and their tokens go on.
 * @throws GraphQLError BAD_USER_INPUT, also for members of another company, for one approver too many and for the last administrator.
 */
export function upsertMember(db: Database, input: MemberInput): Promise<{ memberId: string }> {
  const role = ROLES.find((each) => each === input.role);
  if (!role) throw badInput(`role must be one of ${ROLES.join(', ')}.`, ['input', 'role']);
  const [companyId, customerId, companyLocationId] = [
    valueOf(readId(input.companyId, 'companyId')),
    valueOf(readId(input.customerId, 'customerId')),
    valueOf(readId(input.companyLocationId, 'companyLocationId')),
  ];
  return inTransaction(db, async (tx) => {
    const person = customerId === null ? null : await lockCustomer(tx, customerId);
    if (!person) throw badInput('There is no such customer.', ['input', 'customerId']);
    const company = companyId === null ? null : await lockCompany(tx, companyId);
    if (!company) throw badInput('There is no such company.', ['input', 'companyId']);
    if (companyLocationId !== null && !(await isLocationOf(tx, company.id, companyLocationId)))
      throw badInput('The company has no such location.', ['input', 'companyLocationId']);
    const before = (await membershipOf(tx, [person.id])).get(person.id);
    if (before && before.companyId !== company.id)
      throw badInput('This person buys for another company.', ['input', 'customerId']);
    const becomesApprover = approvesAs(role) && !(before && approvesAs(before.companyRole));
    if (becomesApprover && !(await hasRoomForApprover(tx, company.id)))
      throw badInput('The company has as many approvers as it can have.', ['input', 'role']);
    const member = { customerId: person.id, companyId: company.id, companyRole: role, companyLocationId };
    return { memberId: before ? await change(tx, before, member) : await make(tx, member) };
  });
}

type Member = Pick<Membership, 'customerId' | 'companyId' | 'companyRole' | 'companyLocationId'>;

async function make(tx: Tx, member: Member): Promise<string> {
  // The profile is locked, and was seen to have no company.
  const memberId = (await insertMember(tx, member))!;
  await tell(tx, member.customerId);
  return memberId;
}

async function change(tx: Tx, before: Membership, { companyRole, companyLocationId }: Member): Promise<string> {
  const { memberId, customerId } = before;
  const isMoved = companyLocationId !== null && companyLocationId !== before.companyLocationId;
  if (companyRole === before.companyRole && !isMoved) return memberId;
  if (!(await changeRole(tx, memberId, companyRole)))
    throw badInput('A company keeps at least one administrator.', ['input', 'role']);
  if (isMoved) await chooseLocation(tx, customerId, companyLocationId);
  await tell(tx, customerId);
  return memberId;
}
