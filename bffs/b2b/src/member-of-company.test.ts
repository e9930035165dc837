import { expect, it } from 'vitest';
import { memberOfCompany } from './member-of-company.ts';

const buyer = { role: 'customer', subject: 'c1', channel: 'b2b', scopes: [] } as const;
const forbidden = expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) });

it('refuses customers without a company, and lets members and staff in', () => {
  for (const coordinate of [
    'Query.catalogPage',
    'Query.dashboard',
    'Mutation.companyMemberInvite',
    'Query.constructor',
  ])
    expect(() => memberOfCompany(buyer, coordinate)).toThrow(forbidden);
  memberOfCompany({ ...buyer, companyId: 'company-1' }, 'Query.catalogPage');
  memberOfCompany({ ...buyer, role: 'staff' }, 'Query.catalogPage');
});

it('lets customers without a company see their profile, accept an invitation and go', () => {
  for (const coordinate of ['Query.account', 'Mutation.companyInvitationAccept', 'Mutation.signOut'])
    memberOfCompany(buyer, coordinate);
});
