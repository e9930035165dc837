/** How to name companies and what is theirs; and keys, devices and people of the shop. */
import { newId } from '@kontor/kit/src/ids.ts';
import { command, question, type Registry } from './idor-probe.ts';

const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });

export const BUSINESS: Registry = {
  'Query.company': [
    question('victim', 'Markcompany', (ids) => ({ id: ids['company'] })),
    question('colleague', 'Markcompany', (ids) => ({ id: ids['company'] })),
  ],
  'Query.companies': [question('staff', '"edges":[]', (ids) => ({ parentId: ids['company'] }))],
  'Query.companyStatement': [
    question('colleague', 'Marktransfer', (ids) => ({
      ...{
        companyLocationId: ids['companyLocation'],
        from: '2020-01-01T00:00:00.000Z',
        to: '2099-01-01T00:00:00.000Z',
      },
    })),
  ],
  'Mutation.companySet': [
    // Whoever changes companies is told who is in them.
    command('staff', 'CompanySet', (ids) => ({ companyId: ids['company'], timeZone: 'Europe/Berlin' }), {
      seesPrivate: true,
    }),
  ],
  'Mutation.companyLocationSet': [
    command('staff', 'CompanyLocationSet', (ids) => ({ companyLocationId: ids['companyLocation'], termsDays: 15 })),
  ],
  'Mutation.companyLocationChoose': [
    command('victim', 'CompanyLocationChosen', (ids) => ({ companyLocationId: ids['companyLocation'] })),
  ],
  'Mutation.companyMemberInvite': [
    command('victim', 'CompanyMemberInvited', (ids) => ({
      ...{ companyId: ids['company'], email: 'someone@example.com', role: 'BUYER' },
    })),
    command('victim', 'CompanyMemberInvited', (ids) => ({
      ...{ companyId: ids['company'], locationId: ids['companyLocation'], email: 'sometwo@example.com', role: 'BUYER' },
    })),
  ],
  'Mutation.companyInvitationAccept': [
    command('invitee', 'CompanyJoined', (ids) => ({ token: ids['invitationToken'] }), { owners: ['invitee'] }),
    command('victim', 'NotFound', (ids) => ({ token: ids['forgedInvitationToken'] }), { owners: [] }),
  ],
  'Mutation.companyInvitationRevoke': [
    command('victim', 'CompanyInvitationRevoked', (ids) => ({ invitationId: ids['spareInvitation'] })),
  ],
  'Mutation.companyMemberRoleSet': [
    command('victim', 'CompanyMemberChanged', (ids) => ({ memberId: ids['colleagueMember'], role: 'APPROVER' })),
  ],
  'Mutation.approvalRuleSet': [
    command('victim', 'ApprovalRuleSet', (ids) => ({
      ...{ companyId: ids['company'], ruleId: ids['rule'], code: 'markrule', totalAtLeast: EUR(80_000_00) },
      tiers: [{ level: 1, role: 'ADMIN' }],
    })),
  ],
  'Mutation.approvalRuleActivate': [command('victim', 'ApprovalRuleSet', (ids) => ({ ruleId: ids['rule'] }))],
  'Mutation.approvalRuleDeactivate': [command('victim', 'ApprovalRuleSet', (ids) => ({ ruleId: ids['rule'] }))],
  'Mutation.creditPaymentRecord': [
    command('staff', 'CreditBooked', (ids) => ({
      ...{
        companyLocationId: ids['companyLocation'],
        amount: EUR(1_00),
        reference: 'transfer',
        idempotencyKey: newId(),
      },
    })),
  ],
  'Mutation.creditAdjust': [
    command('staff', 'CreditBooked', (ids) => ({
      ...{
        companyLocationId: ids['companyLocation'],
        amount: EUR(1_00),
        reference: 'goodwill',
        idempotencyKey: newId(),
      },
    })),
  ],
  'Mutation.companyMemberRemove': [
    command('victim', 'CompanyMemberRemoved', (ids) => ({ memberId: ids['colleagueMember'] })),
  ],

  'Query.apiKey': [question('keeper', 'Markkey', (ids) => ({ id: ids['apiKey'] }))],
  'Query.apiKeys': [question('keeper', 'Markkey', () => ({ first: 50 }))],
  'Query.devices': [question('keeper', 'Markdevice', () => ({ first: 50 }))],
  'Mutation.apiKeyCreate': [
    command('keeper', 'ApiKeyCreated', (ids) => ({
      ...{ label: 'new', role: 'STAFF', channel: 'pos', scopes: ['stock:read'], locationId: ids['store'] },
    })),
  ],
  'Mutation.apiKeyRotate': [
    command('keeper', 'ApiKeyRotated', (ids) => ({ apiKeyId: ids['apiKey'], overlapSeconds: 60 })),
  ],
  'Mutation.apiKeyRevoke': [command('keeper', 'ApiKeyRevoked', (ids) => ({ apiKeyId: ids['apiKey'] }))],
  'Mutation.staffMemberSet': [
    command('keeper', 'StaffMemberSet', (ids) => ({
      ...{
        code: 'markclerk',
        name: 'Markclerk',
        scopes: ['stock:read'],
        locationIds: [ids['store']],
        expectedVersion: 1,
      },
    })),
  ],
  'Mutation.staffPinSet': [
    command('keeper', 'StaffPinSet', (ids) => ({ staffId: ids['staff'], pin: '730164' }), { owners: [] }),
  ],
  'Mutation.deviceRegister': [
    command('keeper', 'DeviceRegistered', (ids) => ({ label: 'new', channel: 'pos', locationId: ids['store'] })),
  ],
  'Mutation.deviceRevoke': [command('keeper', 'DeviceRevoked', (ids) => ({ deviceId: ids['device'] }))],
};
