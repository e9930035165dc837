import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { lockCompany } from '../../data/companies/companies.ts';
import { useInvitation } from '../../data/companies/invitations.ts';
import { insertMember } from '../../data/companies/members.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import type { Company } from '../../domain/companies/company.ts';
import { approvesAs } from '../../domain/companies/member.ts';
import type { Sealing } from '../../sealing/sealing.ts';
import { takeOneTimeToken } from '../signing/one-time-tokens.ts';
import { hasRoomForApprover, tell, tooManyApprovers } from './change-members.ts';
import { INVITATION_TOKEN } from './invite-member.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

export type AcceptOutcome =
  | { readonly __typename: 'CompanyJoined'; readonly company: Company; readonly memberId: string }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>;

/**
 * Makes the signed-in person a member of the company that invited one of their addresses, in one transaction. The token came by mail to that
 * address, so that it counts as verified from now on. Of many who try at once one succeeds; who is refused uses nothing up.
 * @returns InvalidInput `ALREADY_MEMBER` when the person buys for a company; NotFound for a token that is unknown, used, ended or another
 *   person's, which look alike.
 */
export async function acceptInvitation(
  { db, sealing }: { readonly db: Database; readonly sealing: Sealing },
  { customerId }: Caller,
  token: string,
): Promise<AcceptOutcome> {
  const none = notFound(
    'This invitation is not open any more, or was sent to an address that is not on your profile.',
    ['input', 'token'],
  );
  if (customerId === undefined) return none;
  const accept = async (tx: Tx): Promise<AcceptOutcome> => {
    const taken = await takeOneTimeToken({ sealing }, tx, { purpose: INVITATION_TOKEN, token });
    if (!taken) return none;
    const person = await lockCustomer(tx, customerId);
    const invitation = person && (await useInvitation(tx, taken.subjectId, person.id));
    if (!invitation) throw new RefusedChange<AcceptOutcome>(none);
    const company = (await lockCompany(tx, invitation.companyId))!;
    if (approvesAs(invitation.role) && !(await hasRoomForApprover(tx, company.id)))
      throw new RefusedChange<AcceptOutcome>(tooManyApprovers(['input', 'token']));
    const memberId = await insertMember(tx, {
      customerId: person.id,
      companyId: company.id,
      companyRole: invitation.role,
      companyLocationId: invitation.companyLocationId,
    });
    if (memberId === null) throw new RefusedChange<AcceptOutcome>(alreadyMember());
    await tell(tx, person.id);
    return { __typename: 'CompanyJoined', company, memberId };
  };
  return orRefused(inTransaction(db, accept));
}

const alreadyMember = () =>
  invalidInput('ALREADY_MEMBER', 'You buy for a company already: leave it first.', ['input', 'token']);
